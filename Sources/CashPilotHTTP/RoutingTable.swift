import Hummingbird

/// Finds the endpoint of a request.
///
/// Hummingbird's own router answers a wrong method with 404, and takes `//v1//me/` for `/v1/me`; here a path has
/// one spelling, and a method that it does not have is 405 with those that it has.
struct RoutingTable: Sendable {
    enum Match: Sendable {
        /// The endpoint's place in the table, and what the `{…}` of its path stand for.
        case endpoint(Int, values: [Substring])
        /// The path is there, but not for this method; `allow` is a header's value.
        case methodNotAllowed(allow: String)
        case notFound
    }

    private struct Route {
        let path: String
        let segments: [Segment]
        /// Which of the segments are values.
        let valuePlaces: [Int]
        var endpoints: [(method: HTTPRequest.Method, place: Int)] = []

        init(path: String) {
            self.path = path
            segments = path.split(separator: "/", omittingEmptySubsequences: false).map { text in
                text.hasPrefix("{") ? .value : .constant(Array(text.utf8))
            }
            valuePlaces = segments.indices.filter { [segments] in
                if case .value = segments[$0] { true } else { false }
            }
        }

        /// Whether these, as many as the segments, are a path of this route. The last differs most, so it is compared first.
        func isPath(_ parts: [Substring.UTF8View]) -> Bool {
            segments.indices.reversed().allSatisfy { place in
                switch segments[place] {
                case .constant(let text): parts[place].count == text.count && parts[place].elementsEqual(text)
                case .value: !parts[place].isEmpty
                }
            }
        }
    }

    private enum Segment {
        case constant([UInt8])
        case value
    }

    private var routes: [Route] = []

    /// A table of `endpoints`; of two paths that match, the one that comes first is taken.
    init(_ endpoints: [Endpoint]) {
        for (place, endpoint) in endpoints.enumerated() {
            let index = routes.firstIndex { $0.path == endpoint.path } ?? routes.endIndex
            if index == routes.endIndex {
                routes.append(Route(path: endpoint.path))
            }
            routes[index].endpoints.append((endpoint.method, place))
        }
    }

    /// A `HEAD` is answered as a `GET`; the body is left out later.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 10, omittingEmptySubsequences: false)
        for route in routes where route.segments.count == parts.count {
            guard route.isPath(parts) else { continue }
            let wanted = method == .head ? .get : method
            if let found = route.endpoints.first(where: { $0.method == wanted }) {
                return .endpoint(found.place, values: route.valuePlaces.map { Substring(parts[$0]) })
            }
            return .methodNotAllowed(allow: allow(route))
        }
        return .notFound
    }

    private func allow(_ route: Route) -> String {
        route.endpoints.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue] }
            .joined(separator: ", ")
    }
}
