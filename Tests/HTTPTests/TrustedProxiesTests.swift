import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization
import Testing

@testable import HTTPServer

@Suite("Client addresses")
struct TrustedProxiesTests {
    private func client(_ proxies: String?, peer: String, _ forwarded: String...) throws -> String? {
        var headers: HTTPFields = [:]
        for value in forwarded { headers.append(.init(name: .forwardedFor, value: value)) }
        let request = Request(
            head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/", headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
        let trusted = try #require(proxies.map(TrustedProxies.init) ?? TrustedProxies())
        return trusted.client(of: request, at: IPAddress(peer))
    }

    @Test("X-Forwarded-For is ignored unless its sender is a trusted proxy")
    func none() throws {
        #expect(try client(nil, peer: "192.0.2.1", "198.51.100.7") == "192.0.2.1")
        #expect(try client("10.0.0.1", peer: "192.0.2.1", "198.51.100.7") == "192.0.2.1")
        #expect(try client("10.0.0.1", peer: "", "198.51.100.7") == nil, "no connection")
    }

    @Test("X-Forwarded-For is read from its end, as far as trusted proxies wrote it")
    func chain() throws {
        let trusted = "10.0.0.0/8,192.0.2.1"
        #expect(try client(trusted, peer: "10.0.0.1", "198.51.100.7") == "198.51.100.7")
        #expect(try client(trusted, peer: "10.0.0.1", "6.6.6.6, 198.51.100.7") == "198.51.100.7")
        #expect(try client(trusted, peer: "10.0.0.1", "6.6.6.6,198.51.100.7 , 192.0.2.1") == "198.51.100.7")
        #expect(try client(trusted, peer: "10.0.0.1", "6.6.6.6", "198.51.100.7, 10.9.9.9") == "198.51.100.7")
        #expect(try client(trusted, peer: "10.0.0.1", "10.1.1.1, 10.2.2.2") == "10.1.1.1", "all are proxies")
        #expect(try client(trusted, peer: "10.0.0.1") == "10.0.0.1")
    }

    @Test(
        "An invalid address ends the reading of X-Forwarded-For",
        arguments: [
            "", "x", "unknown", "_hidden", "6.6.6.6, unknown", "1.2.3", "6.6.6.6,", "198.51.100.7:", "198.51.100.7:x",
            "[2001:db8::1", "[2001:db8::1]x", "[2001:db8::1]:", "[198.51.100.7]", "[]",
        ])
    func garbage(list: String) throws {
        #expect(try client("10.0.0.1", peer: "10.0.0.1", list) == "10.0.0.1")
    }

    @Test("An IPv6 client is its /64 network, and an IPv4-mapped address is IPv4")
    func six() throws {
        let one = try client("fd00::/8", peer: "fd12::1", "2001:db8:1:2:3:4:5:6")
        #expect(one == "2001:db8:1:2::/64")
        #expect(try client("fd00::/8", peer: "fd12::1", "2001:db8:1:2::9") == one)
        #expect(try client("fd00::/8", peer: "fd12::1", "2001:db8:1:3::9") != one)
        #expect(try client("10.0.0.0/8", peer: "::ffff:10.0.0.1", "198.51.100.7") == "198.51.100.7")
    }

    @Test(
        "A trusted network may have any prefix length",
        arguments: [(31, true), (30, true), (32, false), (24, true), (1, true)])
    func bits(length: Int, isIn: Bool) throws {
        let seen = try client("203.0.113.4/\(length)", peer: "203.0.113.5", "198.51.100.7")
        #expect(seen == (isIn ? "198.51.100.7" : "203.0.113.5"))
    }

    @Test(
        "A trusted proxy that is neither an address nor a network is rejected",
        arguments: [
            "", ",", "10.0.0.1,", "10.0.0.0/33", "10.0.0.0/0", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "localhost",
            "10.0.0", "fe80::1%eth0", "10.0.0.1;10.0.0.2",
        ])
    func refused(text: String) { #expect(TrustedProxies(text) == nil) }

    @Test(
        "An address may have a port or brackets",
        arguments: [
            ("198.51.100.7:50000", "198.51.100.7"), ("6.6.6.6, 198.51.100.7:1", "198.51.100.7"),
            ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"), ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
            ("unknown, 198.51.100.7", "198.51.100.7"),
        ])
    func ports(list: String, expected: String) throws {
        #expect(try client("10.0.0.1", peer: "10.0.0.1", list) == expected)
    }

    @Test("The first X-Forwarded-For of a peer that is not trusted is reported, and later ones are not")
    func warns() throws {
        let reports = Mutex<[String]>([])
        let proxies = TrustedProxies().warning { report in reports.withLock { $0.append(report) } }
        func request(_ fields: HTTPFields) -> Request {
            Request(
                head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/", headerFields: fields),
                body: RequestBody(buffer: ByteBuffer()))
        }
        _ = proxies.client(of: request([:]), at: IPAddress("192.0.2.1"))
        #expect(reports.withLock { $0 }.isEmpty, "there is no header")
        for _ in 0..<2 { _ = proxies.client(of: request([.forwardedFor: "198.51.100.7"]), at: IPAddress("192.0.2.1")) }
        #expect(reports.withLock { $0.count } == 1)
        #expect(reports.withLock { $0[0] }.contains("192.0.2.1"))
    }
}
