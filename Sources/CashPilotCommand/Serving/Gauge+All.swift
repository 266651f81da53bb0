import CashPilot
import HTTPServer
import Postgres
import Telemetry

extension Gauge {
    static func all(
        database: Database, conflicts: ConflictRecorder, oneOpenIndexWatch: OneOpenIndexWatch,
        sessionCounts: SessionCountWatch, sealer: AuditSealer, log: LogWriter, connections: ConnectionList,
        subscribers: EventSubscribers, tracer: Tracer?
    ) -> [Gauge] {
        let own: [Gauge] = [
            Gauge("cashpilot_sessions_open", help: "Open sessions of all businesses, at most 100000.") {
                sessionCounts.counts?.open
            },
            Gauge("cashpilot_sessions_stale", help: "Open sessions older than their business's stale_after_hours.") {
                sessionCounts.counts?.stale
            },
            Gauge("cashpilot_sessions_uncounted", help: "Ended sessions without a count, at most 100000.") {
                sessionCounts.counts?.uncounted
            },
            Gauge(
                "cashpilot_sessions_count_overdue",
                help: "Uncounted sessions opened longer ago than their business's stale_after_hours."
            ) { sessionCounts.counts?.overdue },
            Gauge("cashpilot_database_bytes", help: "Size of the database with its indexes, in bytes.") {
                sessionCounts.counts?.databaseBytes
            },
            Gauge("cashpilot_http_connections", help: "Open connections to the API.") { connections.count },
            counter("cashpilot_http_connections_closed_total", "Connections closed to respect HTTP_CONNECTIONS_MAX.") {
                connections.closed
            },
            Gauge("cashpilot_event_streams", help: "Open event streams.") { subscribers.count },
            counter("cashpilot_event_streams_cut_total", "Event streams closed because the client read too slowly.") {
                subscribers.cut
            },
            Gauge("cashpilot_guard_index_valid", help: "1 if the one-open index is valid, otherwise 0.") {
                oneOpenIndexWatch.stands ? 1 : 0
            },
            counter("cashpilot_conflicts_unrecorded_total", "Conflicts that were logged but not recorded.") {
                conflicts.dropped
            },
            Gauge(
                "cashpilot_audit_unsealed",
                help: "Audit events without a seal after the last sealing tick, at most 10000."
            ) { sealer.unsealed },
            counter("cashpilot_trace_spans_exported_total", "Spans exported to the collector.") {
                tracer?.exported ?? 0
            },
            counter(
                "cashpilot_trace_spans_dropped_total", "Spans dropped because the queue was full or an export failed."
            ) { tracer?.dropped ?? 0 },
            counter("cashpilot_log_lines_dropped_total", "Log lines dropped because standard error was not read.") {
                log.dropped
            },
        ]
        return own + pool(database) + process
    }

    private static func pool(_ database: Database) -> [Gauge] {
        [
            Gauge("cashpilot_database_connections", help: "Established connections, idle or busy.") {
                database.gauges.connectionsReady
            },
            Gauge("cashpilot_database_connections_busy", help: "Connections with a statement or a transaction.") {
                database.gauges.connectionsBusy
            },
            Gauge("cashpilot_database_connections_wanted", help: "Configured connections.") {
                database.gauges.connectionsTotal
            },
            Gauge("cashpilot_database_in_flight", help: "Statements sent and not yet completed.") {
                database.gauges.inFlight
            },
            Gauge("cashpilot_database_waiting", help: "Statements waiting for a connection.") {
                database.gauges.waiting
            },
            counter("cashpilot_database_resent_total", "Statements resent after a failure.") { database.gauges.resent },
            counter("cashpilot_database_grouped_total", "Writes sent in a group commit.") {
                database.gauges.writesGrouped
            },
            counter("cashpilot_database_unknown_outcomes_total", "Writes with an unknown outcome.") {
                database.gauges.unknownOutcomes
            },
            counter("cashpilot_database_lost_total", "Connections lost.") {
                database.gauges.connectionsLost
            },
        ]
    }

    static func counter(_ name: String, _ help: String, read: @escaping @Sendable () -> Int) -> Gauge {
        Gauge(name, help: help, kind: .counter, read: read)
    }

    /// Gauges of the program and its process, with the names of the official Prometheus clients.
    static let process: [Gauge] = [
        Gauge(
            "cashpilot_build_info", help: "Always 1. The labels contain the versions of the program and its parts.",
            labels: [
                ("version", Build.version), ("commit", Build.commit), ("swift", Build.swift),
                ("libpq", Build.libpq(BlockingConnection.libpqVersion)),
            ]
        ) { 1 },
        .seconds("process_start_time_seconds", help: "Start time of the process, in seconds since 1970.") {
            ProcessStatus.startTime
        },
        .seconds("process_cpu_seconds_total", help: "CPU time of all threads, in seconds.", kind: .counter) {
            ProcessStatus.processorTime
        },
        Gauge("process_resident_memory_bytes", help: "Resident memory, in bytes.") { ProcessStatus.residentBytes },
        Gauge("process_open_fds", help: "Open file descriptors.") { ProcessStatus.openDescriptors },
        Gauge("process_max_fds", help: "Maximum number of open file descriptors.") { DescriptorLimit.current },
    ]
}

extension HistogramFamily {
    static func statementDurations(of database: Database) -> HistogramFamily {
        HistogramFamily(
            name: "cashpilot_database_statement_duration_seconds",
            help: "Time from sending a statement to its result, without the wait for a connection and the commit.",
            bounds: StatementDurations.bounds
        ) {
            await database.statementDurations.histograms.map {
                Row(labels: [("statement", $0.name)], buckets: $0.buckets, sum: $0.sum)
            }
        }
    }
}
