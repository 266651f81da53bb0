import Glibc
import HTTPTypes
import HummingbirdCore
import Synchronization

/// The proxies whose `X-Forwarded-For` is trusted. By default none, because any client can send the header.
package struct TrustedProxies: Sendable {
    private struct Network: Sendable {
        let address: IPAddress
        let bits: Int

        func contains(_ other: IPAddress) -> Bool {
            guard other.bytes.count == address.bytes.count else { return false }
            return zip(address.bytes, other.bytes).enumerated().allSatisfy { place, pair in
                (pair.0 ^ pair.1) >> UInt8(8 - min(8, max(0, bits - place * 8))) == 0
            }
        }
    }

    /// A longer list is a mistake.
    static let countMax = 64

    /// Calls a function at its first call only.
    private final class FirstCall: Sendable {
        private let isDone = Atomic(false)
        private let report: @Sendable (String) -> Void

        init(_ report: @escaping @Sendable (String) -> Void) { self.report = report }

        func callAsFunction(_ text: @autoclosure () -> String) {
            guard !isDone.exchange(true, ordering: .relaxed) else { return }
            report(text())
        }
    }

    private let networks: [Network]
    private var warning: FirstCall?

    /// Trusts no proxy.
    package init() { networks = [] }

    /// Parses addresses and networks (`10.0.0.5, 10.1.0.0/16, fd00::/8`); `nil` if an entry is neither.
    package init?(_ text: String) {
        let entries = text.split(separator: ",", omittingEmptySubsequences: false)
        let networks = entries.compactMap { entry -> Network? in
            let parts = entry.filter { $0 != " " }.split(separator: "/", omittingEmptySubsequences: false)
            guard let first = parts.first, parts.count <= 2, let address = IPAddress(first) else { return nil }
            let length = address.bytes.count * 8
            guard let bits = parts.count == 2 ? Int(parts[1]) : length, (1...length).contains(bits) else { return nil }
            return Network(address: address, bits: bits)
        }
        guard networks.count == entries.count, entries.count <= Self.countMax else { return nil }
        self.networks = networks
    }

    /// Returns the same proxies, which call `warn` once when a peer sends the header and is not trusted.
    package func warning(_ warn: @escaping @Sendable (String) -> Void) -> TrustedProxies {
        var proxies = self
        proxies.warning = FirstCall(warn)
        return proxies
    }

    /// The client's address as a rate-limit key, see ``IPAddress/holder``; `nil` without a connection.
    ///
    /// Each proxy appends its peer's address to `X-Forwarded-For`. This method reads the list from its end and stops
    /// at the first address that is not a trusted proxy. A client can forge everything before that. An entry without
    /// an address, such as `unknown` or `_hidden`, ends the reading too: the client is then the proxy that wrote it.
    package func client(of request: Request, at peer: IPAddress?) -> String? {
        guard var client = peer else { return nil }
        guard let forwarded = request.headers[.forwardedFor] else { return client.holder }
        if !trusts(client) {
            warning?("X-Forwarded-For from \(client) is ignored: TRUSTED_PROXIES does not contain it")
        }
        var hops = forwarded.split(separator: ",", omittingEmptySubsequences: false)
        while trusts(client), let hop = hops.popLast(), let next = IPAddress(hop: hop) { client = next }
        return client.holder
    }

    private func trusts(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }
}

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) becomes the IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes.
    fileprivate let bytes: [UInt8]

    /// Parses an address without brackets, port or zone; `nil` for anything else.
    init?(_ text: some StringProtocol) {
        let text = String(text)
        guard text.utf8.count <= 45 else { return nil }
        var (v4, v6) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: v4) { Array($0) }
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            let all = withUnsafeBytes(of: v6) { Array($0) }
            let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xff && all[11] == 0xff
            bytes = isMapped ? Array(all[12...]) : all
        } else {
            return nil
        }
    }

    /// Parses an entry of `X-Forwarded-For`: an address, `192.0.2.1:50000`, `[2001:db8::1]` or `[2001:db8::1]:50000`.
    ///
    /// The port is ignored; `nil` for anything else.
    fileprivate init?(hop: Substring) {
        let text = hop.filter { $0 != " " && $0 != "\t" }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let port = text[text.index(after: end)...]
            guard port.isEmpty || (port.hasPrefix(":") && Self.isPort(port.dropFirst())) else { return nil }
            let address = text[text.index(after: text.startIndex)..<end]
            guard address.contains(":") else { return nil }
            self.init(address)
        } else if parts.count == 2 {
            guard Self.isPort(parts[1]) else { return nil }
            self.init(parts[0])
        } else {
            self.init(text)
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count) && text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
    }

    /// Identifies the customer of an address. For IPv6 it is the /64 network, which one customer controls.
    package var holder: String { bytes.count == 4 ? dotted : groups.prefix(4).joined(separator: ":") + "::/64" }

    /// An IPv6 address has eight groups, none of them shortened to `::`.
    package var description: String { bytes.count == 4 ? dotted : groups.joined(separator: ":") }

    private var groups: [String] {
        (0..<bytes.count / 2).map { String(UInt16(bytes[$0 * 2]) << 8 | UInt16(bytes[$0 * 2 + 1]), radix: 16) }
    }

    /// The usual form of an IPv4 address, without an allocation: each line of the access log has it.
    private var dotted: String {
        String(unsafeUninitializedCapacity: 15) { buffer in
            var count = 0
            func put(_ byte: UInt8) {
                buffer[count] = byte
                count += 1
            }
            for (place, byte) in bytes.enumerated() {
                if place > 0 { put(UInt8(ascii: ".")) }
                if byte >= 100 { put(UInt8(ascii: "0") + byte / 100) }
                if byte >= 10 { put(UInt8(ascii: "0") + byte / 10 % 10) }
                put(UInt8(ascii: "0") + byte % 10)
            }
            return count
        }
    }
}
