// Writes files into Swift source, so that the executable needs nothing beside it.
//
//   EmbedFiles statements OUTPUT FILE…   a `Statement` for each query, named after its file
//   EmbedFiles migrations OUTPUT FILE…   a list of (name, text), in the order of their numbers
//   EmbedFiles texts OUTPUT FILE…        a string for each file, named after it, in an enum named after OUTPUT
//
// EmbedFilesPlugin runs it at every build whose files changed.

import Foundation

/// `session_open.sql` → `sessionOpen`; `openapi.yaml` → `openapi`.
func swiftName(of path: String) -> String {
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let words = stem.split { !$0.isLetter && !$0.isNumber }
    return words.enumerated().map { $0.offset == 0 ? $0.element.lowercased() : $0.element.capitalized }.joined()
}

func literal(_ path: String) throws -> String {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard !text.contains("\"\"\"##") else { throw CocoaError(.fileReadCorruptFile) }
    return "##\"\"\"\n\(text)\n\"\"\"##"
}

func source(mode: String, output: String, paths: [String]) throws -> String {
    switch mode {
    case "statements":
        let members = try paths.map { path in
            let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            return
                "    package static let \(swiftName(of: path)) = Statement(name: \"\(name)\", text: \(try literal(path)))\n"
        }
        let names = paths.map(swiftName(of:)).joined(separator: ", ")
        return """
            import Postgres

            /// Every statement of the service: one file of `sql/queries` each, under the file's name.
            package enum SQL {
            \(members.joined())
                /// All of them, in alphabetical order.
                package static let all: [Statement] = [\(names)]
            }
            """
    case "migrations":
        let members = try paths.map { path in
            "        (\"\(URL(fileURLWithPath: path).lastPathComponent)\", \(try literal(path))),\n"
        }
        return """
            /// The files of `sql/migrations`, oldest first.
            package enum Migrations {
                package static let files: [(name: String, text: String)] = [
            \(members.joined())    ]
            }
            """
    case "texts":
        let members = try paths.map { "    package static let \(swiftName(of: $0)) = \(try literal($0))\n" }
        return """
            /// The texts of files, each under its file's name.
            package enum \(URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent) {
            \(members.joined())}
            """
    default:
        throw CocoaError(.featureUnsupported)
    }
}

let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
    FileHandle.standardError.write(Data("usage: EmbedFiles statements|migrations|texts OUTPUT FILE…\n".utf8))
    exit(2)
}
let text = try source(mode: arguments[1], output: arguments[2], paths: arguments.dropFirst(3).sorted())
try text.write(toFile: arguments[2], atomically: true, encoding: .utf8)
