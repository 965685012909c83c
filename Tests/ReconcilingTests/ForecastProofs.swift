import Journaling
import Listings
import Planning
import Support
import Testing

@testable import Reconciling

/// Whatever happens to a shop between two plans: the plan with the cache is the plan without it, word for word.
@Suite struct ForecastProofs {
  @Test func theCacheChangesNoPlan() async throws {
    var effort = Effort("plans with a cache", short: 15, long: 100_000)
    var (plans, short) = (0, 0)
    while effort.goesOn() {
      let shop = try ForecastShop()
      defer { shop.folder.remove() }
      shop.fill(&effort.random)
      var history: [String] = []
      for _ in 0..<24 {
        for _ in 0...Int.random(in: 0...1, using: &effort.random) where plans % 3 != 0 {
          history.append(try await shop.step(&effort.random))
        }
        // By the true time all files are too fresh to be trusted unread.
        let moment = Int.random(in: 0..<8, using: &effort.random) == 0 ? ForecastShop.clock() : nil
        let cached = try await shop.forecast(isCached: true, at: moment)
        let whole = try await shop.forecast(isCached: false, at: moment)
        (plans, short) = (plans + 1, short + (cached.isShort ? 1 : 0))
        let (one, other) = (ForecastShop.told(cached.plan), ForecastShop.told(whole.plan))
        if one != other {
          Issue.record("after \(history): \(one.text)\n---\n\(other.text); \(effort.replay)")
          return
        }
        cached.keep()
      }
    }
    effort.report(
      "\(plans) plans, \(short) of them without looking into most listings, all the same as without a cache")
    #expect(short > plans / 8)
  }
}
