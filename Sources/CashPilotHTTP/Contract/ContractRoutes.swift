import CashPilot
import Hummingbird

/// The contract, for programs and for people.
struct ContractRoutes {
    private let openAPI: StaticPage
    private let docs: Pages
    private let reference: Pages
    private let defaultLocale: Locale

    init(_ contract: Contract, defaultLocale: Locale) {
        openAPI = StaticPage(contract.yaml, "application/yaml")
        reference = Pages { ReferencePage.page(contract.reference, in: $0) }
        docs = contract.renderer.map { script in Pages { TryPage.page(script, in: $0) } } ?? reference
        self.defaultLocale = defaultLocale
    }

    /// `GET /openapi.yaml` → 200 (RFC 9512).
    func openAPI(_ request: Request, context: APIContext) -> Response { openAPI.answer(to: request) }

    /// `GET /docs` → 200: the contract, drawn by a script that can try it; the plain page if that is not built in.
    func docs(_ request: Request, context: APIContext) -> Response { answer(request, docs) }

    /// `GET /docs/reference` → 200: the contract as a plain page.
    func reference(_ request: Request, context: APIContext) -> Response { answer(request, reference) }

    private func answer(_ request: Request, _ pages: Pages) -> Response {
        switch request.headers[.acceptLanguage].flatMap(Locale.preferred) ?? defaultLocale {
        case .spanish: pages.es.answer(to: request)
        case .english: pages.en.answer(to: request)
        }
    }

    /// A page in both languages.
    private struct Pages {
        let es: StaticPage
        let en: StaticPage

        init(_ page: (Locale) -> StaticPage) {
            es = page(.spanish)
            en = page(.english)
        }
    }
}
