import CashPilot
import Synchronization

@testable import CashPilotHTTP

/// A store with one terminal, whose caller is an administrator with a recent login.
final class ScriptedTerminalStore: TerminalStore {
    static let terminal = Terminal(
        id: CredentialID(high: 9, low: 9), business: Sample.business, name: "Caja 1", createdAt: Sample.openedAt)
    static let bearer = Bearer(.terminal, random: { 9 })

    /// The fingerprint of the first request with an Idempotency-Key.
    private let fingerprint = Mutex<[UInt8]?>(nil)

    func create(
        named name: String, bearer: BearerHash, in business: BusinessID, as id: CredentialID, by caller: Caller,
        key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Terminal?>>? {
        let first = fingerprint.withLock { stored in
            defer { stored = stored ?? key?.fingerprint }
            return stored
        }
        return Keyed(isKeyFree: true, fingerprint: first, value: seen(Self.terminal, in: business))
    }

    func terminals(
        of business: BusinessID, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Terminal]>? { seen([Self.terminal], in: business) }

    func rename(
        _ id: CredentialID, to name: String?, in business: BusinessID, by caller: Caller, audit: AuditEventID
    ) async throws -> Authorized<Terminal?>? { seen(id == Self.terminal.id ? Self.terminal : nil, in: business) }

    func end(
        _ id: CredentialID, in business: BusinessID, by caller: Caller, audit: AuditEventID
    ) async throws -> Authorized<Bool>? { seen(id == Self.terminal.id, in: business) }

    func terminal(_ bearer: BearerHash) async throws -> (terminal: Terminal, business: Business)? {
        guard bearer == Self.bearer.hash else { return nil }
        let business = Business(
            id: Sample.business, name: "Farmacia Centro", currency: "PYG", timeZone: "America/Asuncion",
            dayCutoffMinutes: 0, staleAfterHours: 16, editWindowHours: 32, isActive: true, createdAt: Sample.openedAt)
        return (Self.terminal, business)
    }

    func cashiers(at bearer: BearerHash) async throws -> [TerminalCashier]? {
        bearer == Self.bearer.hash ? [TerminalCashier(id: Sample.ana, name: "Ana", hasPIN: false)] : nil
    }

    func waitForReplication() async throws {}

    private func seen<Value: Sendable>(_ value: Value, in business: BusinessID) -> Authorized<Value> {
        Authorized(role: .admin, seesBusiness: business == Sample.business, value: value)
    }
}
