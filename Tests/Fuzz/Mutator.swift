/// Makes inputs out of others, the same ones from the same seed.
package struct Mutator {
    private var state: UInt64
    private var pool: [[UInt8]]
    private let words: [[UInt8]]

    package init(seed: UInt64, from seeds: [String]) {
        state = seed
        words = seeds.map { Array($0.utf8) }
        pool = words
    }

    /// The next input; some are kept, to be changed further.
    package mutating func next() -> [UInt8] {
        var bytes = pool[number(below: pool.count)]
        for _ in 0...number(below: 6) { mutate(&bytes) }
        if bytes.count > 4_096 { bytes.removeLast(bytes.count - 4_096) }
        if pool.count < 200 { pool.append(bytes) } else { pool[words.count + number(below: 200 - words.count)] = bytes }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = number(below: bytes.count + 1)
        let rest = bytes.count - place
        switch number(below: 7) {
        case 0 where rest > 0: bytes[place] ^= 1 << UInt8(number(below: 8))
        case 1: bytes.insert(UInt8(number(below: 256)), at: place)
        case 2 where rest > 0: bytes.removeSubrange(place..<(place + 1 + number(below: rest)))
        case 3 where rest > 0:
            bytes.insert(contentsOf: bytes[place..<(place + 1 + number(below: min(rest, 32)))], at: place)
        case 4: bytes.insert(contentsOf: words[number(below: words.count)], at: place)
        case 5 where rest > 0:
            bytes[place] = [0, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFF][number(below: 10)]
        default:
            let other = pool[number(below: pool.count)]
            bytes = bytes.prefix(place) + other.suffix(number(below: other.count + 1))
        }
    }

    /// SplitMix64.
    private mutating func number(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
