import Foundation
import Fuzz

// Hands what libFuzzer makes to one of the parsers; `make fuzz` builds and runs it. PARSER names the parser, the
// arguments are libFuzzer's. With --seeds DIRECTORY it writes the inputs to begin with there, and ends.

@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

private let name = ProcessInfo.processInfo.environment["PARSER"] ?? ""
private let parser = Parser(rawValue: name) ?? { refuse(name) }()

private func refuse(_ name: String) -> Never {
    let names = Parser.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("PARSER is \"\(name)\", and must be one of \(names)\n".utf8))
    exit(2)
}

if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
    for (number, seed) in parser.seeds.enumerated() {
        try Data(seed.utf8).write(to: URL(filePath: CommandLine.arguments[2]).appending(path: "seed-\(number)"))
    }
} else {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(
        runFuzzer(&count, &arguments) { start, length in
            if let rule = parser.check(Array(UnsafeBufferPointer(start: start, count: length))) {
                fatalError("\(parser): broken: \(rule)")  // To libFuzzer a find is a crash.
            }
            return 0
        })
}
