import Foundation
import Synchronization

/// A TCP proxy between a till and the service. It can lose responses or send its own.
package final class ServiceLine: Sendable {
    package enum State: Sendable {
        case whole
        /// Forwards requests and closes the connection instead of forwarding the response.
        case losesAnswers
        /// Forwards requests, discards the responses and keeps the connections open.
        case swallowsAnswers
        /// Responds with these bytes instead of forwarding the request.
        case answers(String)
    }

    private let listener: Int32
    private let port: UInt16
    private let state = Mutex(State.whole)

    /// `http://127.0.0.1:PORT`, to use instead of the service's address.
    package let address: String

    /// - Parameter service: the address of the service.
    package init(to service: String) throws {
        guard let port = service.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw CashPilotProcess.Failure(description: "no port in \(service)")
        }
        self.port = port
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var place = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isListening else { throw CashPilotProcess.Failure(description: "no port for the proxy") }
        address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let till = accept(listener, nil, nil)
                guard till >= 0, let self else { break }
                Thread.detachNewThread { self.serve(till) }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    package func become(_ state: State) { self.state.withLock { $0 = state } }

    /// Serves one connection until one side closes it.
    private func serve(_ till: Int32) {
        let service = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var place = Self.loopback(port)
        let isConnected = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(service, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(till)
            close(service)
            return
        }
        let back = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            self.carry(from: service, to: till) { state in
                switch state {
                case .losesAnswers: nil
                case .swallowsAnswers: .swallow
                case .whole, .answers: .pass
                }
            }
            back.signal()
        }
        carry(from: till, to: service) { state in
            if case .answers(let text) = state { .answer(text) } else { .pass }
        }
        back.wait()
        close(till)
        close(service)
    }

    private enum Step {
        case pass, swallow
        case answer(String)
    }

    /// Forwards bytes in one direction. `decide` is called for each read; `nil` cuts the connection.
    private func carry(from source: Int32, to target: Int32, _ decide: (State) -> Step?) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        loop: while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            switch decide(state.withLock { $0 }) {
            case .pass: guard Self.send(buffer[..<count], to: target) else { break loop }
            case .swallow: break
            case .answer(let text):
                _ = Self.send(Array(text.utf8)[...], to: source)
                // A close with unread bytes would reset the connection and lose the response.
                shutdown(source, Int32(SHUT_WR))
                while recv(source, &buffer, buffer.count, 0) > 0 {}
                break loop
            case nil: break loop
            }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }

    private static func send(_ bytes: ArraySlice<UInt8>, to target: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return place
    }
}
