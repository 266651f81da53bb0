import Glibc
import HTTPTypes
import HummingbirdCore

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

    private let networks: [Network]

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

    /// The client's address as a rate-limit key, see ``IPAddress/holder``; `nil` without a connection.
    ///
    /// Each proxy appends its peer's address to `X-Forwarded-For`. This method reads the list from its end and stops
    /// at the first address that is not a trusted proxy. A client can forge everything before that.
    package func client(of request: Request, at peer: IPAddress?) -> String? {
        guard var client = peer else { return nil }
        var hops = (request.headers[.forwardedFor] ?? "")
            .split(separator: ",", omittingEmptySubsequences: false)
        while trusts(client), let hop = hops.popLast() {
            guard let next = IPAddress(hop.filter { $0 != " " }) else { break }
            client = next
        }
        return client.holder
    }

    private func trusts(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }
}

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) becomes the IPv4 address.
package struct IPAddress: Hashable, Sendable {
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

    /// Identifies the customer of an address. For IPv6 it is the /64 network, which one customer controls.
    var holder: String {
        guard bytes.count == 16 else { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = (0..<4).map { String(UInt16(bytes[$0 * 2]) << 8 | UInt16(bytes[$0 * 2 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }
}
