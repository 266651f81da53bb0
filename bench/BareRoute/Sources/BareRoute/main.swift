import Glibc
import Hummingbird
import Logging
import NIOPosix

// The minimum cost of the web framework: one route and a fixed body of the size of a session. `make bench` sends it the
// requests for the open session.

let body = ByteBuffer(
    string: """
        {"id":"0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d","session_number":1042,\
        "business_id":"00000000-0000-0000-0000-0000000f4241","cashier_id":"00000000-0000-0000-0000-0000001e8481",\
        "opened_by":"00000000-0000-0000-0000-0000001e8481","status":"OPEN","currency":"PYG","initial_cash":150000,\
        "opened_at":"2026-11-23T17:15:00.000Z","ended_at":null,"closed_at":null,"closed_by":null,\
        "business_date":"2026-11-23","time_zone":"America/Asuncion","stale":false,"terminal_id":null,"notes":null,\
        "final_cash":null,"card_total":0,"bank_transfer_total":0,"envelope_amount":0,"expenses":0,\
        "credit_sales_total":0,"credit_payments_collected":0,"declared_cash_sales":null,"closing_ticket":null,\
        "totals":{"cash_sales":null,"total_sales":null,"net_earnings":null,"expected_cash":null,"over_short":null},\
        "flag":null,"deleted":null,"version":1,"allowed_actions":["view","close","end"]}
        """)

let router = Router()
router.get("v1/businesses/:business_id/sessions/current") { _, _ in
    Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
}

let application = Application(
    router: router,
    configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
    onServerRunning: { channel in
        print("bare: listening on http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
        fflush(nil)  // Output to a pipe is buffered.
    },
    eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)),
    logger: Logger(label: "bare") { _ in SwiftLogNoOpLogHandler() })
try await application.runService()
