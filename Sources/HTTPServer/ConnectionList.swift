import NIOCore
import Synchronization

/// The open connections of one port, up to a limit.
///
/// At the limit, a new connection closes the one that has been idle the longest. A till keeps its connection between
/// requests, so most connections are idle, and reconnecting costs a till only time:
/// docs/decisions/0015-too-many-connections.md. The list never closes a connection with a request in progress. If all
/// connections have one, it closes the new connection.
package final class ConnectionList: Sendable {
    /// A connection and its neighbours in the list of idle connections.
    fileprivate struct Place {
        var channel: (any Channel)?
        var before: Int
        var after: Int
    }

    fileprivate struct State {
        /// The first element is a sentinel. The element after it has been idle the longest.
        var places = [Place(channel: nil, before: 0, after: 0)]
        var free: [Int] = []
        var count = 0
        var closed = 0
    }

    private let max: Int
    private let state = Mutex(State())

    package init(max: Int) { self.max = max }

    /// The number of open connections.
    package var count: Int { state.withLock { $0.count } }
    /// The number of connections closed because of the limit.
    package var closed: Int { state.withLock { $0.closed } }

    /// Adds a connection, which starts idle.
    ///
    /// - Returns: its place, for the other methods.
    func enter(_ channel: any Channel) -> Int {
        let (place, surplus) = state.withLock { state in
            let surplus = state.count < max ? nil : state.closeOne(else: channel)
            return (state.add(channel), surplus)
        }
        surplus?.close(promise: nil)
        return place
    }

    /// Marks the connection as busy: its request has arrived and the server processes it.
    func isServed(_ place: Int) { state.withLock { $0.unlink(place) } }

    /// Marks the connection as idle: its response is complete.
    func waits(_ place: Int) {
        state.withLock { state in
            state.unlink(place)
            state.link(place)
        }
    }

    func leave(_ place: Int) { state.withLock { $0.remove(place) } }
}

extension ConnectionList.State {
    /// Chooses the connection to close at the limit.
    ///
    /// - Returns: the connection to close.
    fileprivate mutating func closeOne(else newest: any Channel) -> any Channel {
        closed += 1
        let oldest = places[0].after
        unlink(oldest)  // A later call must not choose it again.
        return places[oldest].channel ?? newest
    }

    fileprivate mutating func add(_ channel: any Channel) -> Int {
        let place = free.popLast() ?? places.count
        let entry = ConnectionList.Place(channel: channel, before: place, after: place)
        if place == places.count { places.append(entry) } else { places[place] = entry }
        count += 1
        link(place)
        return place
    }

    fileprivate mutating func remove(_ place: Int) {
        unlink(place)
        places[place].channel = nil
        free.append(place)
        count -= 1
    }

    fileprivate mutating func link(_ place: Int) {
        let last = places[0].before
        places[place].before = last
        places[place].after = 0
        places[last].after = place
        places[0].before = place
    }

    /// Removes a place from the idle list. A place outside the list is its own neighbour.
    fileprivate mutating func unlink(_ place: Int) {
        let (before, after) = (places[place].before, places[place].after)
        places[before].after = after
        places[after].before = before
        (places[place].before, places[place].after) = (place, place)
    }
}
