import HTTPTypes
import HummingbirdCore

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

        /// Whether these parts of a path are one of this route. The last differs most, so it is compared first.
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
        var path = path
        // Places in the bytes: each request comes by here, and slices of text cost several times as much.
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

    /// What stands before, between and behind the slashes; what comes after ten of them is one part.
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

    private func allow(_ route: Route) -> String {
        route.endpoints.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue] }
            .joined(separator: ", ")
    }
}

extension String {
    /// A part, by its places among the bytes.
    fileprivate func text(at places: Range<Int>) -> Substring {
        let start = utf8.index(utf8.startIndex, offsetBy: places.lowerBound)
        return self[start..<utf8.index(start, offsetBy: places.count)]
    }
}
