import CashPilotPostgres
import Foundation
import Postgres
import TestSupport
import Testing

/// The schema can be spread by `business_id`, over partitions or over servers.
@Suite("What belongs to a business is found by it", .droppedDatabases)
struct DistributionTests {
    /// Tables of which there is one for all businesses, and why.
    private static let shared = [
        "users": "somebody may work in several businesses",
        "businesses": "its own id is the business",
        "credentials": "a credential is its user's or its terminal's, and is found by its bearer",
        "login_failures": "who guesses passwords does so in no business",
        "login_origins": "an account logs in without a business",
        "pin_failures": "a user's, as the PIN",
        "user_pins": "a user has one PIN for all businesses",
        "schema_migrations": "the schema's own",
    ]

    /// Unique indexes that do not begin with the business, and why.
    private static let uniqueExceptions = [
        "pk_event_feed": "the feed is one for all businesses: one of several servers has it",
        "uq_cash_sessions_external_id":
            "it also finds an external id in all businesses; the business is its last column",
        "uq_cash_sessions_one_open_per_cashier_business": "the plan's columns and order; the business is one of them",
    ]

    /// What foreign keys without the business may lead to: tables that every server has a copy of.
    private static let references: Set<String> = ["users", "businesses"]

    @Test("Every table has the business first in its keys, or is one for all")
    func keys() async throws {
        let connection = try Schema.connect(try await Schema.unpartitionedDatabase())
        let scoped = """
            select c.oid
            from pg_class as c
            join pg_attribute as a on a.attrelid = c.oid and a.attname = 'business_id'
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'credentials'
            """
        let shared = try connection.texts(
            """
            select c.relname from pg_class as c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.oid not in (\(scoped))
            """)
        #expect(Set(shared) == Set(Self.shared.keys))
        let uniques = try connection.texts(
            """
            select c.relname
            from pg_index as i
            join pg_class as c on c.oid = i.indexrelid
            where i.indrelid in (\(scoped))
                and i.indisunique
                and pg_get_indexdef(i.indexrelid, 1, false) <> 'business_id'
            """)
        #expect(Set(uniques) == Set(Self.uniqueExceptions.keys))
        let withoutKey = try connection.texts(
            """
            select s.oid::regclass::text
            from (\(scoped)) as s
            where not exists (select from pg_index as i where i.indrelid = s.oid and i.indisprimary)
            """)
        #expect(withoutKey.isEmpty)
        let foreign = try connection.texts(
            """
            select distinct f.confrelid::regclass::text
            from pg_constraint as f
            where f.contype = 'f'
                and f.conrelid in (\(scoped))
                and f.confrelid not in (\(scoped))
            """)
        #expect(Set(foreign) == Self.references)
        let others = try connection.texts(
            """
            select f.conname
            from pg_constraint as f
            join pg_attribute as a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
            where f.contype = 'f'
                and f.conrelid in (\(scoped))
                and f.confrelid in (\(scoped))
                and a.attname <> 'business_id'
            """)
        #expect(others.isEmpty)
    }

    /// Statements that are about several businesses, and why.
    private static let everywhere = [
        "audit_chain_next": "the verifier goes from one business to the next",
        "audit_event_list": "an administrator's list, of one business or of all",
        "audit_seal": "several chains together, each of one business",
        "audit_unsealed_list": "which businesses have events to seal",
        "business_list": "the caller's businesses",
        "event_list": "the feed is one for all businesses",
        "event_log_purge": "the feed is one for all businesses",
        "event_log_news": "the feed is one for all businesses",
        "idempotency_keys_purge": "maintenance: its rows have nothing to do with each other",
        "demo_audit": "the businesses of the demo data",
        "currency_list": "the currencies of all businesses, for the operator",
        "audit_archive_plan": "an operator's look at the next business with old events",
        "event_log_trim": "maintenance: the oldest events of the log, of any business",
        "me_sessions": "the caller's sessions, wherever they are",
        "open_conflicts_purge": "maintenance: its rows have nothing to do with each other",
        "open_conflicts_record": "counts of refusals: its rows have nothing to do with each other",
        "session_current": "several callers' look-ups together, each in one business",
        "open_session_key_lock": "advisory locks of slots, and no row",
        "session_open_precheck": "several callers' look-ups together, each in one business",
        "session_counts": "how many are open, for the metrics",
        "open_duplicates": "an operator's look over all businesses",
        "user_held_sessions": "the sessions that an account could no longer close, wherever they are",
        "pin_precheck": "the business of the terminal that the bearer finds",
        "terminal_show": "the business of the terminal that the bearer finds",
        "session_list_external": "the sessions with an external id, at most one of each business",
        "session_list_terminal": "the sessions at a terminal, a page of each business at the most",
        "session_list_everywhere": "the caller's sessions, a page of each business at the most",
    ]

