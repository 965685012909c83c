import Listings
import Planning
import Testing

@Suite struct ProblemExcerptTests {
  private func problems(_ errors: Int, _ warnings: Int) -> [Problem] {
    func many(_ count: Int, _ severity: Problem.Severity) -> [Problem] {
      (0..<count).map {
        Problem(severity, rule: "listing/type", file: "listings/\(severity)-\($0).yaml", message: "wrong")
      }
    }
    return many(warnings, .warning) + many(errors, .error)
  }

  @Test func tenThousandAreAllShownAsTheyCome() {
    let problems = problems(4_000, 6_000)
    let excerpt = ProblemExcerpt(problems)
    #expect(excerpt.shown == problems && excerpt.more == 0 && excerpt.rest == nil)
  }

  @Test func ofMoreTheErrorsAreShownFirstAndTheRestIsCounted() {
    let excerpt = ProblemExcerpt(problems(3, 5), limit: 4)
    #expect(excerpt.shown.map(\.severity) == [.error, .error, .error, .warning] && excerpt.more == 4)
    #expect(excerpt.rest == "and 4 more problems; `hawker validate --format json` has them all")
    #expect(ProblemExcerpt(problems(9, 5), limit: 4).shown.allSatisfy { $0.severity == .error })
  }

  @Test func aPlanShowsAnExcerptAndCountsAll() {
    let problems = problems(10_002, 1)
    let text = PlanText().render(Given.plan([]) { $0.wanted.problems = problems })
    #expect(text.count { $0 == "\n" } < 10_010)
    #expect(
      text.contains("and 3 more problems; `hawker validate --format json`")
        && text.contains("10002 problems, 1 warning"))
  }
}
