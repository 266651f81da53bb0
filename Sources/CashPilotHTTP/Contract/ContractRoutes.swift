import CashPilot
import HummingbirdCore

/// Serves `openapi.yaml` and its page at `/docs`.
struct ContractRoutes {
    private let openAPI: StaticPage
    private let spanishDocs: StaticPage
    private let englishDocs: StaticPage
    private let defaultLocale: Locale

    init(_ contract: Contract, defaultLocale: Locale) {
        openAPI = StaticPage(contract.yaml, "application/yaml")
        spanishDocs = DocsPage.page(contract.renderer, in: .spanish)
        englishDocs = DocsPage.page(contract.renderer, in: .english)
        self.defaultLocale = defaultLocale
    }

    /// `GET /openapi.yaml` → 200 (RFC 9512).
    func openAPI(_ request: Request, context: APIContext) -> Response { openAPI.answer(to: request) }

    /// `GET /docs` → 200.
    func docs(_ request: Request, context: APIContext) -> Response {
        switch request.headers[.acceptLanguage].flatMap(Locale.preferred) ?? defaultLocale {
        case .spanish: spanishDocs.answer(to: request)
        case .english: englishDocs.answer(to: request)
        }
    }
}
