import Glibc

/// Notifies the service manager of state changes: systemd, or another that supports sd_notify.
enum ServiceManager {
    /// A state, with the bytes of its datagram.
    enum State: String {
        case ready = "READY=1"
        case stopping = "STOPPING=1"
    }

    /// Sends the state to `NOTIFY_SOCKET`, if that is set.
    ///
    /// It does not detect a lost message. The service manager then reports a timeout itself.
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
    /// The address of a path, or of an abstract socket, written `@name`.
    ///
    /// The result is `nil` for any other text, and for a name that is too long.
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
