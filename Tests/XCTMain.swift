import Testing

/// Runs the tests, as the package manager's own entry point does.
///
/// That one is made from a list of XCTest classes, which is read from the editors' index: builds here write none.
@main
struct TestRunner {
    static func main() async { await Testing.__swiftPMEntryPoint() as Never }
}
