import TestSupport
import Testing

@Suite("Assignments of cashiers")
struct AssignmentTests {
    private func path(_ business: String, _ person: Person) -> String {
        "/v1/businesses/\(business)/cashiers/\(person.id)"
    }

    private func trail(_ shop: Shop) throws -> String? {
        try shop.query(
            """
            select string_agg(concat_ws(' ', action, business_id, cashier_id, actor_id), ', ' order by occurred_at, id)
            from audit_events where action like 'cashier.%'
            """)
    }

    @Test("A cashier of several businesses can open in each as soon as they are assigned")
    func assign() async throws {
        try await withShop { shop in
            #expect(try await shop.diego.open(in: shop.centro).status == 404)
            for business in [shop.centro, shop.corner] {
                let reply = try await shop.administrator.send("PUT", path(business, shop.diego))
                #expect(reply.status == 204)
                #expect(reply.body.isEmpty)
                #expect(reply[header: "Content-Length"] == nil, "RFC 9110, 8.6")
                #expect(reply[header: "Content-Type"] == nil)
                #expect(reply[header: "Cache-Control"] == "no-store")
                #expect(try await shop.diego.open(in: business).status == 201)
            }
            #expect(try await shop.administrator.send("PUT", path(shop.centro, shop.diego), "{}").status == 204)
            let event = { (business: String) in "cashier.assign \(business) \(shop.diego.id) \(shop.administrator.id)" }
            #expect(try trail(shop) == "\(event(shop.centro)), \(event(shop.corner))", "assigning again is no event")
        }
    }

