// Writes files into Swift source, so that the executable needs no other files at run time.
//
//   EmbedFiles statements OUTPUT FILE…   a `Statement` per query, named after its file, with includes expanded
//   EmbedFiles migrations OUTPUT FILE…   a list of (name, text), ordered by number
//   EmbedFiles texts OUTPUT FILE…        a string per file, named after the file, in an enum named after OUTPUT
//   EmbedFiles optional OUTPUT [FILE]    a string, or `nil` without a file, in an enum named after OUTPUT
//
// EmbedFilesPlugin runs it in each build in which one of the files changed.

import FoundationEssentials
@preconcurrency import Glibc

func stem(_ path: String) -> String { URL(filePath: path).deletingPathExtension().lastPathComponent }

/// `session_open.sql` → `sessionOpen`; `openapi.yaml` → `openapi`.
func swiftName(of path: String) -> String {
    let words = stem(path).lowercased().split { !$0.isLetter && !$0.isNumber }
    return words.enumerated().map {
        $0.offset == 0 ? $0.element : $0.element.prefix(1).uppercased() + $0.element.dropFirst()
    }.joined()
}

func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

/// The text as a raw multi-line literal. Control characters are escaped, because Swift rejects them in literals.
func literal(_ text: String) throws -> String {
    guard !text.contains("\"\"\"##"), !text.contains("\\##") else { throw CocoaError(.fileReadCorruptFile) }
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t" {
            escaped.append(contentsOf: "\\##u{\(String(scalar.value, radix: 16))}".unicodeScalars)
        } else {
            escaped.append(scalar)
        }
    }
    return "##\"\"\"\n\(String(escaped))\n\"\"\"##"
}

func source(mode: String, output: String, paths: [String]) throws -> String {
    switch mode {
    case "statements":
        let members = try paths.map { path in
            "    package static let \(swiftName(of: path)) = Statement(name: \"\(stem(path))\", text: \(try literal(expandedSQL(path))))\n"
        }
        let names = paths.map(swiftName(of:)).joined(separator: ", ")
        return """
            import Postgres

            /// The statements of the service, one per file of `sql/queries`.
            package enum SQL {
            \(members.joined())
                /// All statements, in alphabetical order.
                package static let all: [Statement] = [\(names)]
            }
            """
    case "migrations":
        let members = try paths.map { path in
            "        (\"\(URL(filePath: path).lastPathComponent)\", \(try literal(text(path)))),\n"
        }
        return """
            /// The files of `sql/migrations`, oldest first.
            package enum Migrations {
                package static let files: [(name: String, text: String)] = [
            \(members.joined())    ]
            }
            """
    case "texts":
        let members = try paths.map { "    package static let \(swiftName(of: $0)) = \(try literal(text($0)))\n" }
        return """
            /// The texts of files, each under its file's name.
            package enum \(stem(output)) {
            \(members.joined())}
            """
    case "optional":
        return """
            /// The text of a file; `nil` if the build did not have it.
            package enum \(stem(output)) {
                package static let text: String? = \(try paths.first.map { try literal(text($0)) } ?? "nil")
            }
            """
    default:
        throw CocoaError(.featureUnsupported)
    }
}

let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
    fputs("usage: EmbedFiles statements|migrations|texts|optional OUTPUT FILE…\n", stderr)
    exit(2)
}
do {
    let written = try source(mode: arguments[1], output: arguments[2], paths: arguments.dropFirst(3).sorted())
    // An unchanged file is left alone, so that nothing is compiled again because this tool was only linked again.
    if (try? text(arguments[2])) != written {
        try written.write(toFile: arguments[2], atomically: true, encoding: .utf8)
    }
} catch {
    fputs("\(error)\n", stderr)
    exit(1)
}
