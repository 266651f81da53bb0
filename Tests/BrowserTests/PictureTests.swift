import TestSupport
import Testing

extension TillTests {
    @Suite("The picture of the README")
    struct PictureTests {
        @Test("The picture of the README shows the dialog of a conflict")
        func dialog() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.speakEnglish()
                try await till.anaIsAboutToOpen()
                try await till.openConflictDialog()
                try await browser.resize(to: 640, 520, scale: 2)
                #expect(try await browser.texts("[data-action]").prefix(2) == ["View session", "Close session"])
                try await browser.takePicture("readme")
                try await browser.resize(to: 1024, 768)
            }
        }
    }
}
