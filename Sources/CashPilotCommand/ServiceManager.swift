import Glibc

/// Who started the process and wants to know how it is: systemd, or another that speaks sd_notify's protocol.
enum ServiceManager {
    /// What is told: a datagram of these bytes.
    enum State: String {
        case ready = "READY=1"
        case stopping = "STOPPING=1"
    }

    /// Tells whoever listens at `NOTIFY_SOCKET`; nobody, if that is not set.
    ///
    /// Whether it arrived is not known here, and changes nothing: one who waits in vain says so.
    static func tell(_ state: State) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), var address = sockaddr_un(path) else {
            return
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + path.utf8.count } ?? 0)
        let bytes = Array(state.rawValue.utf8)
        withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), address,
                    length)
            }
        }
    }
}

extension sockaddr_un {
    /// Of a socket in the file system, or of one with a name and no file, which is written `@name`; `nil` for any other
    /// text, and if it is too long.
    fileprivate init?(_ path: String) {
        self.init()
        let room = MemoryLayout.size(ofValue: sun_path)
        guard let first = path.utf8.first, [UInt8(ascii: "/"), UInt8(ascii: "@")].contains(first),
            (2..<room).contains(path.utf8.count)
        else { return nil }
        sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &sun_path) { bytes in
            bytes.copyBytes(from: path.utf8)
            if first == UInt8(ascii: "@") { bytes[0] = 0 }
        }
    }
}
