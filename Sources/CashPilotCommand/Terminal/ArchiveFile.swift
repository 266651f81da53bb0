import CashPilot
import CashPilotHTTP
import Glibc

/// A file with archived audit events, one JSON object per line, and a checkpoint line per business at the end.
///
/// PostgreSQL writes and checks the lines with events: `sql/queries/audit_archive_lines.sql`.
struct ArchiveFile {
    private static let checkpointStart = #"{"checkpoint":{"#

    let path: String
    /// Of the whole file.
    let sha256: [UInt8]
    /// The contents, in the order of the lines.
    let ranges: [ArchivedRange]
    /// The day that `--before` named.
    let before: CivilDate

    /// Reads the checkpoints and computes the hash. Reads one line at a time.
    ///
    /// - Throws: ``CommandError`` if the file cannot be read or has no checkpoint at its end.
    init(reading path: String) throws {
        let reader = try LineReader(path)
        var hash = SHA256()
        var checkpoints: [Checkpoint] = []
        while let line = try reader.next() {
            hash.update(line.utf8)
            hash.update(CollectionOfOne(UInt8(ascii: "\n")))
            if line.hasPrefix(Self.checkpointStart) {
                checkpoints.append(try Checkpoint(parsing: line, in: path))
            } else if !checkpoints.isEmpty {
                throw CommandError(description: "\(path): an event follows a checkpoint")
            }
        }
        guard let first = checkpoints.first, checkpoints.allSatisfy({ $0.before == first.before }) else {
            throw CommandError(description: "\(path): the file has no checkpoint at its end, so it is not complete")
        }
        self.path = path
        sha256 = hash.finalize().bytes
        ranges = checkpoints.map(\.range)
        before = first.before
    }

    var events: Int64 { ranges.reduce(0) { $0 + $1.last.position - $1.firstPosition + 1 } }

    /// Verifies the events. Returns the first defect.
    func verify(by verifier: inout ArchiveVerifier) async throws -> AuditError? {
        let reader = try LineReader(path)
        return try await verifier.verify(ranges) { count in
            var lines: [String] = []
            while lines.count < count, let line = try reader.next(), !line.hasPrefix(Self.checkpointStart) {
                lines.append(line)
            }
            return lines
        }
    }

    /// Writes the events of `ranges`. The file has its name only when it is complete and on the disk.
    ///
    /// - Parameter lines: returns the lines of a range after a position.
    /// - Throws: ``CommandError`` if an event is missing or the file cannot be written.
    static func write(
        _ ranges: [ArchivedRange], before: CivilDate, to path: String,
        lines: (ArchivedRange, Int64) async throws -> [String]
    ) async throws {
        let partial = path + ".partial"
        let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandError(writing: partial) }
        defer { close(file) }
        for range in ranges {
            var position = range.firstPosition - 1
            while position < range.last.position {
                let stretch = try await lines(range, position)
                guard !stretch.isEmpty else {
                    throw CommandError(
                        description: """
                            business \(range.business): an event after position \(position) is missing; run cashpilot \
                            audit verify; nothing was removed
                            """)
                }
                try append(stretch, to: file, partial)
                position += Int64(stretch.count)
            }
        }
        try append(ranges.map { Checkpoint(range: $0, before: before).line }, to: file, partial)
        guard fsync(file) == 0, rename(partial, path) == 0 else { throw CommandError(writing: path) }
        // The new name must be on the disk too before an event is removed.
        let folder = open(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".", O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw CommandError(writing: path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw CommandError(writing: path) }
    }

    private static func append(_ lines: [String], to file: Int32, _ path: String) throws {
        let bytes = lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw CommandError(writing: path) }
            written += max(0, count)
        }
    }
}

/// The last line of a business in an archive file.
private struct Checkpoint {
    let range: ArchivedRange
    let before: CivilDate

    init(range: ArchivedRange, before: CivilDate) {
        self.range = range
        self.before = before
    }

    init(parsing line: String, in path: String) throws {
        guard case .object(let document) = try? JSONTree(parsing: line),
            case .object(let members) = document["checkpoint"],
            case .string(let text) = members["head"], let head = AuditHead(text[...]),
            case .integer(let first) = members["first_position"], first >= 1, first <= head.position,
            case .string(let day) = members["before"], let before = CivilDate(iso: day)
        else { throw CommandError(description: "\(path): a checkpoint is not readable") }
        range = ArchivedRange(
            business: head.business, firstPosition: first, last: ChainLink(position: head.position, hash: head.hash))
        self.before = before
    }

    /// The head is as `cashpilot audit verify` prints it.
    var line: String {
        JSONTree.object([
            "checkpoint": .object([
                "before": .string("\(before)"), "events": .integer(range.last.position - range.firstPosition + 1),
                "first_position": .integer(range.firstPosition), "head": .string("\(range.head)"),
            ])
        ]).json
    }
}

/// Reads the lines of a file, one at a time.
private final class LineReader {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    init(_ path: String) throws {
        guard let file = fopen(path, "re") else {
            throw CommandError(description: "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        self.path = path
        self.file = file
    }

    deinit {
        free(buffer)
        fclose(file)
    }

    /// - Returns: the next line without its line break; `nil` at the end.
    /// - Throws: ``CommandError`` if the last line is cut, is not UTF-8 or cannot be read.
    func next() throws -> String? {
        let length = getline(&buffer, &capacity, file)
        guard length > 0, let buffer else {
            guard ferror(file) == 0 else { throw CommandError(description: "cannot read \(path)") }
            return nil
        }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: length)
        guard bytes.last == UInt8(ascii: "\n"), let line = String(validating: bytes.dropLast(), as: UTF8.self) else {
            throw CommandError(description: "\(path): a line is cut or is not UTF-8")
        }
        return line
    }
}

extension CommandError {
    fileprivate init(writing path: String) {
        self.init(
            description: "cannot write \(path): \(String(cString: strerror(errno))); nothing was removed")
    }
}
