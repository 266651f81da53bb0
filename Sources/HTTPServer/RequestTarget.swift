import HTTPTypes

/// The target of a request, in one of the forms of RFC 9112, section 3.2.
struct RequestTarget: Equatable {
    /// The path and the query; `*` means the whole server.
    let path: String
    /// The host and port of an absolute target. They replace the `Host` field.
    private(set) var authority: String?

    /// `nil` if an origin server accepts no such target: that of `CONNECT`, or one that is malformed.
    init?(_ text: String, _ method: HTTPRequest.Method) {
        guard method != .connect else { return nil }
        if text.utf8.first == UInt8(ascii: "/") {
            path = text
        } else if text == "*", method == .options {
            path = text
        } else {
            // Clients that are configured with a proxy send `http://host:port/path`.
            guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"),
                ["http", "https"].contains(text[..<colon].lowercased())
            else { return nil }
            let rest = text[text.index(colon, offsetBy: 3)...]
            let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
            guard Self.isAuthority(rest[..<end]), !rest[end...].hasPrefix("#") else { return nil }
            authority = String(rest[..<end])
            if end == rest.endIndex {
                path = method == .options ? "*" : "/"
            } else {
                path = (rest[end] == "?" ? "/" : "") + rest[end...]
            }
        }
    }

    /// Whether this is a host with an optional port. User information is not allowed (RFC 9110, section 4.2.4).
    private static func isAuthority(_ text: Substring) -> Bool {
        var port = text[text.endIndex...]
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return false }
            let address = text[..<end].dropFirst()
            guard address.contains(":"), address.utf8.allSatisfy(\.isAddressByte) else { return false }
            port = text[text.index(after: end)...]
        } else {
            let host = text.prefix { $0 != ":" }
            guard !host.isEmpty, host.utf8.allSatisfy(\.isHostByte) else { return false }
            port = text[host.endIndex...]
        }
        return port.isEmpty || port.hasPrefix(":") && port.utf8.dropFirst().allSatisfy(\.isDigitByte)
    }
}

extension UInt8 {
    fileprivate var isDigitByte: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether this occurs in an IPv6 address.
    fileprivate var isAddressByte: Bool {
        isDigitByte || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) || self == UInt8(ascii: ":")
            || self == UInt8(ascii: ".")
    }

    /// Whether this occurs in a host name: letters, digits, `%` and the punctuation of RFC 3986, section 3.2.2.
    fileprivate var isHostByte: Bool {
        isDigitByte || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
            || "-._~%!$&'()*+,;=".utf8.contains(self)
    }
}
