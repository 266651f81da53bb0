import Foundation
import TestSupport
import Testing

@Suite("TLS to the database")
struct DatabaseTLSTests {
    /// `make-certificates FOLDER`: an authority, the certificate of db.shop.example that it signed, and another
    /// authority that signed nothing.
    private static let makeCertificates = """
        set -e
        cd "$1"
        new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        for authority in ca other; do
            openssl req -x509 $new -days 2 -subj "/CN=$authority" -keyout $authority.key -out $authority.pem
        done
        openssl req $new -subj /CN=db.shop.example -keyout server.key -out server.csr
        printf 'subjectAltName=DNS:db.shop.example' >names
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem
        chmod 755 .
        chmod 600 server.key
        [ "$(id -u)" != 0 ] || chown postgres server.key
        """

    private struct TLSServer {
        let server: PostgresServer
        let folder: URL
        /// A random loopback address that no other server uses.
        let address: String

        func connectionString(host: String = "db.shop.example", authority: String = "ca", _ more: String = "") -> String
        {
            "host=\(host) hostaddr=\(address) user=postgres dbname=postgres sslmode=verify-full "
                + "sslrootcert=\(folder.path)/\(authority).pem \(more)"
        }
    }

    private func withServer(
        settings: [String: String] = [:], _ body: (TLSServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await Shell.output(Self.makeCertificates, [folder.path])
        let address = "127.\(Int.random(in: 1...254)).\(Int.random(in: 1...254)).\(Int.random(in: 1...254))"
        let tls = [
            "listen_addresses": address, "ssl": "on", "ssl_cert_file": "\(folder.path)/server.pem",
            "ssl_key_file": "\(folder.path)/server.key",
        ]
        let server = try await PostgresServer.start(settings: tls.merging(settings) { $1 })
        try await body(TLSServer(server: server, folder: folder, address: address))
        try await server.stop()
    }

    /// The environment of a command.
    private func environment(_ connectionString: String) -> [String: String] {
        Limits.patient.merging(["DATABASE_URL": connectionString, "PATH": "/usr/bin:/bin"]) { _, own in own }
    }

    /// Expects that a service is not ready and logs these words.
    private func expectRefusal(of connectionString: String, logging words: String) async throws {
        let service = try await Service(database: connectionString, settings: Limits.short)
        try await eventually(words) { service.process.errors.contains(words) ? true : nil }
        #expect(try await Person.nobody(at: service.address).get("/readyz").status == 503)
        #expect(try await Person.nobody(at: service.address).get("/livez").status == 200)
        service.process.signal(SIGTERM)
        try await service.process.wait()
    }

    @Test("With a valid certificate the service is ready, and every connection uses TLS 1.2 or later")
    func works() async throws {
        try await withServer { tls in
            let string = tls.connectionString()
            _ = try await CashPilotProcess.run(
                ["migrate", "up"], environment: environment(string))
            let service = try await Service(database: string)
            let nobody = Person.nobody(at: service.address)
            try await eventually("it is ready") { try await nobody.get("/readyz").status == 200 ? true : nil }
            let connection = try tls.server.connect()
            let rows = try connection.query(
                """
                select concat_ws(' ', bool_and(s.ssl), min(s.version) >= 'TLSv1.2', count(*) > 0)
                from pg_stat_ssl as s join pg_stat_activity as a using (pid)
                where a.application_name = 'cashpilot' and a.client_addr is not null
                """, [])
            var columns = try #require(rows.first?.reader())
            #expect(try columns.next(String.self) == "t t t")
            service.process.signal(SIGTERM)
            try await service.process.wait()
        }
    }

    @Test("A server with a wrong certificate or without TLS is rejected, and the log has the reason")
    func refuses() async throws {
        try await withServer { tls in
            try await expectRefusal(of: tls.connectionString(authority: "other"), logging: "certificate verify failed")
            try await expectRefusal(
                of: tls.connectionString(host: "db2.shop.example"), logging: "does not match host name")
            let doctor = try CashPilotProcess(
                ["doctor"], environment: environment(tls.connectionString(authority: "other")))
            #expect(try await doctor.wait() == 1)
            #expect((doctor.output + doctor.errors).contains("certificate verify failed"))
        }
        try await withServer(settings: ["ssl": "off"]) { tls in
            try await expectRefusal(of: tls.connectionString(), logging: "server does not support SSL")
        }
    }
}
