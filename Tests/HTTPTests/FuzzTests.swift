import Foundation
import Fuzz
import Testing

@Suite("Parsers on random input")
struct FuzzTests {
    @Test("Every parser keeps its rules on 0.7 s of mutated input", arguments: Parser.allCases)
    func rules(parser: Parser) {
        let seed = UInt64.random(in: .min ... .max)
        var inputs = Mutator(seed: seed, from: parser.seeds)
        for seed in parser.seeds { #expect(parser.check(Array(seed.utf8)) == nil, "\(seed)") }
        let end = ContinuousClock.now + .milliseconds(700)
        while .now < end {
            let input = inputs.next()
            guard let rule = parser.check(input) else { continue }
            Issue.record("\(rule): \(Data(input).base64EncodedString()) in base64, from seed \(seed)")
            return
        }
    }

    @Test("The mutator makes the same inputs from the same seed")
    func repeats() {
        func inputs() -> [[UInt8]] {
            var inputs = Mutator(seed: 1, from: ["a", "{}"])
            return (0..<200).map { _ in inputs.next() }
        }
        #expect(inputs() == inputs())
        #expect(Set(inputs()).count > 100)
    }
}
