import Foundation

/// A process of the built program.
///
/// A supervising shell kills it when this test process ends, even after a crash.
package final class CashPilotProcess: Sendable {
    /// Built beside the tests.
    package static let executable = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "cashpilot")

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let directory: URL
    private let supervisor: Process
    /// The write end of the shell's standard input: closing it kills the program.
    private let lifeline: FileHandle

    /// - Parameters:
    ///   - environment: its whole environment, except for the sanitizer options of the tests.
    ///   - executable: another program to run. It gets its own working directory, which is removed at the end.
    package init(
        _ arguments: [String], environment: [String: String], input: String = "",
        executable: URL? = CashPilotProcess.executable
    ) throws {
        guard let executable else { throw Failure(description: "the test runner has no path") }
        directory = FileManager.default.temporaryDirectory.appending(path: "cashpilot-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(input.utf8).write(to: directory.appending(path: "in"))
        supervisor = Process()
        supervisor.executableURL = URL(filePath: "/bin/sh")
        supervisor.arguments = ["-c", Self.script, "sh", directory.path, executable.path] + arguments
        let sanitizers = ProcessInfo.processInfo.environment.filter { $0.key.hasSuffix("SAN_OPTIONS") }
        supervisor.environment = environment.merging(sanitizers) { given, _ in given }
        // The shell would report there that the program was killed.
        supervisor.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        supervisor.standardInput = pipe
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        lifeline = pipe.fileHandleForWriting
        try supervisor.spawn()
    }

    deinit {
        signal(SIGKILL)
        try? lifeline.close()
    }

    private static let script = """
        trap '' INT
        cd "$1"
        shift
        (
            "$@" >out 2>err <in &
            echo $! >pid.new && mv pid.new pid
            wait $!
            echo $? >status.new && mv status.new status
        ) &
        while read -r line; do :; done
        kill -KILL "$(cat pid)" 2>/dev/null
        kill -s KILL -- "-$(cat pid)" 2>/dev/null # Its children, if it leads a process group.
        wait
        rm -rf "$PWD"
        """

    /// Its standard output so far.
    package var output: String { text("out") ?? "" }
    /// Its standard error so far.
    package var errors: String { text("err") ?? "" }
    /// Its exit status, or 128 and the number of the signal that ended it; `nil` while it runs.
    package var status: Int32? { text("status").flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) } }
    package var processID: pid_t? { text("pid").flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) } }

    package func signal(_ number: Int32) {
        if let processID, status == nil { kill(processID, number) }
    }

    /// Waits until it has ended.
    @discardableResult
    package func wait(for limit: Duration = .seconds(180)) async throws -> Int32 {
        try await eventually("the program ends", within: limit) { self.status }
    }

    private func text(_ name: String) -> String? {
        try? String(contentsOf: directory.appending(path: name), encoding: .utf8)
    }

    /// Runs a command to its end.
    ///
    /// - Returns: its standard output.
    /// - Throws: ``Failure`` with its output if its exit status is not 0.
    package static func run(
        _ arguments: [String], environment: [String: String], input: String = ""
    ) async throws -> String {
        let process = try CashPilotProcess(arguments, environment: environment, input: input)
        guard try await process.wait() == 0 else { throw Failure(description: process.errors + process.output) }
        return process.output
    }
}

/// Calls `poll` until it returns a value, first after 5 ms and at last every 25 ms.
///
/// - Throws: ``CashPilotProcess/Failure`` that names `condition` after `limit`.
@discardableResult
package func eventually<Value>(
    _ condition: String, within limit: Duration = .seconds(180), _ poll: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    var pause = Duration.milliseconds(5)
    while true {
        if let value = try await poll() { return value }
        guard ContinuousClock.now < end else {
            throw CashPilotProcess.Failure(description: "timed out after \(limit), waiting until: \(condition)")
        }
        try await Task.sleep(for: pause)
        pause = min(pause * 3 / 2, .milliseconds(25))
    }
}
