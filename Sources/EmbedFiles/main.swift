// Writes files into Swift source, so that the executable needs nothing beside it.
//
//   EmbedFiles statements OUTPUT FILE…   a `Statement` for each query, named after its file
//   EmbedFiles migrations OUTPUT FILE…   a list of (name, text), in the order of their numbers
//   EmbedFiles texts OUTPUT FILE…        a string for each file, named after it, in an enum named after OUTPUT
//   EmbedFiles optional OUTPUT [FILE]    a string, or `nil` without a file, in an enum named after OUTPUT
//   EmbedFiles reference OUTPUT FILE     the contract in FILE as a page for people
//
// EmbedFilesPlugin runs it at every build whose files changed.

import Foundation

/// `session_open.sql` → `sessionOpen`; `openapi.yaml` → `openapi`.
func swiftName(of path: String) -> String {
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let words = stem.split { !$0.isLetter && !$0.isNumber }
    return words.enumerated().map { $0.offset == 0 ? $0.element.lowercased() : $0.element.capitalized }.joined()
}

func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

/// Swift takes no control characters in a literal; they are written as escapes.
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
    let name = URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
    switch mode {
    case "statements":
        let members = try paths.map { path in
            let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            return
                "    package static let \(swiftName(of: path)) = Statement(name: \"\(name)\", text: \(try literal(text(path))))\n"
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
            "        (\"\(URL(fileURLWithPath: path).lastPathComponent)\", \(try literal(text(path)))),\n"
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
            package enum \(name) {
            \(members.joined())}
            """
    case "optional":
        return """
            /// The text of a file that may not have been there when this was built.
            package enum \(name) {
                package static let text: String? = \(try paths.first.map { try literal(text($0)) } ?? "nil")
            }
            """
    case "reference":
        return """
            /// What `openapi.yaml` says, as HTML with `{{…}}` in the place of the page's own words.
            package enum \(name) {
                package static let html = \(try literal(Reference(yaml: text(paths[0])).html))
            }
            """
    default:
        throw CocoaError(.featureUnsupported)
    }
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, arguments[1] != "reference" || arguments.count == 4 else {
    let usage = "usage: EmbedFiles statements|migrations|texts|optional|reference OUTPUT FILE…\n"
    FileHandle.standardError.write(Data(usage.utf8))
    exit(2)
}
let written = try source(mode: arguments[1], output: arguments[2], paths: arguments.dropFirst(3).sorted())
try written.write(toFile: arguments[2], atomically: true, encoding: .utf8)
