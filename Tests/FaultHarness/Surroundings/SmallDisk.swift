import Foundation
import TestSupport

/// A file system in memory that holds a part of a server's files and can be filled to the last byte.
///
/// For use in an ``Enclosure``, with which it vanishes.
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

    /// Puts it under a server, which is stopped and started for it.
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

    /// Leaves no space at all, until the server gives some of its own back.
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

    /// Opens and closes until a write finds no space, and fills what a checkpoint frees meanwhile.
    ///
    /// - Returns: what came of it.
    func untilRefused(_ till: RecordedTill) async throws -> Operation.Outcome {
        try await eventually("a write finds no space", within: .seconds(30)) {
            try fill()
            // The segment that is being written has its space already: on with the next.
            if kind == .log { _ = try? server.connect().query("select pg_switch_wal()") }
            let open = await till.open()
            switch open.outcome {
            case .took(let session), .found(let session):  // One may be left from when there was no space before.
                let close = await till.close(session)
                return close.failed ? close.outcome : nil
            default: return open.outcome
            }
        }
    }

    /// Stops the server and removes its directory. At the end of the ``Enclosure`` nothing lives long enough to do that.
    func remove() async throws {
        try await server.stop()
        _ = try await Shell.output(#"umount "$1" && rm -rf "$2""#, [path, server.directory])
    }
}
