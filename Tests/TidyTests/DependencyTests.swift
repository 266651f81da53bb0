import Foundation
import Testing

@Suite("Dependencies")
struct DependencyTests {
    /// "swift-nio 2.101.2" for each package that a build may resolve.
    private func listed() throws -> [String] {
        try Project.file("scripts/dependencies.txt").lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map(String.init)
    }

    @Test("Package.swift names each package with an exact version, which is the listed one")
    func exact() throws {
        let manifest = try Project.file("Package.swift").text
        let packages = manifest.matches(of: #/\.package\(\s*url: "[^"]*\/([^"\/]+)"([^)]*)\)/#)
        #expect(packages.count > 5)
        #expect(packages.count == manifest.matches(of: #/\.package\(/#).count)
        let listed = try listed()
        for package in packages {
            let version = try #require(package.2.firstMatch(of: #/exact: "([^"]+)"/#), "\(package.1) is not exact")
            #expect(listed.contains("\(package.1.lowercased()) \(version.1)"))
        }
    }

    @Test("THIRD-PARTY-NOTICES has exactly the listed packages and versions, each with its licence")
    func notices() throws {
        let notices = try Project.file("THIRD-PARTY-NOTICES").text
        let named = notices.matches(of: #/(?m)^\* (\S+ \S+) \((?:Apache-2\.0(?: WITH Swift-exception)?|MIT)\) https:/#)
        #expect(named.map { String($0.1) }.sorted() == (try listed()).sorted(), "`make dependencies` writes it")
    }
}