    @Test("Every statement names the business of each row that it reads or writes, or looks over all on purpose")
    func statements() async throws {
        let connection = try Schema.connect(try await Schema.unpartitionedDatabase())
        let scoped = Set(
            try connection.texts(
                """
                select c.relname
                from pg_class as c
                join pg_attribute as a on a.attrelid = c.oid and a.attname = 'business_id'
                where c.relnamespace = 'public'::regnamespace
                    and c.relkind in ('r', 'p')
                    and c.relname <> 'credentials'
                """))
        #expect(
            scoped == [
                "business_cashiers", "business_counters", "cash_sessions", "audit_events", "audit_seals", "audit_heads",
                "audit_unsealed", "audit_archives", "movements", "event_feed", "open_conflicts", "idempotency_keys",
            ])
        var found: Set<String> = []
        for statement in SQL.all {
            let places = Self.unscoped(in: statement.text, tables: scoped)
            guard !places.isEmpty else { continue }
            found.insert(statement.name)
            #expect(Self.everywhere[statement.name] != nil, "\(statement.name): \(places.joined(separator: ", "))")
        }
        #expect(found == Set(Self.everywhere.keys))
    }

    /// The tables that a statement uses without saying of which one business.
    private static func unscoped(in text: String, tables: Set<String>) -> [String] {
        let code = text.split(separator: "\n").map { $0.replacing(#/--.*/#, with: "") }.joined(separator: "\n")
        var found: [String] = []
        if text.contains(#/-- \$\d+ uuid\[\]  business/#) { found.append("several businesses are asked for") }
        // One is asked for, or none: what belongs to no business has the zero UUID.
        let isOfOne =
            text.contains(#/-- \$\d+ uuid  business\b(?!.*null)/#)
            || (code.contains("'00000000-0000-0000-0000-000000000000'") && !text.contains("  business, or null"))
        let uses = code.matches(of: #/\b(from|join|into|update)\s+(lateral )?(?<name>[a-z_]+)/#).map { String($0.name) }
        if !isOfOne, uses.contains(where: { tables.contains($0) || $0 == "businesses" || $0.hasPrefix("recent_") }) {
            found.append("no business is asked for")
        }
        for use in code.matches(of: #/\b(from|join|update|using)\s+(?<table>[a-z_]+)(\s+as\s+(?<alias>[a-z_]+))?/#)
        where tables.contains(String(use.table)) {
            let name = use.alias.map(String.init) ?? String(use.table)
            let isNamed =
                code.contains("\(name).business_id = ") || code.contains("= \(name).business_id")
                || (use.alias == nil && code.contains(#/\bbusiness_id = /#))
            if !isNamed { found.append("\(use.table) as \(name)") }
        }
        for use in code.matches(of: #/insert into (?<table>[a-z_]+)(\s+as\s+[a-z_]+)?\s*\(\s*(?<column>[a-z_]+)/#)
        where tables.contains(String(use.table)) && use.column != "business_id" {
            found.append("insert into \(use.table)")
        }
        return found
    }
}

extension BlockingConnection {
    /// The first column of every row.
    func texts(_ query: String) throws -> [String] {
        var texts: [String] = []
        for row in try self.query(query) {
            var columns = row.reader()
            texts.append(try columns.next(String.self))
        }
        return texts
    }
}
