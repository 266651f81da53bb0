import CashPilot
import CashPilotHTTP
import Postgres

extension Gauge {
    /// All gauges that other components maintain, for the metrics.
    static func all(
        database: Database, conflicts: ConflictRecorder, oneOpenIndexWatch: OneOpenIndexWatch,
        sessionCounts: SessionCountWatch, sealer: AuditSealer, log: LogWriter, connections: ConnectionList,
        subscribers: EventSubscribers, tracer: Tracer?
    ) -> [Gauge] {
        let own: [Gauge] = [
            Gauge("cashpilot_sessions_open", help: "Open sessions of all businesses, counted now and then.") {
                sessionCounts.counts?.open
            },
            Gauge("cashpilot_sessions_stale", help: "Open sessions that should have been closed long ago.") {
                sessionCounts.counts?.stale
            },
            Gauge("cashpilot_http_connections", help: "Open connections of the API.") { connections.count },
            counter("cashpilot_http_connections_closed_total", "Connections closed because there were too many.") {
                connections.closed
            },
            Gauge("cashpilot_event_streams", help: "Open streams of events.") { subscribers.count },
            counter("cashpilot_event_streams_cut_total", "Streams cut off because their clients were too slow.") {
                subscribers.cut
            },
            Gauge("cashpilot_guard_index_valid", help: "Whether the unique index of the one-open rule stands.") {
                oneOpenIndexWatch.stands ? 1 : 0
            },
            counter("cashpilot_conflicts_unrecorded_total", "Refused opens that were logged but not recorded.") {
                conflicts.dropped
            },
            Gauge(
                "cashpilot_audit_unsealed",
                help: "Audit events that the last round left without a seal; it looks at 10000."
            ) { sealer.unsealed },
            counter("cashpilot_trace_spans_exported_total", "Spans that the collector took.") {
                tracer?.exported ?? 0
            },
            counter(
                "cashpilot_trace_spans_dropped_total", "Spans that the collector did not get, or did not take in time."
            ) { tracer?.dropped ?? 0 },
            counter("cashpilot_log_lines_dropped_total", "Log lines that nobody read in time.") { log.dropped },
        ]
        return own + pool(database) + process
    }

    private static func pool(_ database: Database) -> [Gauge] {
        [
            Gauge("cashpilot_database_connections", help: "Connections that can work.") {
                database.gauges.connectionsReady
            },
            Gauge("cashpilot_database_connections_busy", help: "Connections that work, or that a transaction holds.") {
                database.gauges.connectionsBusy
            },
            Gauge("cashpilot_database_connections_wanted", help: "Connections that there should be.") {
                database.gauges.connectionsTotal
            },
            Gauge("cashpilot_database_in_flight", help: "Statements sent and not answered.") {
                database.gauges.inFlight
            },
            Gauge("cashpilot_database_waiting", help: "Statements that wait for a connection.") {
                database.gauges.waiting
            },
            counter("cashpilot_database_resent_total", "Statements that were sent again.") { database.gauges.resent },
            counter("cashpilot_database_grouped_total", "Writes that were sent to share a commit.") {
                database.gauges.writesGrouped
            },
            counter("cashpilot_database_unknown_outcomes_total", "Writes of which nobody knows whether they hold.") {
                database.gauges.unknownOutcomes
            },
            counter("cashpilot_database_lost_total", "Connections that were lost.") {
                database.gauges.connectionsLost
            },
        ]
    }

    static func counter(_ name: String, _ help: String, read: @escaping @Sendable () -> Int) -> Gauge {
        Gauge(name, help: help, kind: .counter, read: read)
    }
}

extension HistogramFamily {
    static func statementDurations(of database: Database) -> HistogramFamily {
        HistogramFamily(
            name: "cashpilot_database_statement_duration_seconds",
            help: "From sending a statement to its result; its wait for a connection and its commit are not in it.",
            bounds: StatementDurations.bounds
        ) {
            await database.statementDurations.histograms.map {
                Row(labels: [("statement", $0.name)], buckets: $0.buckets, sum: $0.sum)
            }
        }
    }
}
