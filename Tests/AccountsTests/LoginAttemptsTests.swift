import Listings
import Marketplaces
import Testing

@testable import hawker

struct LoginAttemptsTests {
  private static let now = Timestamp(milliseconds: 1_795_000_000_000)

  private func begun(_ attempts: inout LoginAttempts, _ account: String = "facebook", at now: Timestamp = now)
    -> LoginAttempts.Attempt
  { attempts.begin(account: account, redirect: "http://localhost:1/", page: nil, at: now) }

  private func refusal(
    _ attempts: inout LoginAttempts, _ state: String, _ account: String = "facebook", at now: Timestamp = now
  ) -> LoginAttempts.Refusal? {
    guard case .failure(let refusal) = attempts.take(state, account: account, at: now) else { return nil }
    return refusal
  }

  @Test func aStateIsGoodOnce() {
    var attempts = LoginAttempts()
    let state = begun(&attempts).login.state
    #expect(refusal(&attempts, state) == nil)
    #expect(refusal(&attempts, state) == .used)
  }

  @Test func itIsBoundToItsAccount() {
    var attempts = LoginAttempts()
    let state = begun(&attempts).login.state
    #expect(refusal(&attempts, state, "facebook-anna") == .unknown)
    #expect(refusal(&attempts, "") == .unknown)
    #expect(refusal(&attempts, state) == nil, "and others' answers don't end it")
  }

  @Test func itIsGoodForTenMinutes() {
    var attempts = LoginAttempts()
    let (first, second) = (begun(&attempts).login.state, begun(&attempts).login.state)
    #expect(refusal(&attempts, first, at: Self.now.advanced(by: .seconds(600))) == nil)
    #expect(refusal(&attempts, second, at: Self.now.advanced(by: .milliseconds(600_001))) == .expired)
  }

  @Test func statesAndVerifiersCantBeGuessed() {
    var attempts = LoginAttempts()
    let logins = (0..<50).map { _ in begun(&attempts).login }
    #expect(Set(logins.map(\.state) + logins.map(\.verifier.revealed)).count == 100)
    let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    #expect(logins.allSatisfy { $0.verifier.revealed.count == 43 && $0.verifier.revealed.allSatisfy(allowed.contains) })
  }

  @Test func manyThatNobodyEndsAreNotKept() {
    var attempts = LoginAttempts()
    let first = begun(&attempts).login.state
    for step in 1...16 { _ = begun(&attempts, at: Self.now.advanced(by: .milliseconds(Int64(step)))) }
    #expect(refusal(&attempts, first) == .unknown)
  }

  @Test func aChoiceGoesOnUnderAStateOfItsOwn() throws {
    var attempts = LoginAttempts()
    let begun = begun(&attempts)
    let taken = try attempts.take(begun.login.state, account: "facebook", at: Self.now).get()
    let next = attempts.goOn(taken, choosing: [Grant(token: Secret("t"), issuedAt: Self.now)], at: Self.now)
    #expect(next.login.state != begun.login.state)
    #expect(refusal(&attempts, begun.login.state) == .used)
    let chosen = try attempts.take(next.login.state, account: "facebook", at: Self.now).get()
    guard case .choosing(let grants) = chosen.stage else { throw LoginAttempts.Refusal.unknown }
    #expect(grants.count == 1)
  }

  @Test(
    arguments: [
      ("http://localhost:1/x?code=a%2Fb&state=s+t#_=_", ["code": "a/b", "state": "s t"]),
      ("code=1&state=2", ["code": "1", "state": "2"]),
      ("?code=1&code=2&state=3", ["state": "3"]), ("?a=%zz&b", ["b": ""]), ("", [:]),
    ] as [(String, [String: String])])
  func anAddressIsReadAsTheBrowserWroteIt(text: String, values: [String: String]) {
    #expect(QueryText.values(text) == values)
  }
}

struct TokenScheduleTests {
  private static let now = Timestamp(milliseconds: 1_795_000_000_000)

  private func report(_ token: AccountHealth.Token, obstacle: String? = nil) -> TokenReport {
    TokenReport(health: AccountHealth(name: "a", marketplace: "facebook", token: token), obstacle: obstacle)
  }

  @Test func tokensAreAskedAboutDailyAndWhenTheyEnd() {
    let day = Self.now.advanced(by: .seconds(86_400))
    #expect(TokenSchedule.next(after: report(.good(until: nil)), at: Self.now) == day)
    #expect(TokenSchedule.next(after: report(.dead("x")), at: Self.now) == day)
    #expect(TokenSchedule.next(after: report(.missing), at: Self.now) == day)
    let hour = Self.now.advanced(by: .seconds(3600))
    #expect(TokenSchedule.next(after: report(.good(until: hour)), at: Self.now) == hour.advanced(by: .seconds(1)))
    #expect(TokenSchedule.next(after: report(.good(until: Self.now)), at: Self.now) == day)
  }

  @Test func oneThatCouldNotBeAskedIsAskedSoon() {
    let soon = Self.now.advanced(by: .seconds(900))
    #expect(TokenSchedule.next(after: report(.unknown, obstacle: "down"), at: Self.now) == soon)
  }

  @Test func anEndThatNobodyPreventsIsToldAWeekAhead() {
    let near = report(.good(until: Self.now.advanced(by: .seconds(6 * 86_400))))
    let far = report(.good(until: Self.now.advanced(by: .seconds(8 * 86_400))))
    #expect(TokenSchedule.isEnding(near, renews: false, at: Self.now) != nil)
    #expect(TokenSchedule.isEnding(near, renews: true, at: Self.now) == nil)
    #expect(TokenSchedule.isEnding(far, renews: false, at: Self.now) == nil)
  }
}
