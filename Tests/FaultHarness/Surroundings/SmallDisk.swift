import Foundation
import TestSupport

/// A small in-memory file system with a part of a server's files, which can be filled completely.
///
/// It exists only inside its ``Enclosure``.
struct SmallDisk: Sendable {
    enum Kind: Sendable {
        /// All but the write-ahead log.
        case data
        /// The write-ahead log alone.
        case log
    }

    let server: PostgresServer
    private let kind: Kind
    private let path: String
    private var ballast: String { "\(path)/ballast" }

    /// Moves files of a server to the disk. The server is restarted.
    init(_ kind: Kind, of server: PostgresServer) async throws {
        self.server = server
        self.kind = kind
        let data = "\(server.directory)/data"
        path = kind == .data ? data : "\(data)/pg_wal"
        try await server.stop()
        let script = """
            set -e
            if [ "$2" = data ]; then
                mv "$1/pg_wal" "$1.wal"
                ln -s "$1.wal" "$1/pg_wal"
                disk=$1 size=400m
            else
                disk=$1/pg_wal size=96m
            fi
            mv "$disk" "$disk.before"
            mkdir "$disk"
            mount -t tmpfs -o "size=$size" small "$disk"
            cp -a "$disk.before/." "$disk"
            chown --reference="$disk.before" "$disk"
            chmod --reference="$disk.before" "$disk"
            rm -rf "$disk.before"
            """
        _ = try await Shell.output(script, [data, kind == .data ? "data" : "log"])
        try await server.start()
    }

    /// Fills the disk completely.
    func fill() throws {
        guard
            FileManager.default.fileExists(atPath: ballast)
                || FileManager.default.createFile(atPath: ballast, contents: nil)
        else { throw Trial.Failure(description: "cannot write \(ballast)") }
        let file = try FileHandle(forWritingTo: URL(filePath: ballast))
        try file.seekToEnd()
        for size in [1 << 20, 1 << 12] {
            while (try? file.write(contentsOf: Data(count: size))) != nil {}
        }
        try file.close()
    }

    func free() throws { try FileManager.default.removeItem(atPath: ballast) }

    /// Opens and closes sessions on the full disk until a write fails. Space that a checkpoint frees is filled again.
    ///
    /// - Returns: the outcome of that write.
    func untilRefused(_ till: RecordedTill) async throws -> Operation.Outcome {
        try await eventually("a write finds no space", within: .seconds(30)) {
            try fill()
            // The current WAL segment has its space already: switch to the next one.
            if kind == .log { _ = try? server.connect().query("select pg_switch_wal()") }
            let open = await till.open()
            switch open.outcome {
            case .succeeded(let session), .found(let session):  // One may be left from an earlier round.
                let close = await till.close(session)
                return close.failed ? close.outcome : nil
            default: return open.outcome
            }
        }
    }

    /// Stops the server and removes its directory: the end of the ``Enclosure`` leaves no time for that.
    func remove() async throws {
        try await server.stop()
        _ = try await Shell.output(#"umount "$1" && rm -rf "$2""#, [path, server.directory])
    }
}
