import Foundation
import TestSupport
import Testing

@Suite("Sealing audit events")
struct AuditSealingTests {
    @Test("Replicas that seal concurrently make one chain without gaps, with each event once")
    func replicas() async throws {
        try await withShop(replicas: 3) { shop in
            _ = try await together(3) { replica in
                for _ in 0..<20 {
                    for (person, business) in [(shop.ana, shop.villaMorra), (shop.bruno, shop.centro)] {
                        let person = shop.at(replica, person)
                        let opened = try await person.open(in: business)
                        if opened.status == 201 { _ = try await person.close(try opened.json) }
                    }
                }
            }
            try await shop.untilSealed()
            // A conflict is recorded later, and then waits for its seal.
            let isWhole = try shop.query(
                """
                select (count(*) = 2 and array[sum(highest), sum(seals), sum(events)] = array_fill((
                    select count(*)::numeric from audit_events as e
                    where not exists (select from audit_unsealed as u where u.event_id = e.id)
                ), array[3]))::text
                from (
                    select max(s.position) as highest, count(*) as seals, count(distinct s.event_id) as events
                    from audit_seals as s group by s.business_id
                ) as chains
                """)
            #expect(isWhole == "true")
            try shop.adopt()
            #expect(try await shop.verify().status == 0)
        }
    }

    @Test("An event that is committed late is sealed after the events that were committed before it")
    func late() async throws {
        try await withShop { shop in
            let slow = try shop.connection()
            try slow.execute("begin")
            try slow.execute(
                """
                insert into audit_events (business_id, id, occurred_at, action)
                values ('\(shop.centro)', '00000000-0000-7000-8000-000000000001', '2020-01-01', 'a.b')
                """)
            _ = try await shop.ana.open(in: shop.centro)
            try await shop.untilSealed()
            try slow.execute("commit")
            try await shop.untilSealed()
            let last = try shop.query(
                "select e.action from audit_seals s join audit_events e on e.id = s.event_id where position = 2")
            #expect(last == "a.b")
            try shop.adopt()
            #expect(try await shop.verify().status == 0)
        }
    }

    @Test("Events from before the first seal are sealed, and so is the backlog of a killed process")
    func backlog() async throws {
        try await withShop { shop in
            shop.services[0].process.signal(SIGKILL)
            try await shop.services[0].process.wait()
            try shop.tamper(
                """
                insert into audit_events (business_id, id, action)
                select '\(shop.centro)', gen_random_uuid(), 'a.b' from generate_series(1, 1234)
                """)
            let later = try shop.query("select count(*)::text from schema_migrations where version >= '0005'") ?? ""
            for command in [try shop.confirmed(["migrate", "down", "--steps", later]), ["migrate", "up"]] {
                #expect(try await shop.run(command).status == 0)
            }
            let next = try await Service(database: shop.connectionString)
            try await shop.untilSealed()
            // The migration adopted the business and its two assignments.
            #expect(try shop.query("select max(position)::text from audit_seals") == "1237")
            #expect(try await shop.verify().status == 0)
            next.process.signal(SIGTERM)
            try await next.process.wait()
        }
    }

    @Test("A failure to seal is logged once, and so is its recovery")
    func fault() async throws {
        try await withShop { shop in
            try shop.execute("revoke execute on function seal_audit_chains from cashpilot_app")
            #expect(try await shop.ana.open(in: shop.centro).status == 201, "opens continue")
            try await eventually("the fault is logged") {
                try shop.services[0].log("Failed to seal audit events").isEmpty ? nil : true
            }
            // Sealing is retried every second.
            try await Task.sleep(for: .seconds(2))
            #expect(try shop.services[0].log("Failed to seal audit events").count == 1)
            try shop.execute("grant execute on function seal_audit_chains to cashpilot_app")
            try await shop.untilSealed()
            try await eventually("the recovery is logged") {
                try shop.services[0].log("Audit events are sealed again").isEmpty ? nil : true
            }
        }
    }

    @Test("Sealing skips queue entries of missing or already sealed events")
    func strangeQueue() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            try await shop.untilSealed()
            try shop.execute(
                """
                insert into audit_unsealed select business_id, id from audit_events;
                insert into audit_unsealed values ('\(shop.centro)', gen_random_uuid());
                """)
            try await shop.untilSealed()
            #expect(try shop.query("select count(*)::text from audit_seals") == "1")
            try shop.adopt()
            #expect(try await shop.verify().status == 0)
        }
    }
}
