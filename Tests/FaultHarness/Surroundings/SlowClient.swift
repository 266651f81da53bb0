import Foundation
import Synchronization

/// A client that sends one byte of an endless request per second, until the service disconnects it.
final class SlowClient: Sendable {
    private let isGone = Atomic(false)
    private let place: Int32

    /// - Parameter port: of loopback.
    init(port: Int) throws {
        place = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(place, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Trial.Failure(description: "no process listens on port \(port)") }
        Thread.detachNewThread { self.send() }
    }

    /// Whether the service has closed the connection.
    var isHungUp: Bool { isGone.load(ordering: .acquiring) }

    private func send() {
        var text = Array("POST /v1/auth/token HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n{".utf8)
        while Glibc.send(place, &text, text.count, Int32(MSG_NOSIGNAL)) > 0 {
            text = [UInt8(ascii: " ")]
            sleep(1)
        }
        close(place)
        isGone.store(true, ordering: .releasing)
    }
}