    @Test("A removed cashier loses access from the next request, and a second removal changes nothing")
    func unassign() async throws {
        try await withShop { (shop: Shop) async throws in
            #expect(try await shop.bruno.get("/v1/businesses/\(shop.centro)").status == 200)
            for _ in 0..<2 {
                #expect(try await shop.administrator.send("DELETE", path(shop.centro, shop.bruno)).status == 204)
                #expect(try await shop.bruno.get("/v1/businesses/\(shop.centro)").status == 404)
                #expect(try await shop.bruno.open(in: shop.centro).status == 404)
            }
            #expect(
                try trail(shop) == "cashier.unassign \(shop.centro) \(shop.bruno.id) \(shop.administrator.id)")
        }
    }

    @Test("Removing a cashier with an open session is 409 with that session and the actions to resolve it")
    func openSession() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let reply = try await shop.administrator.send(
                "DELETE", path(shop.centro, shop.ana), headers: ["Accept-Language": "en"])
            let problem = try reply.json
            #expect(reply.status == 409)
            #expect(problem["code"] == "HAS_OPEN_SESSION")
            #expect(problem["title"] == "Sessions are not closed")
            #expect(problem["detail"].string?.contains(#/^Ana has an open session from \d{1,2}:\d\d [AP]M$/#) == true)
            #expect(problem["existing_session"]["id"] == session["id"])
            #expect(problem["existing_session"]["href"].string == Person.path(of: session))
            let close = try #require(problem["actions"].items.first { $0["name"] == "close" })
            #expect(try await shop.administrator.send("DELETE", path(shop.villaMorra, shop.ana)).status == 204)
            let closed = try await shop.administrator.post(close["href"].string ?? "", #"{"final_cash": 1}"#)
            #expect(closed.status == 200)
            #expect(try await shop.administrator.send("DELETE", path(shop.centro, shop.ana)).status == 204)
        }
    }

    @Test("A soft-deleted session does not prevent the removal of its cashier")
    func deletedSession() async throws {
        try await withShop { shop in
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            try shop.execute(
                """
                update cash_sessions set is_deleted = true, delete_reason = 'test',
                    deleted_by = cashier_id, deleted_at = now()
                """)
            #expect(try await shop.administrator.send("DELETE", path(shop.centro, shop.ana)).status == 204)
        }
    }

    @Test("Only administrators can assign cashiers, and an unknown business or user is 404")
    func refused() async throws {
        try await withShop { (shop: Shop) async throws in
            for method in ["PUT", "DELETE"] {
                #expect(try await shop.ana.send(method, path(shop.centro, shop.diego)).status == 403)
                #expect(try await shop.ana.send(method, path(shop.corner, shop.diego)).status == 404)
                for path in [
                    "/v1/businesses/\(shop.ana.id)/cashiers/\(shop.ana.id)",
                    "/v1/businesses/\(shop.centro)/cashiers/\(shop.centro)",
                    "/v1/businesses/\(shop.centro)/cashiers/me",
                ] {
                    #expect(try await shop.administrator.send(method, path).status == 404, "\(method) \(path)")
                }
            }
            #expect(
                try await shop.administrator.send("PUT", path(shop.centro, shop.diego), #"{"a": 1}"#).status == 422)
            #expect(try trail(shop) == nil)
        }
    }

    @Test("The cashiers of a business are listed without their e-mails to every caller with access to it")
    func list() async throws {
        try await withShop { shop in
            let list = "/v1/businesses/\(shop.centro)/cashiers"
            #expect(try await shop.administrator.send("PUT", path(shop.centro, shop.diego)).status == 204)
            let first = try await shop.ana.get("\(list)?limit=2")
            let cursor = try #require(try first.json["next_cursor"].string)
            #expect(first[header: "Link"] == "<\(list)?limit=2&cursor=\(cursor)>; rel=\"next\"")
            let second = try await shop.ana.get("\(list)?limit=2&cursor=\(cursor)").json
            let items = try first.json["items"].items + second["items"].items
            #expect(items.first?["id"].string == shop.diego.id)
            #expect(Set(items.map { $0["id"].string }) == [shop.ana.id, shop.bruno.id, shop.diego.id])
            #expect(items.first?.members.keys.sorted() == ["assigned_at", "id", "is_active", "name"])
            #expect(second["next_cursor"] == nil)
            #expect(try await shop.carla.get(list).status == 404)
            let empty = try await shop.administrator.get("/v1/businesses/\(shop.ana.id)/cashiers")
            #expect(empty.status == 404)
        }
    }

    @Test("A removal waits for an open in flight and is rejected because of the new session")
    func openComesFirst() async throws {
        try await withShop { shop in
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            let lock = try shop.connection()
            try lock.execute("begin; select from business_counters for update")
            async let open = shop.ana.open(in: shop.centro)
            try await shop.untilALockIsWaitedFor()
            async let removal = shop.administrator.send("DELETE", path(shop.centro, shop.ana))
            try await shop.untilLocksAreWaitedFor(by: 2)
            try lock.execute("rollback")
            #expect(try await open.status == 201)
            #expect(try await removal.json["code"] == "HAS_OPEN_SESSION")
        }
    }

    @Test("An open waits for a removal in flight and is then 404")
    func removalComesFirst() async throws {
        try await withShop { shop in
            let removal = try shop.connection()
            try removal.execute("begin; delete from business_cashiers where cashier_id = '\(shop.ana.id)'")
            async let open = shop.ana.open(in: shop.centro)
            try await shop.untilALockIsWaitedFor()
            try removal.execute("commit")
            #expect(try await open.status == 404)
            #expect(try shop.query("select count(*)::text from cash_sessions") == "0")
        }
    }

    @Test("Concurrent removals and opens never leave an open session without its assignment")
    func race() async throws {
        try await withShop(replicas: 2) { shop in
            let orphans = """
                select count(*)::text from cash_sessions as s
                where s.status = 'OPEN' and not exists (
                    select from business_cashiers as a
                    where a.business_id = s.business_id and a.cashier_id = s.cashier_id
                )
                """
            let (target, centro) = (path(shop.centro, shop.ana), shop.centro)
            for _ in 0..<30 {
                #expect(try await shop.administrator.send("PUT", target).status == 204)
                let replies = try await together(4) { index in
                    index % 2 == 0
                        ? try await shop.at(index / 2, shop.ana).open(in: centro)
                        : try await shop.at(index / 2, shop.administrator).send("DELETE", target)
                }
                #expect(replies.allSatisfy { [201, 204, 404, 409].contains($0.status) }, "\(replies.map(\.status))")
                #expect(try shop.query(orphans) == "0", "\(replies.map(\.status))")
                for session in try replies.filter({ $0.status == 201 }).map({ try $0.json }) {
                    #expect(try await shop.administrator.close(session).status == 200)
                }
            }
        }
    }
}

extension Shop {
    /// Waits until `count` statements of the service wait for locks.
    fileprivate func untilLocksAreWaitedFor(by count: Int) async throws {
        try await eventually("\(count) statements wait for locks") {
            try query(
                """
                select count(*)::text from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """) == "\(count)" ? true : nil
        }
    }
}
