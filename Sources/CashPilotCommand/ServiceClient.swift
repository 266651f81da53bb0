import AsyncHTTPClient
import CashPilot
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// A running service, as somebody elsewhere talks to it: over HTTP, with an API key.
struct ServiceClient: Sendable {
    struct Configuration: Sendable {
        /// Without a slash at its end.
        let address: String
        let key: String
    }

    /// How often a request is sent at the most. Each can be repeated: a change carries the same key every time.
    static let triesMax = 3
    /// How long one try may take; the service answers within 5 s whatever its database does.
    static let tryMax = TimeAmount.seconds(8)
    static let pause = Duration.seconds(1)
    /// Of an answer, in bytes: 200 sessions with the longest notes have less.
    static let answerMax = 8 << 20

    private let configuration: Configuration
    private let client: HTTPClient

    /// Runs `work` with a client whose connections are closed afterwards.
    static func with<Result: Sendable>(
        _ configuration: Configuration, _ work: @Sendable (ServiceClient) async throws -> Result
    ) async throws -> Result {
        var options = HTTPClient.Configuration()
        options.redirectConfiguration = .disallow  // The key is for this address and no other.
        options.timeout.connect = .seconds(5)
        options.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: options) { client in
            try await work(ServiceClient(configuration: configuration, client: client))
        }
    }

    func get(_ path: String) async throws -> JSONTree { try await send(.GET, path, nil) }

    /// Asks for a change, under a key of its own, so that it is done once however often it must be asked for.
    func post(_ path: String, _ body: [String: JSONTree]) async throws -> JSONTree {
        try await send(.POST, path, .object(body))
    }

    /// - Throws: ``ServiceFault`` with what the service says, or why nothing is heard of it.
    private func send(_ method: HTTPMethod, _ path: String, _ body: JSONTree?) async throws -> JSONTree {
        var request = HTTPClientRequest(url: configuration.address + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(configuration.key)")
        request.headers.add(name: "Accept-Language", value: "en")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.headers.add(name: "Idempotency-Key", value: Self.idempotencyKey)
            request.body = .bytes(ByteBuffer(string: body.json))
        }
        return try await withProgress("waiting for the service") { [request] in try await repeated(request) }
    }

    private func repeated(_ request: HTTPClientRequest) async throws -> JSONTree {
        for _ in 1..<Self.triesMax {
            do {
                return try await answer(to: request)
            } catch let fault as ServiceFault where fault.mayPass {
                try await Task.sleep(for: Self.pause)
            }
        }
        return try await answer(to: request)
    }

    private static var idempotencyKey: String {
        let id: ID<Self> = System.ids.make()
        return "cashpilot-\(id)"
    }

    private func answer(to request: HTTPClientRequest) async throws -> JSONTree {
        let status: Int
        let bytes: ByteBuffer
        do {
            let response = try await client.execute(request, timeout: Self.tryMax)
            status = Int(response.status.code)
            bytes = try await response.body.collect(upTo: Self.answerMax)
        } catch {
            throw ServiceFault(unreachable: configuration.address, error)
        }
        let document = try? JSONDecoder().decode(JSONTree.self, from: Data(bytes.readableBytesView))
        guard (200..<300).contains(status), let document else {
            throw ServiceFault(status: status, problem: document ?? .null, at: configuration.address)
        }
        return document
    }
}
