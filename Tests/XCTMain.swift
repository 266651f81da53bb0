import Glibc
import Testing

/// Runs the tests for `scripts/test`.
///
/// The package manager would generate an entry point from the XCTest classes in the index store, which builds here do
/// not write. `swift test` expects that entry point, so this one refuses it instead of ignoring its filters.
@main
struct TestRunner {
    static func main() async {
        guard CommandLine.arguments.contains("--testing-library") else {
            print("Run the tests with scripts/test.")
            exit(2)
        }
        await Testing.__swiftPMEntryPoint() as Never
    }
}
