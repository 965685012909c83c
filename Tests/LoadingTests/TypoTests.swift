import Listings
import Testing

@testable import Loading

/// A slip of the finger is one mistake: one problem, where it is, and nothing that only follows from it.
@Suite struct TypoTests {
  private static let rest =
    "description: Good.\nprice: 35.00\ncategory: furniture\nphotos: [https://example.com/a.jpg]\n"

  @Test(arguments: [
    ("title: \"Desk\n" + rest, "1:8 the quote that opens here"),
    ("title: 'Bob's desk'\n" + rest, "1:13 something stands behind a closing quote"),
    ("title: \"Desk\" of oak\n" + rest, "1:15 something stands behind a closing quote"),
    ("title: [SALE] desk\n" + rest, "1:15 something stands behind a closing quote or bracket"),
    ("title: Desk\n\tstatus: draft\n" + rest, "2:1 a tab stands"),
    ("title:Desk\n" + rest, "2:12 a space is missing after the colon of title on line 1"),
    (rest + "title:Desk\n", "5:1 a space is missing after the colon of title on line 5"),
    ("title: Desk: oak\n" + rest, "1:12 a second \": \""),
    ("title Desk\n" + rest, "1:1 this line is neither KEY: VALUE"),
    ("title = Desk\n" + rest, "1:1 this line is neither KEY: VALUE"),
    ("title: Desk\nstatus draft\n" + rest, "2:1 this line is neither KEY: VALUE"),
    (" title: Desk\n" + rest, "2:1 the keys above are indented, and this line is not"),
    ("title: Desk\n status: draft\n" + rest, "2:8 a second \": \" stands in one value, or the line is indented"),
    ("title: Desk\ntags: [a, b\n" + rest, "3:12 the list in [ ] that begins on line 2"),
    ("title: Desk\nlocation: { latitude: 45.1, longitude: 3\n" + rest, "3:12 the map in { } that begins on line 2"),
    (rest + "title: [", "5:8 the list in [ ] that begins here is never closed"),
    (rest + "title: Desk\nlocation: {\n\n", "6:11 the map in { } that begins here is never closed"),
    ("title: Desk\nphotos:\n  - a.jpg\n- b.jpg\n", "4:1 this is not KEY: VALUE at the indentation"),
    ("title: - Desk\n" + rest, "1:8 a list or map can't begin here"),
    ("title: | Desk\n" + rest, "1:10 behind | or > a text begins on the next line"),
    ("titel: Desk\n" + rest, "1:1 a listing has no key titel; did you mean title?"),
    ("titel: Desk\ntitle: Desk\n" + rest, "1:1 a listing has no key titel; did you mean title?"),
    ("title: #1 desk\n" + rest, "1:7 title is empty, for `#` begins a comment"),
    ("title: @home\n" + rest, "1:8 a value can't begin with @"),
    ("title: *new* desk\n" + rest, "1:12 a value that begins with * or &"),
    ("title: Desk\ndescription: |\nSteel.\nprice: 3.00\n", "3:1 this line is neither KEY: VALUE"),
    ("title: Desk\n...\njunk: 3\n", "3:1 something follows the end of the document"),
  ]) func oneMistakeIsOneProblem(_ text: String, _ expected: String) {
    let problems = problems(text)
    #expect(problems.count == 1 && problems[0].hasPrefix(expected), "\(text): \(problems)")
  }

  /// What is wrong further up is another mistake, and told in the same run.
  @Test func twoMistakesAreTwoProblems() {
    let problems = problems("status: availabel\ntitle: Desk\n\nprice 3\n" + Self.rest)
    #expect(problems.count == 2, "\(problems)")
    #expect(problems.first?.hasPrefix("1:9 status is availabel") == true)
    let several = self.problems("---\nid: a\ntitle: [x]\n" + Self.rest + "---\nid: b\ntitle: \"x\n")
    #expect(several.count == 2 && several[1].hasPrefix("10:8 the quote"), "\(several)")
  }

  private func problems(_ text: String) -> [String] {
    let shop = Shop()
    shop.write("hawker.yaml", "version: 1\ndefaults: { location: { latitude: 45.5, longitude: -122.7 } }\n")
    shop.write("listings/desk.yaml", text)
    return shop.scan().problems.map { "\($0.line):\($0.column) \($0.message)" }
  }
}
