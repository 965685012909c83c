import Curl
import Listings
import Marketplaces

@testable import OfferUp

/// An answer of OfferUp, laid out as for Facebook.
enum OfferUpProbe {
  @Sendable static func run(_ bytes: [UInt8]) throws(Finding) {
    let answer = Answer(bytes)
    let retryAt = RetryAfter.time(
      answer.headers["Retry-After"], serverDate: answer.headers["Date"], now: Answer.now)
    if let time = retryAt {
      try require(time > Answer.now && time <= Answer.now.advanced(by: .seconds(86_400)), "retry at \(time)")
    }
    let response = Response(status: answer.status, headers: answer.headers, body: answer.body)
    for subject in [WireCall.Subject.creation, .listing, .account] {
      let refusal = Refusal(response, account: Answer.account, token: Answer.token)
      try Answer.check(refusal.failure(about: subject, retryAt: retryAt).detail)
    }
    let login = OfferUpLogin(
      account: Answer.account, application: Application(id: "client", secret: Answer.token),
      pace: Pace(requestsPerSecond: 0, ambient: .system), ambient: .system)
    switch login.read(response, hiding: [], refused: { .rejected($0) }) {
    case .success(let grant): try require(grant.token.isPrintable, "a token that can't be sent")
    case .failure(let failure): try Answer.check(failure.detail)
    }
    guard let json = try? JSONValue(parsing: answer.body) else { return }
    for entry in [json] + (json["data"]?.array ?? []) {
      if let post = ListingReading.post(entry) { try Answer.check(post) }
    }
  }
}
