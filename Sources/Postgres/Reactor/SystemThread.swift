import Glibc

/// A failed system call.
package struct SystemError: Error, Sendable, CustomStringConvertible {
    let call: String
    /// An `errno`.
    let code: Int32

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// Operating-system threads, for work that must not block Swift's own threads.
package enum SystemThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that ends when `body` returns.
    ///
    /// - Throws: ``SystemError`` if the system cannot create a thread.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }
        let code = pthread_create(&thread, nil, main, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw SystemError(call: "pthread_create", code: code)
        }
        pthread_detach(thread)
    }

    /// Runs `body` on a new thread and awaits it without blocking a Swift thread.
    ///
    /// - Throws: the error of `body`, or ``SystemError``.
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
