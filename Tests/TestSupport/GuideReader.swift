import Foundation

/// A shell that runs the commands of a ``Guide`` in a temporary folder, with the program in its `PATH`.
package final class GuideReader: Sendable {
    package let folder: URL
    private let environment: [String: String]

    /// - Parameter environment: the variables that the page requires.
    package init(_ environment: [String: String]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "guide-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let programs = CashPilotProcess.executable?.deletingLastPathComponent().path ?? ""
        self.environment = ["PATH": "\(programs):/usr/bin:/bin", "LANG": "C.UTF-8"].merging(Limits.patient) { $1 }
            .merging(environment) { $1 }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs commands until the first one that fails.
    ///
    /// - Parameter input: their standard input.
    /// - Returns: their standard output.
    /// - Throws: ``CashPilotProcess/Failure`` with their output if the exit status is not 0.
    @discardableResult
    package func run(_ script: String, input: String = "") async throws -> String {
        let process = try CashPilotProcess(
            ["/bin/bash", "-euo", "pipefail", "-c", "cd \"$1\"\n" + script, "bash", folder.path],
            environment: environment,
            input: input, executable: URL(filePath: "/usr/bin/setsid"))
        let status = try await process.wait(for: .seconds(600))
        guard status == 0 else {
            throw CashPilotProcess.Failure(
                description: "status \(status): \(process.errors)\(process.output)\n\(script)")
        }
        return process.output
    }

    /// Writes a file into the folder.
    package func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }
}
