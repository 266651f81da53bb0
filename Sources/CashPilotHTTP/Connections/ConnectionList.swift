import NIOCore
import Synchronization

/// The open connections of one port, never more than a limit: one more closes the one that has waited longest for its
/// client.
///
/// A till keeps its connection between requests, so most connections wait, and to make a new one costs a till nothing
/// but time: docs/decisions/0015-too-many-connections.md. A connection whose request is being answered is not closed;
/// if there is no other, it is the new one.
package final class ConnectionList: Sendable {
    /// A connection, and its neighbours among those that wait for their clients.
    fileprivate struct Place {
        var channel: (any Channel)?
        var before: Int
        var after: Int
    }

    fileprivate struct State {
        /// The first is no connection but joins the ends: the place after it has waited longest.
        var places = [Place(channel: nil, before: 0, after: 0)]
        var free: [Int] = []
        var count = 0
        var closed = 0
    }

    private let max: Int
    private let state = Mutex(State())

    package init(max: Int) { self.max = max }

    /// How many there are.
    package var count: Int { state.withLock { $0.count } }
    /// How many were closed because there were too many.
    package var closed: Int { state.withLock { $0.closed } }

    /// Adds a connection, which waits for its client.
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

    /// The client has said all that it has to say, and waits for us.
    func isServed(_ place: Int) { state.withLock { $0.unlink(place) } }

    /// The client has its answer.
    func waits(_ place: Int) {
        state.withLock { state in
            state.unlink(place)
            state.link(place)
        }
    }

    func leave(_ place: Int) { state.withLock { $0.remove(place) } }
}

extension ConnectionList.State {
    /// - Returns: which connection is to be closed.
    fileprivate mutating func closeOne(else newest: any Channel) -> any Channel {
        closed += 1
        let oldest = places[0].after
        unlink(oldest)  // So that it is chosen once.
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

    /// Those that are alone are their own neighbours.
    fileprivate mutating func unlink(_ place: Int) {
        let (before, after) = (places[place].before, places[place].after)
        places[before].after = after
        places[after].before = before
        (places[place].before, places[place].after) = (place, place)
    }
}
