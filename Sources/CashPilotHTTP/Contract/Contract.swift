/// The contract, and what shows it to people.
package struct Contract: Sendable {
    let yaml: String
    /// The same as HTML with `{{…}}` in the place of the page's own words; see ``ReferencePage``.
    let reference: String
    /// The script that draws the contract and tries it, an ECMAScript module; `nil` if it was not there at the build.
    let renderer: String?

    package init(yaml: String, reference: String, renderer: String?) {
        self.yaml = yaml
        self.reference = reference
        self.renderer = renderer
    }

    /// What this program was built with.
    package static let embedded = Contract(
        yaml: EmbeddedText.openapi, reference: EmbeddedReference.html, renderer: EmbeddedRenderer.text)
}
