import Listings
import Planning
import Testing

/// The plan as a pull request shows it.
struct PullRequestTests {
  private let problem = Problem(
    .error, rule: "listing/price-format", file: "listings/a,b.yaml", line: 7, column: 8,
    message: "price 30,00%\nis none", listing: "lamp")

  private func mixed() -> Plan {
    let renamed = Given.listing("bike", Given.content("<b>Bike</b> | [x](y) @anna `1`"))
    return Given.plan([renamed, Given.listing("desk", Given.content("desk", price: 35))], [Given.record("desk")]) {
      $0.wanted.problems = [problem]
    }
  }

  @Test func aCommentShowsWhatAPersonMustSeeAndFoldsTheRest() {
    let text = PlanMarkdown.render(mixed())
    #expect(text.hasPrefix("<!-- hawker plan -->\n### Plan: 1 create, 0 update"))
    #expect(text.contains("<details open><summary>1 held</summary>"))
    #expect(text.contains("<details open><summary>1 problem</summary>"))
    #expect(text.contains("<details><summary>1 change</summary>"))
    #expect(text.contains("| \\# update | desk | a | "))
    #expect(text.contains("| error | lamp |  | price 30,00%⏎is none | listings/a,b.yaml:7:8 |"))
    #expect(PlanMarkdown.render(Given.plan([])).contains("Nothing to do."))
  }

  @Test func noTitleBreaksOutOfItsCell() {
    let text = PlanMarkdown.render(mixed())
    #expect(text.contains("&lt;b&gt;Bike&lt;/b&gt; \\| \\[x\\](y) &#64;anna \\`1\\`"), "\(text)")
  }

  @Test(arguments: [0, 3000]) func aCommentIsNeverTooLong(problems: Int) {
    let plan = Given.plan((0..<5000).map { Given.listing("l\($0)") }, (0..<5000).map { Given.record("g\($0)") }) {
      $0.wanted.problems = Array(repeating: problem, count: problems)
    }
    let text = PlanMarkdown.render(plan)
    #expect(text.unicodeScalars.count <= PlanMarkdown.limit && text.unicodeScalars.count > PlanMarkdown.limit * 9 / 10)
    #expect(text.contains("more; `hawker plan` shows all.") && text.hasSuffix("</details>\n"))
    #expect(text.components("<details") == text.components("</details>"))
  }

  @Test func annotationsStandAtTheirLinesAndEscapeWhatGitHubReads() {
    let lines = PlanAnnotations(prefix: "shop/").render(mixed()).split(separator: "\n")
    #expect(
      lines.contains(
        "::error file=shop/listings/a%2Cb.yaml,line=7,col=8,title=listing/price-format::price 30,00%25⏎is none"))
    for (begin, end) in [
      ("::warning file=shop/listings/desk.yaml,", ",title=held%3A update on a::desk: "),
      ("::notice file=shop/listings/bike.yaml,", ",title=create on a::bike: "),
    ] { #expect(lines.contains { $0.hasPrefix(begin) && $0.contains(end) }, "\(lines)") }
    #expect(lines.contains { $0.hasPrefix("::error title=guard price_drop on a::") })
    #expect(lines.last?.hasPrefix("Plan: 1 create") == true)
  }
}

extension String {
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
