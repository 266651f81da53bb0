import Glibc

/// A call to the operating system that failed.
package struct SystemFault: Error, Sendable, CustomStringConvertible {
    let call: String
    /// An `errno`.
    let code: Int32

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// A thread of the operating system, for work that must not occupy one of Swift's own.
package enum SystemThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that ends when `body` returns.
    ///
    /// - Throws: ``SystemFault`` if the system has no thread to give.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(SystemFault) {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }
        let code = pthread_create(&thread, nil, main, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw SystemFault(call: "pthread_create", code: code)
        }
        pthread_detach(thread)
    }

    /// Runs `body` on a thread of its own and waits for it without occupying one of Swift's.
    ///
    /// - Throws: what `body` throws, or ``SystemFault``.
    static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try start { continuation.resume(with: .init(catching: body)) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
