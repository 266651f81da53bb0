import Testing

@testable import Postgres

@Suite("Connection strings")
struct ConnectionStringTests {
    private let configuration = DatabaseConfiguration(connectionString: "")

    @Test(
        "A string that cannot be read is refused without repeating any of it",
        arguments: [
            "postgresql://ana:hunter2@[::1/shop", "host=db hunter2", "password=hunter2 nonsense=hunter2",
            "password='hunter2", "postgresql://ana:hunter2@db/shop?hunter2=1", "postgresql://ana:hunter2%zz@db/shop",
            "postgresql://ana:hun\"ter2@[::1/shop",
        ])
    func faults(text: String) {
        do {
            _ = try ConnectionString(text)
            Issue.record("it was accepted")
        } catch {
            #expect(!error.description.isEmpty)
            #expect(!error.description.contains("hunter"))
            #expect(!error.description.contains("ter2"))
        }
    }

    @Test("Its description has no password")
    func description() throws {
        let string = try ConnectionString("postgresql://ana:hunter2@db:5433/shop?sslpassword=hunter2")
        #expect("\(string)" == "dbname=shop host=db port=5433 user=ana")
    }

    @Test("What the user set stays, and the driver adds what it depends on")
    func settings() throws {
        let string = try ConnectionString("host=db application_name=till options='-c work_mem=1MB'")
        let write = string.settings(for: .write, configuration)
        #expect(write["application_name"] == "till")
        #expect(write["target_session_attrs"] == "read-write")
        #expect(write["tcp_user_timeout"] == "3000")
        let options = try #require(write["options"])
        #expect(options.hasPrefix("-c work_mem=1MB -c "))
        for option in [
            "lock_timeout=1500", "statement_timeout=3000", "idle_in_transaction_session_timeout=5000",
            "client_connection_check_interval=500", "plan_cache_mode=force_generic_plan", "enable_seqscan=off",
            "enable_bitmapscan=off", "jit=off", "timezone=UTC",
        ] {
            #expect(options.contains("-c \(option)"))
        }
        let read = string.settings(for: .read, configuration)
        #expect(read["options"]?.contains("-c lock_timeout=300 ") == true)
        var hasty = configuration
        hasty.lockTimeout = .milliseconds(100)
        let hastyRead = string.settings(for: .read, hasty)
        #expect(hastyRead["options"]?.contains("-c lock_timeout=100 ") == true)
        let administration = string.settings(for: .administration, configuration)
        #expect(administration["options"]?.contains("statement_timeout") == false)
    }

    @Test("An attempt goes to one host, with its port and address")
    func oneHost() throws {
        let string = try ConnectionString("host=a,b,c hostaddr=1.1.1.1,2.2.2.2,3.3.3.3 port=1,2,3")
        #expect(string.hostCount == 3)
        let second = string.settings(for: .write, configuration, host: 1)
        #expect(second["host"] == "b")
        #expect(second["hostaddr"] == "2.2.2.2")
        #expect(second["port"] == "2")
        let onePort = try ConnectionString("host=a,b port=5")
        #expect(onePort.settings(for: .write, configuration, host: 1)["port"] == "5")
        #expect(string.settings(for: .administration, configuration)["host"] == "a,b,c")
    }
}
