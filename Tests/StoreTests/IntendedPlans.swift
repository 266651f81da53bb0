/// Findings of `StatementPlanTests` that are intended.
enum IntendedPlans {
    static let findings: Set = [
        // An administrator's list takes a page of each business and merges them, and so does a cashier's.
        "session_list_everywhere scans businesses", "session_list_everywhere sorts a page",
        "session_list_terminal scans businesses", "session_list_terminal sorts a page",
        // An external id has at most one session of each business.
        "session_list_external sorts a page",
        "audit_event_list scans ix_businesses_recent", "audit_event_list sorts a page",
        // They read all open sessions of all businesses. A partitioned table has its own choice of index.
        "open_duplicates scans uq_cash_sessions_one_open_per_cashier_business", "open_duplicates scans pk_businesses",
        "open_duplicates sorts a page",
        "session_counts scans uq_cash_sessions_one_open_per_cashier_business", "session_counts scans pk_businesses",
        "session_counts scans ix_cash_sessions_unclosed", "session_counts filters ix_cash_sessions_unclosed",
        "session_counts scans ix_cash_sessions_uncounted", "currency_list scans businesses",
        "deployment_facts scans users",
        // It locks rows, so PostgreSQL checks the condition of the index again.
        "session_open filters uq_cash_sessions_one_open_per_cashier_business",
        // Before it removes old events, an operator looks at each business and at the last event of the log.
        "audit_archive_plan scans pk_audit_heads", "audit_archive_plan scans pk_event_feed",
        "event_log_trim scans pk_event_feed",
        // A business has few archives.
        "audit_seal_show filters pk_audit_archives",
        // It begins at the oldest event, and looks at each business.
        "event_log_purge scans pk_event_feed", "open_conflicts_purge scans ix_businesses_recent",
        // An erasure, by an operator, reads all events and stored responses without a business.
        "user_erase_show scans ix_audit_events_entity", "user_erase_show filters ix_audit_events_entity",
        "user_erase_record scans ix_audit_events_entity", "user_erase_record filters ix_audit_events_entity",
        "user_erase scans ix_audit_events_entity", "user_erase filters ix_audit_events_entity",
        "user_erase_show scans pk_idempotency_keys", "user_erase scans pk_idempotency_keys",
        // A bearer finds one terminal, and the terminal its business.
        "terminal_show scans pk_businesses",
        // A user has few valid logins.
        "credential_create sorts a page",
        // A bearer, a terminal and a session each have one row.
        "credential_revoke filters uq_credentials_secret_hash", "terminal_lock filters pk_credentials",
        "session_hand_over filters pk_cash_sessions",
        // A cashier has few open sessions and businesses, and a business has few cashiers.
        "me_sessions sorts a page", "me_sessions scans pk_businesses", "business_list sorts a page",
        "cashier_list sorts a page",
        // Few sessions of a business are unclosed, deleted or need a review, and few users are administrators.
        "session_end_duplicate scans ix_cash_sessions_unclosed",
        "session_end_duplicate filters ix_cash_sessions_unclosed",
        "session_list_everywhere filters ix_cash_sessions_unclosed",
        "session_list_everywhere filters ix_cash_sessions_needs_review",
        "session_list_everywhere filters ix_cash_sessions_deleted",
        "session_list_terminal filters ix_cash_sessions_deleted", "user_update scans ix_users_administrators",
        "user_held_sessions scans ix_users_administrators",
    ]
}
