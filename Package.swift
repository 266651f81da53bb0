// swift-tools-version: 6.3
import PackageDescription

// The layers of the service and the arrows between them, which TidyTests check.
//
//   CashPilotCommand ─► CashPilotHTTP ──────► CashPilot
//           │                                    ▲
//           └─────────► CashPilotPostgres ───────┘
//                               └─► Postgres ─► CLibPQ
//
//   CashPilotHTTP ────► HTTPServer, Telemetry, JSON, CLibCrypto, Threads
//   CashPilotCommand ─► HTTPServer, Telemetry, Postgres, Threads
//   Telemetry ────────► JSON, Threads              Postgres ─► Threads
//
// docs/ARCHITECTURE.md explains each module and each dependency.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
    // Nonisolated async functions run on the caller's executor, which saves a hop (about 10 % of a request).
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "cashpilot",
    products: [.executable(name: "cashpilot", targets: ["CashPilotCommand"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Threads", swiftSettings: strict),
        .target(
            name: "Postgres",
            dependencies: [
                "CLibPQ", "Threads",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict,
            plugins: ["EmbedFilesPlugin"]),
        .target(name: "CashPilot", swiftSettings: strict),
        .target(
            name: "CashPilotPostgres",
            dependencies: ["CashPilot", "Postgres"],
            swiftSettings: strict,
            plugins: ["EmbedFilesPlugin"]),
        .target(name: "JSON", swiftSettings: strict),
        .target(
            name: "HTTPServer",
            dependencies: [
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            swiftSettings: strict),
        .target(
            name: "Telemetry",
            dependencies: ["JSON", "Threads", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .target(
            name: "CashPilotHTTP",
            dependencies: [
                "CLibCrypto", "CashPilot", "HTTPServer", "JSON", "Telemetry", "Threads",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict,
            plugins: ["EmbedFilesPlugin"]),
        .executableTarget(
            name: "CashPilotCommand",
            dependencies: [
                "CashPilot", "CashPilotHTTP", "CashPilotPostgres", "HTTPServer", "Postgres", "Telemetry", "Threads",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict,
            plugins: ["EmbedFilesPlugin"]),

        .executableTarget(name: "EmbedFiles", swiftSettings: strict),
        .plugin(
            name: "EmbedFilesPlugin", capability: .buildTool(), dependencies: ["EmbedFiles"],
            path: "Sources/EmbedFilesPlugin"),

        .target(
            name: "TestSupport",
            dependencies: [
                "CashPilot", "CashPilotPostgres", "Postgres",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        // Runs the faults of docs/reliability.md for `make faults`. It is part of no product.
        .target(
            name: "FaultHarness",
            dependencies: [
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/FaultHarness", swiftSettings: strict),
        .executableTarget(
            name: "faults",
            dependencies: [
                "FaultHarness", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Faults", swiftSettings: strict),
        .testTarget(
            name: "FaultHarnessTests", dependencies: ["FaultHarness", "TestSupport"], swiftSettings: strict),
        .target(
            name: "Fuzz",
            dependencies: [
                "CashPilot", "CashPilotHTTP", "JSON", "Telemetry",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Tests/Fuzz", swiftSettings: strict),
        .testTarget(name: "CashPilotTests", dependencies: ["CashPilot"], swiftSettings: strict),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "StoreTests", dependencies: ["CashPilot", "CashPilotPostgres", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPTests",
            dependencies: [
                "CashPilot", "CashPilotHTTP", "Fuzz", "HTTPServer", "JSON", "Telemetry", "TestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["CashPilot", "TestSupport", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .testTarget(
            name: "BrowserTests",
            dependencies: ["TestSupport", .product(name: "NIOCore", package: "swift-nio")],
            exclude: ["till-logic.test.js"], swiftSettings: strict),
        .testTarget(
            name: "TidyTests",
            dependencies: [
                "CashPilot", "CashPilotHTTP", "CashPilotPostgres", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// `make fuzz` sets this to the path of libFuzzer's library. SwiftPM has no safe setting that instruments only some
// targets for coverage, or that links a static library by its path.
if let library = Context.environment["CASHPILOT_FUZZ"] {
    let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-O"])]
    let names = ["CashPilot", "CashPilotHTTP", "Fuzz", "JSON", "Telemetry"]
    for target in package.targets where names.contains(target.name) {
        target.swiftSettings? += instrumented
    }
    package.targets.append(
        .executableTarget(
            name: "FuzzRunner", dependencies: ["Fuzz"], path: "Tests/FuzzRunner", swiftSettings: strict,
            linkerSettings: [.unsafeFlags([library, "-lstdc++"])]))
}
