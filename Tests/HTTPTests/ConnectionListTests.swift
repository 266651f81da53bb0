import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import HTTPServer

@Suite("Open connections", .timeLimit(.minutes(10)))
struct ConnectionListTests {
    private func channels(_ count: Int) -> [NIOAsyncTestingChannel] {
        (0..<count).map { _ in NIOAsyncTestingChannel() }
    }

    /// The indices of the closed channels, once `count` are closed.
    private func closed(_ channels: [NIOAsyncTestingChannel], _ count: Int) async throws -> [Int] {
        try await eventually("\(count) are closed") {
            var closed: [Int] = []
            for (place, channel) in channels.enumerated() {
                await channel.testingEventLoop.run()
                let isFulfilled = channel.closeFuture.isFulfilled
                await channel.testingEventLoop.run()
                if isFulfilled.withLockedValue({ $0 }) { closed.append(place) }
            }
            return closed.count < count ? nil : closed
        }
    }

    @Test("A connection beyond the limit closes the one that has waited longest for its client")
    func longestWaitFirst() async throws {
        let list = ConnectionList(max: 3)
        let channels = channels(6)
        let places = channels.prefix(3).map(list.enter)
        list.isServed(places[0])
        list.waits(places[0])  // Now connection 1 has waited longest.
        _ = list.enter(channels[3])
        #expect(try await closed(channels, 1) == [1])
        list.leave(places[1])
        #expect(list.count == 3)
        _ = list.enter(channels[4])
        #expect(try await closed(channels, 2) == [1, 2])
        list.leave(places[2])
        _ = list.enter(channels[5])
        #expect(try await closed(channels, 3) == [0, 1, 2])
        #expect(list.closed == 3)
    }

    @Test("A connection with a request in progress is never closed, but the new connection instead")
    func servedStay() async throws {
        let list = ConnectionList(max: 2)
        let channels = channels(4)
        let places = channels.prefix(2).map(list.enter)
        for place in places { list.isServed(place) }
        let third = list.enter(channels[2])
        #expect(try await closed(channels, 1) == [2])
        list.leave(third)
        list.waits(places[1])
        _ = list.enter(channels[3])
        #expect(try await closed(channels, 2) == [1, 2])
    }

    @Test("Places of closed connections are reused, and each connection is chosen to be closed only once")
    func chosenOnce() async throws {
        let list = ConnectionList(max: 2)
        let channels = channels(5)
        let places = channels.prefix(4).map(list.enter)
        #expect(try await closed(channels, 2) == [0, 1])
        for place in places { list.leave(place) }
        #expect(list.count == 0)
        #expect(list.enter(channels[4]) == places[3])
        #expect(try await closed(channels, 2) == [0, 1])
    }

    @Test("An active client is served however many other connections are idle")
    func idleCrowd() async throws {
        let list = ConnectionList(max: 8)
        let answers = try await TestServer.serve(connections: list) { port in
            try await RawConnection.talk(to: port) { till in
                func probe(_ connection: RawConnection) -> String {
                    connection.send("GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
                    return connection.receive(upTo: #""version":"0.1.2"}"#)
                }
                var crowd: [RawConnection] = []
                var answers = [probe(till)]
                for _ in 0..<40 {
                    if let idle = RawConnection(port: port) { crowd.append(idle) }
                    // The server may accept late, and many connections together would close the active one.
                    for _ in 0..<60_000 where list.count + list.closed < crowd.count + 1 { usleep(1_000) }
                    answers.append(probe(till))
                }
                // The last idle connections are open, the first are closed.
                answers.append(crowd.last.map(probe) ?? "")
                answers.append(crowd[0].receive(upTo: "never") + (crowd[0].isEnded ? "ended" : ""))
                return answers
            }
        }
        #expect(answers.dropLast().allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
        #expect(answers.last == "ended")
    }
}

extension EventLoopFuture {
    /// True as soon as its event loop has run the callback.
    fileprivate var isFulfilled: NIOLockedValueBox<Bool> {
        let isFulfilled = NIOLockedValueBox(false)
        whenComplete { _ in isFulfilled.withLockedValue { $0 = true } }
        return isFulfilled
    }
}
