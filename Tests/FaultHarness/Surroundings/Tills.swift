import Foundation
import Synchronization
import TestSupport

/// The tills of a shop, for a load: those of its cashiers, and others that the administrator acts for.
package enum Tills {
    /// - Parameters:
    ///   - hired: so many cashiers more in `centro`, without a login.
    ///   - each: how many clients share a slot.
    ///   - hasKeys: whether the requests of a slot, by its place, carry an `Idempotency-Key`.
    ///   - addresses: they are asked in turn, at each attempt; none are the replicas'.
    package static func all(
        of shop: Shop, _ recorder: Recorder, hired: Int = 4, each: Int = 2, retries: Int = 0,
        hasKeys: (Int) -> Bool = { _ in true }, at addresses: [String] = []
    ) throws -> [RecordedTill] {
        let own = [
            (shop.ana, shop.centro), (shop.ana, shop.villaMorra), (shop.bruno, shop.centro), (shop.carla, shop.corner),
        ].map { ($0.0, Slot(cashier: $0.0.id, business: $0.1)) }
        let others = try shop.hire(hired).map { (shop.administrator, Slot(cashier: $0, business: shop.centro)) }
        let addresses = addresses.isEmpty ? shop.services.map(\.address) : addresses
        let turn = Turn()
        return (own + others).enumerated().flatMap { place, one in
            (0..<each).map { _ in
                RecordedTill(one.0, one.1, recorder, retries: retries, hasKeys: hasKeys(place)) {
                    addresses[turn.next() % addresses.count]
                }
            }
        }
    }
}

/// Whose turn it is.
final class Turn: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}

extension Shop {
    /// Gives `centro` more cashiers, who do not log in.
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
    /// Holds a history against itself and against the database.
    package func judge(_ recorder: Recorder, in shop: Shop) throws {
        let history = recorder.history
        let faults = HistoryChecker.faults(in: history, try Books(of: shop))
        for fault in faults { complain(fault) }
        saw("\(history.count) requests: " + (faults.isEmpty ? "nothing lost" : "\(faults.count) faults"))
    }
}
