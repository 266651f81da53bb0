import Testing

/// A strict parser of Prometheus' text format 0.0.4.
struct PrometheusText {
    /// By name and labels, as written.
    private(set) var samples: [String: Double] = [:]
    /// The keys of ``samples`` in the order of the text.
    private(set) var order: [String] = []
    private(set) var types: [String: String] = [:]

    init(_ text: String) throws {
        try #require(text.hasSuffix("\n"))
        var described: Set<String> = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                #expect(described.insert(String(words[2])).inserted, "described twice: \(line)")
            } else if line.hasPrefix("# TYPE ") {
                try #require(words.count == 4 && ["counter", "gauge", "histogram"].contains(words[3]), "\(line)")
                #expect(types.updateValue(String(words[3]), forKey: String(words[2])) == nil, "typed twice: \(line)")
            } else {
                try add(String(line))
            }
        }
    }

    private mutating func add(_ line: String) throws {
        let label = #/[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"/#
        let name = #/[a-zA-Z_:][a-zA-Z0-9_:]*/#
        var rest = line[...]
        let match = try #require(try name.prefixMatch(in: rest), "\(line)")
        rest = rest[match.range.upperBound...]
        if rest.first == "{" {
            repeat {
                let match = try #require(try label.prefixMatch(in: rest.dropFirst()), "\(line)")
                rest = rest[match.range.upperBound...]
            } while rest.first == ","
            try #require(rest.popFirst() == "}", "\(line)")
        }
        let key = String(line[..<rest.startIndex])
        try #require(rest.popFirst() == " ", "\(line)")
        let family = String(match.output).replacing(#/_(bucket|sum|count)$/#, with: "")
        #expect(types[String(match.output)] ?? types[family] != nil, "a sample before its type: \(line)")
        #expect(samples.updateValue(try #require(Double(rest), "\(line)"), forKey: key) == nil, "twice: \(line)")
        order.append(key)
    }
}
