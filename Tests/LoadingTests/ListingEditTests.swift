import Support
import Testing

@testable import Loading

/// A remote change is written into a listing's file, and nothing else in it changes.
struct ListingEditTests {
  private func edit(_ text: String, _ changes: ListingEdit.Change...) throws(ListingEdit.Refusal) -> String {
    let bytes = try ListingEdit(id: "trek", stem: "trek").applying(changes, to: Array(text.utf8))
    return String(decoding: bytes, as: UTF8.self)
  }

  private func price(_ text: String) -> ListingEdit.Change { .init("price", text, at: .listing, unit: "USD") }

  @Test func commentsAndLayoutStay() throws {
    let text = """
      \u{FEFF}# my bike
      id: trek
      title:   Trek 520   # bought in May
      price: 450.00 # firm

      # the end
      """
    #expect(
      try edit(text, price("430.00"), .init("title", "Trek 520, 57 cm", at: .listing))
        == text.replacing("450.00", with: "430.00").replacing("Trek 520   #", with: "Trek 520, 57 cm   #"))
  }

  @Test(arguments: [
    ("450.00", "430.00"), ("450.00 USD", "430.00 USD"), ("\"450.00 USD\"", "\"430.00 USD\""), ("'450'", "'430.00'"),
    ("free", "430.00"),
  ])
  func aPriceKeepsItsManner(_ old: String, _ new: String) throws {
    #expect(try edit("title: a\nprice: \(old)\ntags: [x]\n", price("430.00")) == "title: a\nprice: \(new)\ntags: [x]\n")
  }

  @Test(arguments: [
    "a: b", "- dash", "say \"hi\"", "it's", "#1 TV", "1 TV #2", "null", "ends:", "100 %", "ünï 😀", "[x], {y}", "*star",
    "back\\slash", "12", "true",
  ])
  func everyTitleComesBackAsItWas(_ title: String) throws {
    for old in ["Old", "'Old'", "\"Old\"", "|-\n  Old"] {
      for text in ["title: \(old)\nprice: 1\n", "x-note: 1\ntitle: \(old) \nprice: 1\n"] {
        let edited = try edit(text, .init("title", title, at: .listing))
        #expect(SourceTree(Array(edited.utf8))?.roots.first?.value(of: "title")?.text == title)
        #expect(edited.hasSuffix("price: 1\n"))
      }
    }
    let flow = try edit("{title: Old, price: 1}", .init("title", title, at: .listing))
    #expect(SourceTree(Array(flow.utf8))?.roots.first?.value(of: "title")?.text == title)
  }

  @Test func aDescriptionStaysABlock() throws {
    let text = "description: |  # told by phone\n    One.\n\n    Two.\n\n\nprice: 1\n"
    #expect(
      try edit(text, .init("description", "Uno.\n\n  - dos\nTres.\n", at: .listing))
        == "description: |  # told by phone\n    Uno.\n\n      - dos\n    Tres.\n\n\nprice: 1\n".replacing(
          "|  #", with: "| #"))
    #expect(
      try edit(
        "description: >\n  One\n  line.\n# note\nprice: 1\n", .init("description", "Two.\nlines\n", at: .listing))
        == "description: |\n  Two.\n  lines\n# note\nprice: 1\n")
    #expect(
      try edit("description: One.\nprice: 1\n", .init("description", "One.\nTwo.", at: .listing))
        == "description: |-\n  One.\n  Two.\nprice: 1\n")
    // What a block can't say is said in quotes.
    #expect(
      try edit("description: |\n  One.\nprice: 1\n", .init("description", " led\nby space", at: .listing))
        == "description: \" led\\nby space\"\nprice: 1\n")
  }

  @Test func anAccountsOwnValueIsWrittenThere() throws {
    let text = "price: 1\nmarketplaces:\n  facebook: {}\n  offerup: { price: 430.00, title: T }\n"
    #expect(
      try edit(text, .init("price", "420.00", at: .account("offerup"), unit: "USD"))
        == text.replacing("430.00", with: "420.00"))
    #expect(
      try edit(text, .init("category", "SPORTING_GOODS", at: .account("facebook")))
        == text.replacing("{}", with: "{ category: SPORTING_GOODS }"))
    #expect(
      try edit(text, .init("category", "bikes", at: .account("offerup")))
        == text.replacing("{ price", with: "{ category: bikes, price"))
    let block = "price: 1\nmarketplaces:\n  facebook:\n    # mine\n    title: T\n"
    #expect(
      try edit(block, .init("category", "BIKES", at: .account("facebook")))
        == block.replacing("    title", with: "    category: BIKES\n    title"))
  }

  @Test func aValueThatTheFileDoesNotGiveIsAdded() throws {
    #expect(try edit("# mine\ntitle: a\n", price("430.00")) == "# mine\nprice: 430.00\ntitle: a\n")
    #expect(try edit("{ title: a }", price("430.00")) == "{ price: 430.00, title: a }")
  }

  @Test func ofSeveralDocumentsTheRightOneIsWritten() throws {
    let text = "id: desk\nprice: 1\n---\nid: trek\nprice: 1\n---\nid: lamp\nprice: 1\n"
    #expect(
      try edit(text, price("2"))
        == "id: desk\nprice: 1\n---\nid: trek\nprice: 2\n---\nid: lamp\nprice: 1\n")
  }

  @Test(arguments: [
    // An alias, an anchor that others lean on, a list of accounts, no file of ours, a text that is no YAML.
    ("x-p: &p 1\nprice: *p\n", ListingEdit.Change("price", "2", at: .listing)),
    ("price: &p 1\nx-p: *p\n", .init("price", "2", at: .listing)),
    ("price: 1\nmarketplaces: [facebook]\n", .init("category", "C", at: .account("facebook"))),
    ("id: other\nprice: 1\n", .init("price", "2", at: .listing)),
    ("price: [1\n", .init("price", "2", at: .listing)),
    ("price: { a: 1 }\n", .init("price", "2", at: .listing)),
    ("price: 1\n", .init("price", "1\u{7}", at: .listing)),
  ])
  func whatCanNotBeWrittenSafelyIsRefused(_ text: String, _ change: ListingEdit.Change) {
    #expect(throws: ListingEdit.Refusal.self) { try edit(text, change) }
  }

  @Test func carriageReturnsStay() throws {
    #expect(try edit("title: a\r\nprice: 1\r\ntags: [x]\r\n", price("2")) == "title: a\r\nprice: 2\r\ntags: [x]\r\n")
  }
}
