import HTTPTypes
import HummingbirdCore

/// Finds the endpoint of a request.
///
/// Hummingbird's router responds to a wrong method with 404 and treats `//v1//me/` as `/v1/me`. This table accepts
/// one spelling for each path and responds to a wrong method with 405 and an `Allow` list.
struct RoutingTable: Sendable {
    enum Match: Sendable {
        /// The endpoint's index in the table, and the values of the path's placeholders.
        case endpoint(Int, values: [Substring])
        /// The path exists, but has no endpoint for this method. `allow` is the value of the `Allow` header.
        case methodNotAllowed(allow: String)
        case notFound
    }

    private struct Route {
        let path: String
        let segments: [Segment]
        /// The indices of the segments that are placeholders.
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

        /// Whether a request path matches this route. It compares the last segment first, which differs most often.
        func matches(_ parts: [Range<Int>], of path: UnsafeBufferPointer<UInt8>) -> Bool {
            guard segments.count == parts.count else { return false }
            return segments.indices.reversed().allSatisfy { place in
                let part = parts[place]
                return switch segments[place] {
                case .constant(let text): part.count == text.count && path[part].elementsEqual(text)
                case .value: !part.isEmpty
                }
            }
        }
    }

    private enum Segment {
        case constant([UInt8])
        case value
    }

    private var routes: [Route] = []

    /// Makes a table of `endpoints`. If two paths match, the earlier one wins.
    init(_ endpoints: [Endpoint]) {
        for (place, endpoint) in endpoints.enumerated() {
            let index = routes.firstIndex { $0.path == endpoint.path } ?? routes.endIndex
            if index == routes.endIndex {
                routes.append(Route(path: endpoint.path))
            }
            routes[index].endpoints.append((endpoint.method, place))
        }
    }

    /// Matches `HEAD` as `GET`. The encoder omits the body later.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        var path = path
        // Uses byte offsets, because substrings cost several times as much on every request.
        let found = path.withUTF8 { bytes -> (index: Int, values: [Range<Int>])? in
            let parts = Self.parts(of: bytes)
            return routes.firstIndex { $0.matches(parts, of: bytes) }.map { index in
                (index, routes[index].valuePlaces.map { parts[$0] })
            }
        }
        guard let found else { return .notFound }
        let route = routes[found.index]
        let wanted = method == .head ? .get : method
        guard let endpoint = route.endpoints.first(where: { $0.method == wanted }) else {
            return .methodNotAllowed(allow: allow(route))
        }
        return .endpoint(endpoint.place, values: found.values.map { path.text(at: $0) })
    }

    /// Splits a path at its slashes. Everything after the tenth slash is one part.
    private static func parts(of path: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        parts.reserveCapacity(11)
        var start = 0
        for place in path.indices where path[place] == UInt8(ascii: "/") && parts.count < 10 {
            parts.append(start..<place)
            start = place + 1
        }
        parts.append(start..<path.count)
        return parts
    }

    /// All methods of the service.
    var methods: String { "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" }

    private func allow(_ route: Route) -> String {
        (route.endpoints.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue] } + ["OPTIONS"])
            .joined(separator: ", ")
    }
}

extension String {
    /// The part of the path at these byte offsets.
    fileprivate func text(at places: Range<Int>) -> Substring {
        let start = utf8.index(utf8.startIndex, offsetBy: places.lowerBound)
        return self[start..<utf8.index(start, offsetBy: places.count)]
    }
}
