/// The contract, `openapi.yaml`, and the script that renders it at `/docs`.
package struct Contract: Sendable {
    let yaml: String
    /// RapiDoc as an ECMAScript module; `nil` if the build did not include it.
    let renderer: String?

    package init(yaml: String, renderer: String?) {
        self.yaml = yaml
        self.renderer = renderer
    }

    /// The files included in this build.
    package static let embedded = Contract(yaml: EmbeddedText.openapi, renderer: EmbeddedRenderer.text)
}
