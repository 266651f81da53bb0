import Foundation
import Testing

@Suite("docs/product/REQUIREMENTS.md")
struct RequirementTests {
    @Test("Every test that REQUIREMENTS.md names exists")
    func namedTestsExist() throws {
        var titles: Set<String> = []
        for file in try Project.files(in: "Tests", ending: ".swift") {
            for match in file.text.matches(of: #/@Test\(\s*"((?:[^"\\]|\\.)*)"/#) {
                titles.insert(String(match.1).replacing("\\\"", with: "\""))
            }
        }
        let document = try Project.file("docs/product/REQUIREMENTS.md").text
        let named = document.matches(of: #/«([^»]+)»/#).map { String($0.1) }
        for title in named { #expect(titles.contains(title), "no test is named: \(title)") }
    }

    @Test("The tag ac03 marks exactly the tests that REQUIREMENTS.md names for AC-03 and beside the plan's")
    func tagOfAC03() throws {
        var tagged: Set<String> = []
        for file in try Project.files(in: "Tests", ending: ".swift") {
            for match in file.text.matches(of: #/@Test\(\s*"((?:[^"\\]|\\.)*)",\s*\.tags\(\.ac03\)/#) {
                tagged.insert(String(match.1).replacing("\\\"", with: "\""))
            }
        }
        let sections = try Project.file("docs/product/REQUIREMENTS.md").text.split(separator: "\n## ")
        let own = sections.filter { $0.hasPrefix("AC-03:") || $0.hasPrefix("The plan's tests") }
        #expect(own.count == 2)
        #expect(tagged == Set(own.flatMap { $0.matches(of: #/«([^»]+)»/#).map { String($0.1) } }))
    }

    @Test("Each of the plan's 21 tests and of the two that it updates is named beside one of ours")
    func plansTests() throws {
        let names = [
            "get_open_session_for_cashier_business_returns_session",
            "get_open_session_for_cashier_business_returns_none_if_closed",
            "prevent_duplicate_open_session_same_business",
            "allow_open_session_different_business_same_cashier", "allow_open_session_if_previous_closed",
            "open_session_allows_with_soft_deleted_open", "duplicate_open_session_shows_error_dialog",
            "can_view_existing_session_from_error_dialog", "can_close_existing_session_from_error_dialog",
            "error_message_is_localized", "duplicate_session_attempt_is_logged", "log_contains_correct_session_details",
            "create_open_session_success", "cashier_can_have_open_in_different_businesses",
            "can_open_new_session_after_closing_previous", "prevent_duplicate_open_session",
            "error_response_includes_existing_session_id", "error_response_is_actionable",
            "closed_session_does_not_block_new_open", "admin_cannot_bypass_constraint",
            "concurrent_create_attempts_only_one_succeeds", "allow_overlap_checkbox", "open_session_duplicate",
        ]
        let rows = try Project.file("docs/product/REQUIREMENTS.md").lines
        let named = rows.compactMap { $0.wholeMatch(of: #/\| `test_(\w+)` \| «[^»]+» \|/#).map { String($0.1) } }
        #expect(named.sorted() == names.sorted())
    }

    @Test("Every requirement names a test, except the one without code")
    func everyRowNamesATest() throws {
        var (isRequirement, count, unnamed): (Bool, Int, [String]) = (false, 0, [])
        for line in try Project.file("docs/product/REQUIREMENTS.md").lines {
            if line == "| requirement | shown by |" { isRequirement = true }
            if !line.hasPrefix("|") { isRequirement = false }
            guard isRequirement, line != "| requirement | shown by |", line != "| --- | --- |" else { continue }
            count += 1
            if !line.contains(#/\| .*«[^»]+».* \|$/#) { unnamed.append(String(line)) }
        }
        #expect(count > 0)
        #expect(unnamed.map { $0.hasPrefix("| nothing closes a session by itself |") } == [true], "\(unnamed)")
    }
}
