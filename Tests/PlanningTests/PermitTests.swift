import Listings
import Planning
import Testing

/// What the seller lets through is exactly what was held, and nothing that comes later.
struct PermitTests {
  private let records = (0..<20).map { Given.record("l\($0)") }

  private func plan(_ listings: [Listing], _ permits: [(key: PostKey, permit: Permit)], later: Int = 0) -> Plan {
    Given.plan(listings, records) { input in
      for (key, permit) in permits { input.standing.permits[key, default: []].append(permit) }
      input.now = Given.now.advanced(by: .seconds(later))
    }
  }

  @Test func anApprovedLossPassesAndOneMoreDoesNot() {
    let held = Given.plan((8..<20).map { Given.listing("l\($0)") }, records)
    let permits = held.permits(at: Given.now)
    #expect(held.heldWithdrawals == 8 && permits.count == 8)
    let passed = plan((8..<20).map { Given.listing("l\($0)") }, permits)
    #expect(passed.summary[.withdraw] == 8 && passed.summary.held == 0 && !passed.needsPerson)
    let more = plan((9..<20).map { Given.listing("l\($0)") }, permits)
    #expect(more.summary[.withdraw] == 8 && more.heldWithdrawals == 1)
  }

  /// The disk came back; that it is gone once more is another question.
  @Test func anApprovedLossEndsWhenItsFilesAreBack() {
    let all = (0..<20).map { Given.listing("l\($0)") }
    let permits = Given.plan(Array(all[8...]), records).permits(at: Given.now)
    #expect(plan(Array(all[8...]), permits).bookkeeping.isEmpty)
    let back = plan(all, permits).bookkeeping
    let ended = back.compactMap { fact -> PostKey? in
      if case .permitted(let key, let permit) = fact, permit.until == Given.now { key } else { nil }
    }
    #expect(ended.count == 8 && Set(ended) == Set(permits.map(\.key)) && back.count == 8)
    // What can't be read is not back.
    let broken = Given.plan(Array(all[8...]), records) { input in
      input.wanted.frozenFiles = Set((0..<8).map { "listings/l\($0).yaml" })
      for (key, permit) in permits { input.standing.permits[key] = [permit] }
    }
    #expect(broken.bookkeeping.isEmpty)
  }

  @Test func anApprovalEndsAfterAnHour() {
    let listings = (8..<20).map { Given.listing("l\($0)") }
    let permits = Given.plan(listings, records).permits(at: Given.now)
    #expect(plan(listings, permits, later: 3599).summary.held == 0)
    #expect(plan(listings, permits, later: 3600).summary.held == 8)
  }

  @Test func anApprovedMassChangePassesWithThatContentAlone() {
    func listings(_ price: Int64) -> [Listing] {
      (0..<20).map { Given.listing("l\($0)", Given.content("l\($0)", price: price)) }
    }
    let permits = Given.plan(listings(3000), records).permits(at: Given.now)
    #expect(permits.count == 20)
    #expect(plan(listings(3000), permits).summary[.update] == 20)
    #expect(plan(listings(3001), permits).summary.held == 20)
  }

  @Test func anApprovedMassChangePassesWithThePriceDropInIt() {
    let listings = (0..<20).map { Given.listing("l\($0)", Given.content("l\($0)", price: $0 == 7 ? 35 : 3000)) }
    let held = Given.plan(listings, records)
    #expect(held.actions.count { $0.hold?.by == .priceDrop } == 1 && held.summary.held == 20)
    #expect(plan(listings, held.permits(at: Given.now)).summary[.update] == 20)
  }

  @Test func theNumberThatLiftsIsRecordedAsPermits() {
    let listings = (8..<20).map { Given.listing("l\($0)") }
    let lifted = Given.plan(listings, records) { $0.allowedWithdrawals = 8 }
    #expect(lifted.summary[.withdraw] == 8 && lifted.bookkeeping.count == 8)
    #expect(Given.plan(listings, records) { $0.allowedWithdrawals = 7 }.bookkeeping.isEmpty)
  }

  /// It is named when everything else is held.
  @Test(arguments: [false, true]) func theApprovalThatIsAdvisedIsThatOfTheWholePlan(isNarrowed: Bool) {
    let listings = (0..<20).map { Given.listing("l\($0)", Given.content("l\($0)", price: 3000)) }
    func plan(_ only: Set<String>) -> Plan {
      Given.plan(listings + [Given.listing("new")], records) { input in
        input.config.accounts[0].newPostsPerDay = 0
        input.onlyListings = only
      }
    }
    let (whole, shown) = (plan([]), plan(isNarrowed ? ["l3"] : []))
    #expect(whole.actions.contains { $0.hold?.by == .daily })
    let advised = shown.guards.map(\.override)
    #expect(advised == ["hawker approve \(whole.id.dropFirst(7).prefix(12))"])
    #expect(shown.actions.first { $0.hold?.by == .updates }?.hold?.text.contains(advised[0]) == true)
  }

  @Test func planIsNamedByItsFirstDigitsAndNoOthers() {
    let plan = Given.plan([Given.listing("lamp")])
    #expect(plan.isNamed(plan.id) && plan.isNamed(String(plan.id.dropFirst(7).prefix(8))))
    #expect(!plan.isNamed(String(plan.id.dropFirst(7).prefix(7))) && !plan.isNamed("") && !plan.isNamed("sha256:"))
  }
}
