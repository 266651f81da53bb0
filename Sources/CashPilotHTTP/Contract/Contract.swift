/// `openapi.yaml` and the script that draws it at `/docs`.
package struct Contract: Sendable {
    let yaml: String
    /// RapiDoc as an ECMAScript module; `nil` if the build did not have it.
    let renderer: String?

    package init(yaml: String, renderer: String?) {
        self.yaml = yaml
        self.renderer = renderer
    }

    /// The files that this program was built with.
    package static let embedded = Contract(yaml: EmbeddedText.openapi, renderer: EmbeddedRenderer.text)
}
