/// A reader that bytes from outside reach, with what must hold whatever they are. Run by libFuzzer (`make fuzz`), and
/// over the corpus by ordinary tests. A trap, a sanitizer's finding and a thrown `Finding` are all a bug.
package struct Probe: Sendable {
  package let name: String
  package let run: @Sendable ([UInt8]) throws(Finding) -> Void

  package static let all = [
    Probe(name: "yaml", run: YAMLProbe.run), Probe(name: "listing", run: ListingProbe.run),
    Probe(name: "config", run: ConfigProbe.run), Probe(name: "journal", run: JournalProbe.raw),
    Probe(name: "entries", run: JournalProbe.framed), Probe(name: "facebook", run: FacebookProbe.run),
    Probe(name: "offerup", run: OfferUpProbe.run), Probe(name: "text", run: TextProbe.run),
  ]
}

/// Something that must hold, and doesn't.
package struct Finding: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(Finding) {
  if !condition { throw Finding(description()) }
}
