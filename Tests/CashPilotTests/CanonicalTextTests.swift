import CashPilot
import Testing

@Suite("Canonical texts")
struct CanonicalTextTests {
    @Test(
        "A line has no white space at its ends, single spaces, composed letters and no invisible characters",
        arguments: [
            ("", ""), ("Farmacia Sur", "Farmacia Sur"), ("  Farmacia\t\n Sur\r\n", "Farmacia Sur"),
            ("\u{A0}Farmacia\u{2003}\u{3000}Sur\u{2028}", "Farmacia Sur"), ("N\u{303}andu\u{301}", "Ñandú"),
            ("Far\u{AD}macia\u{200B} \u{FEFF}Sur\u{202E}", "Farmacia Sur"), (" \u{A0}\u{200B}\u{2800}", ""),
            ("e\u{200B}\u{301}", "é"), ("\u{1F469}\u{200D}\u{1F467}", "\u{1F469}\u{1F467}"), ("Å", "\u{C5}"),
            ("a\u{0}b", "a\u{0}b"), ("Ａ", "Ａ"),
        ])
    func line(_ text: String, _ canonical: String) {
        #expect(Array(CanonicalText.line(text).unicodeScalars) == Array(canonical.unicodeScalars))
    }

    @Test(
        "A note keeps its lines, its inner white space, and the joiners within its words",
        arguments: [
            ("", ""), (" \r\n\u{A0}\u{3000}", ""), ("uno\r\ndos\rtres\u{2028}cuatro", "uno\ndos\ntres\ncuatro"),
            ("pan   1.000\nleche\t500\n", "pan   1.000\nleche\t500"), ("man\u{303}ana", "mañana"),
            ("\u{1F469}\u{200D}\u{1F467} \u{2764}\u{FE0F}", "\u{1F469}\u{200D}\u{1F467} \u{2764}\u{FE0F}"),
            ("\u{200D}a\u{200D} \u{FE0F}b\u{200C}", "a b"), ("\u{200D}\u{FE0F}\u{200B}", ""),
            ("a\u{2060}b\u{202D}", "ab"),
        ])
    func note(_ text: String, _ canonical: String) {
        #expect(Array(CanonicalText.note(text).unicodeScalars) == Array(canonical.unicodeScalars))
    }

    @Test(
        "An e-mail address is in lower case, and full-width characters are ASCII",
        arguments: [
            ("Ana@Shop.Example ", "ana@shop.example"), ("\u{A0}ＡＮＡ＠shop．example\t", "ana@shop.example"),
            ("ana\u{200B}@shop.example", "ana@shop.example"), ("ANDRE\u{301}@X.PY", "andré@x.py"),
            ("a b@x.py", "a b@x.py"), ("", ""),
        ])
    func email(_ text: String, _ canonical: String) {
        #expect(Array(CanonicalText.email(text).unicodeScalars) == Array(canonical.unicodeScalars))
    }

    @Test("The canonical form of a canonical text is the text itself, for random texts")
    func idempotent() {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "4", "@", ".", " ", "\t", "\n", "\r", "\u{A0}", "\u{2003}", "\u{3000}", "\u{2028}", "\u{2800}",
            "\u{200B}", "\u{200C}", "\u{200D}", "\u{FE0F}", "\u{FEFF}", "\u{AD}", "\u{202E}", "\u{301}", "\u{303}",
            "\u{327}", "e", "n", "ñ", "İ", "Σ", "Ａ", "\u{1100}", "\u{1161}", "\u{212A}", "\u{958}", "😀", "\u{0}",
        ]
        for _ in 0..<5_000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12) { scalars.append(alphabet.randomElement() ?? "a") }
            let text = String(scalars)
            for form in [CanonicalText.line, CanonicalText.note, CanonicalText.email] {
                let canonical = form(text)
                let again = form(canonical)
                #expect(Array(again.unicodeScalars) == Array(canonical.unicodeScalars), "\(scalars.map(\.value))")
                #expect(canonical.unicodeScalars.first?.properties.isWhitespace != true)
                #expect(canonical.unicodeScalars.last?.properties.isWhitespace != true)
            }
        }
    }

    @Test("Texts that Unicode calls canonically equivalent have one form, byte for byte")
    func equivalent() {
        for text in ["Ñandú", "Café São Bröð", "각", "ế"] {
            let decomposed = String(String.UnicodeScalarView(text.decomposedCharacters))
            #expect(Array(decomposed.utf8) != Array(text.utf8))
            #expect(Array(CanonicalText.line(decomposed).utf8) == Array(CanonicalText.line(text).utf8))
        }
    }
}

extension String {
    /// The letters of the tests above, each with its marks as separate characters.
    fileprivate var decomposedCharacters: [Unicode.Scalar] {
        let parts: [Unicode.Scalar: [Unicode.Scalar]] = [
            "Ñ": ["N", "\u{303}"], "ú": ["u", "\u{301}"], "é": ["e", "\u{301}"], "ã": ["a", "\u{303}"],
            "ö": ["o", "\u{308}"], "각": ["\u{1100}", "\u{1161}", "\u{11A8}"], "ế": ["e", "\u{302}", "\u{301}"],
        ]
        return unicodeScalars.flatMap { parts[$0] ?? [$0] }
    }
}
