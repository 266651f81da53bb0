import CashPilotHTTP
import Postgres

extension Gauge {
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
