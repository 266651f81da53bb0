import CashPilotHTTP
import Postgres

extension Gauge {
    /// Gauges of the program and its process, with the names of the official Prometheus clients.
    static let process: [Gauge] = [
        Gauge(
            "cashpilot_build_info", help: "1. What the program is made of is in the labels.",
            labels: [
                ("version", Build.version), ("commit", Build.commit), ("swift", Build.swift),
                ("libpq", Build.libpq(BlockingConnection.libpqVersion)),
            ]
        ) { 1 },
        .seconds("process_start_time_seconds", help: "When the process started, in seconds since 1970.") {
            ProcessStatus.startTime
        },
        .seconds("process_cpu_seconds_total", help: "Processor time of all threads.", kind: .counter) {
            ProcessStatus.processorTime
        },
        Gauge("process_resident_memory_bytes", help: "Memory in use.") { ProcessStatus.residentBytes },
        Gauge("process_open_fds", help: "Open files and sockets.") { ProcessStatus.openDescriptors },
        Gauge("process_max_fds", help: "How many may be open.") { DescriptorLimit.current },
    ]
}
