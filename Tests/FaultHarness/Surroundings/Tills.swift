import Foundation
import Synchronization
import TestSupport

/// The tills of a load: of the shop's cashiers, and of more cashiers for which the administrator acts.
package enum Tills {
    /// - Parameters:
    ///   - hired: the number of additional cashiers in `centro`, without a login.
    ///   - each: the number of clients per open-session key.
    ///   - hasKeys: whether the requests of an open-session key, by its index, carry an `Idempotency-Key`.
    ///   - addresses: used in turn, one per attempt; if empty, those of the replicas.
    package static func all(
        of shop: Shop, _ recorder: Recorder, hired: Int = 4, each: Int = 2, retries: Int = 0,
        hasKeys: (Int) -> Bool = { _ in true }, at addresses: [String] = []
    ) throws -> [RecordedTill] {
        let own = [
            (shop.ana, shop.centro), (shop.ana, shop.villaMorra), (shop.bruno, shop.centro), (shop.carla, shop.corner),
        ].map { ($0.0, OpenSessionKey(cashier: $0.0.id, business: $0.1)) }
        let others = try shop.hire(hired).map {
            (shop.administrator, OpenSessionKey(cashier: $0, business: shop.centro))
        }
        let addresses = addresses.isEmpty ? shop.services.map(\.address) : addresses
        let counter = Counter()
        return (own + others).enumerated().flatMap { place, one in
            (0..<each).map { _ in
                RecordedTill(one.0, one.1, recorder, retries: retries, hasKeys: hasKeys(place)) {
                    addresses[counter.next() % addresses.count]
                }
            }
        }
    }
}

/// Counts from 0.
final class Counter: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}

extension Shop {
    /// Adds cashiers without a login to `centro`.
    ///
    /// - Returns: their ids.
    package func hire(_ count: Int) throws -> [String] {
        let ids = (0..<count).map { _ in UUID().uuidString.lowercased() }
        for id in ids {
            try execute(
                """
                insert into users (id, email, name, role, password_hash)
                select '\(id)', '\(id)@example.com', 'Hired', 'CASHIER', u.password_hash from users as u
                where u.id = '\(ana.id)';
                insert into business_cashiers (business_id, cashier_id) values ('\(centro)', '\(id)')
                """)
        }
        return ids
    }
}

extension Trial {
    /// Checks a history against itself and against the database.
    package func check(_ recorder: Recorder, in shop: Shop) throws {
        let history = recorder.history
        let faults = HistoryChecker.faults(in: history, try FinalState(of: shop))
        for fault in faults { fail(fault) }
        report("\(history.count) requests: " + (faults.isEmpty ? "nothing lost" : "\(faults.count) faults"))
    }
}
