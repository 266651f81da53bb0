import Foundation
import TestSupport
import Testing

@Suite("Fields that a request may not set")
struct UnknownFieldTests {
    /// Columns that a client cannot write, or not in every body.
    private static var fields: [String: Any] {
        [
            "id": "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d", "business_id": "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d",
            "status": "CLOSED", "opened_at": "2026-01-01T00:00:00Z", "closed_at": "2026-01-01T00:00:00Z",
            "opened_by": "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d", "session_number": 1, "version": 9, "role": "ADMIN",
            "is_admin": true, "is_active": true, "is_deleted": false, "deleted_at": "2026-01-01T00:00:00Z",
            "created_at": "2026-01-01T00:00:00Z", "password_hash": "$scrypt$", "allow_overlap": true,
            "cashier_id": "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d", "__proto__": ["x": 1],
        ]
    }
    /// The fields above that some bodies accept.
    private static let known: [String: Set<String>] = [
        "POST /v1/users": ["role", "is_active"], "PATCH /v1/users/{user_id}": ["role", "is_active"],
        "PATCH /v1/businesses/{business_id}": ["is_active"], "POST /v1/businesses": ["is_active"],
        "POST /v1/businesses/{business_id}/sessions": ["opened_at", "cashier_id"],
        "PATCH /v1/businesses/{business_id}/sessions/{session_id}": ["opened_at", "cashier_id"],
        "POST /v1/businesses/{business_id}/sessions/{session_id}/movements": ["id"],
        "POST /v1/businesses/{business_id}/sessions/{session_id}/movements/{movement_id}/reverse": ["id"],
    ]

    @Test("Every body of openapi.yaml refuses all unknown fields at once, with their pointers")
    func refused() async throws {
        try await withShop { shop in
            let before = try #require(try shop.query("select count(*)::text from audit_events"))
            let operations = try Contract.operations.get().filter { $0.body != nil }
            #expect(operations.count == RightsTable.bodies.count)
            for operation in operations {
                let path = operation.path.replacing("{business_id}", with: shop.centro)
                    .replacing("{session_id}", with: shop.centro).replacing("{user_id}", with: shop.ana.id)
                    .replacing("{terminal_id}", with: shop.ana.id).replacing("{movement_id}", with: shop.ana.id)
                let allowed = Self.known[operation.description] ?? []
                let body = try JSONSerialization.jsonObject(with: Data((operation.body ?? "").utf8)) as? [String: Any]
                let added = Self.fields.filter { !allowed.contains($0.key) }
                let sent = try JSONSerialization.data(
                    withJSONObject: (body ?? [:]).merging(added) { given, _ in given })
                let reply = try await shop.administrator.send(
                    operation.method, path, String(decoding: sent, as: UTF8.self))
                #expect(reply.status == 422, "\(operation): \(reply.text)")
                let unknown = try reply.json["errors"].items.filter { $0["code"] == "UNKNOWN_FIELD" }
                let expected = added.keys.filter { body?[$0] == nil }.map { "#/\($0)" }
                #expect(
                    unknown.compactMap { $0["pointer"].string }.sorted() == expected.sorted(), "\(operation)")
            }
            #expect(try shop.query("select count(*)::text from audit_events") == "\(before)")
        }
    }
}
