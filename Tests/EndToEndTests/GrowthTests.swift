import TestSupport
import Testing

@Suite("Partitions")
struct GrowthTests {
    @Test("The service continues while its sessions are partitioned, and then rebuilds a lost one-open index")
    func partitioned() async throws {
        try await withShop(replicas: 2, template: .unpartitioned()) { shop in
            let before = try await shop.ana.open(in: shop.centro).json
            #expect(try await Partitions.make(in: shop.connectionString).contains("4 partitions with 1 sessions"))
            try await works(shop, closing: before)
            try await shop.stranger.untilGuard(is: "enforced")
            #expect(try await shop.run(["doctor"]).status == 0)
            try shop.execute("drop index \(Shop.theIndex)")
            try await shop.stranger.untilGuard(is: "missing")
            try await works(shop, closing: try await shop.ana.open(in: shop.centro).json)
            #expect(try await shop.run(["doctor"]).status == 2)
            let repaired = try await shop.run(["doctor", "--mend"])
            #expect(repaired.status == 0, "\(repaired.output)\(repaired.errors)")
            try await shop.stranger.untilGuard(is: "enforced")
            try await works(shop, closing: try await shop.ana.open(in: shop.centro).json)
            #expect(try await shop.run(["migrate", "up"]).output.contains("current"))
            try shop.execute("drop index \(Shop.theIndex)")
            #expect(try await shop.run(["migrate", "up"]).output == "built \(Shop.theIndex)\n")
            #expect(try await shop.run(["doctor"]).status == 0)
        }
    }

    /// One of 20 opens succeeds, all others name its session, and it can be read, listed and closed.
    private func works(_ shop: Shop, closing existing: JSON) async throws {
        #expect(try await shop.ana.close(existing).status == 200)
        for _ in 0..<3 {
            let replies = try await together(20) { try await shop.at($0 % 2, shop.ana).open(in: shop.centro) }
            let winner = try #require(try replies.first { $0.status == 201 }?.json)
            for reply in replies where reply.status != 201 {
                #expect(reply.status == 409, "\(reply.text)")
                #expect(try reply.json["existing_session"]["id"] == winner["id"])
            }
            #expect(try await shop.ana.get(Person.path(of: winner)).json["id"] == winner["id"])
            let list = try await shop.ana.get("/v1/businesses/\(shop.centro)/sessions")
            #expect(try list.json["items"][0]["id"] == winner["id"])
            #expect(try await shop.ana.close(winner).status == 200)
        }
    }

    /// Records which transaction changed rows of which business; the zero UUID stands for no business.
    private static let watch = """
        create table touched (transaction xid8, business uuid, place text);
        create function note_touched() returns trigger language plpgsql security definer as $$
        begin
            insert into touched
            values (pg_current_xact_id(), (to_jsonb(coalesce(new, old)) ->> 'business_id')::uuid, tg_table_name);
            return null;
        end
        $$;
        do $$
        declare
            place regclass;
        begin
            for place in
                select a.attrelid::regclass
                from pg_attribute as a
                join pg_class as c on c.oid = a.attrelid
                where a.attname = 'business_id'
                    and c.relnamespace = 'public'::regnamespace
                    and c.relkind in ('r', 'p')
                    and not c.relispartition
            loop
                execute format(
                    'create trigger watch after insert or update or delete on %s'
                        || ' for each row execute function note_touched()', place
                );
            end loop;
        end
        $$;
        """

    @Test("No change writes rows of more than one business")
    func oneBusinessEach() async throws {
        try await withShop { shop in
            try shop.execute(Self.watch)
            for (number, route) in ChangingRoute.all.enumerated() {
                let key = route.method == "POST" ? "k" : nil
                let reply = try await route.request(shop, number).send(shop, key: key)
                #expect((200..<300).contains(reply.status), "\(route): \(reply.text)")
            }
            // Two conflicts in two businesses, which are counted in one transaction.
            for (cashier, business) in [(shop.ana, shop.centro), (shop.carla, shop.corner)] {
                while try await cashier.open(in: business).status != 409 {}
            }
            try await eventually("both are counted") {
                try shop.query("select count(distinct business_id)::text from open_conflicts") == "2" ? true : nil
            }
            try await eventually("all is sealed") {
                try shop.query("select count(*)::text from audit_unsealed") == "0" ? true : nil
            }
            let transactions = Int(try shop.query("select count(distinct transaction)::text from touched") ?? "") ?? 0
            #expect(transactions > ChangingRoute.all.count)
            // The event log orders the events of all businesses. It, the seals and the counts of conflicts are written
            // for several businesses at once, in separate transactions.
            let spanning = """
                select string_agg(distinct place, ',') from touched where transaction in (
                    select transaction from touched
                    where business <> '00000000-0000-0000-0000-000000000000'
                        and place not in ('audit_unsealed', 'audit_seals', 'audit_heads', 'event_feed')
                    group by transaction
                    having count(distinct business) > 1
                        and not (
                            bool_or(place = 'open_conflicts') and bool_and(place in ('open_conflicts', 'audit_events'))
                        )
                )
                """
            #expect(try shop.query(spanning) == nil)
        }
    }
}
