import TestSupport

/// A database error in every change of a row. Triggers raise it as a table says that the test writes.
enum InjectedError {
    enum Moment: String, CaseIterable {
        /// In the writing statement.
        case statement
        /// At the commit, after all statements have succeeded.
        case commit
    }

    private static let tables = [
        "users", "businesses", "business_cashiers", "cash_sessions", "credentials", "user_pins",
    ]

    /// Creates the triggers. They do nothing before ``raise(_:at:in:)``.
    static func prepare(in shop: Shop) throws {
        try shop.execute(
            """
            create table injected_fault (moment text, state text);
            create function inject_fault() returns trigger language plpgsql security definer as $$
            declare
                wanted text := (select f.state from injected_fault as f where f.moment = tg_argv[0]);
            begin
                case wanted
                    when 'FATAL' then
                        perform pg_terminate_backend(pg_backend_pid());
                        perform pg_sleep(1);
                    when 'WAIT' then perform pg_advisory_xact_lock(4711);
                    else
                        if wanted is not null then
                            raise exception 'injected' using errcode = wanted;
                        end if;
                end case;
                return coalesce(new, old);
            end
            $$;
            create constraint trigger inject_at_commit after insert on audit_events
            deferrable initially deferred for each row execute function inject_fault('commit');
            """)
        for table in tables {
            try shop.execute(
                """
                create trigger inject_in_statement before insert or update or delete on \(table)
                for each row execute function inject_fault('statement')
                """)
        }
    }

    /// Raises the error in every change from now on.
    static func raise(_ state: String, at moment: Moment, in shop: Shop) throws {
        try shop.execute(
            "delete from injected_fault; insert into injected_fault values ('\(moment.rawValue)', '\(state)')")
    }

    static func stop(in shop: Shop) throws { try shop.execute("delete from injected_fault") }
}
