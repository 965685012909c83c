import Curl
import Listings
import Marketplaces

@testable import Facebook

/// An answer of the Graph API: what it means, and what is kept of it. Two bytes of status, the header fields up to an
/// empty line, the body.
enum FacebookProbe {
  @Sendable static func run(_ bytes: [UInt8]) throws(Finding) {
    let answer = Answer(bytes)
    let usage = GraphUsage(answer.headers, now: Answer.now)
    if let time = usage.retryAt {
      try require(time > Answer.now && time <= Answer.now.advanced(by: .seconds(86_400)), "retry at \(time)")
    }
    let json = try? JSONValue(parsing: answer.body)
    for subject in [GraphCall.Subject.creation, .post, .page, .login] {
      let error = GraphError(json?["error"] ?? .null, status: answer.status)
      let failure = error.failure(
        about: subject, account: Answer.account, hiding: [Answer.token], retryAt: usage.retryAt)
      try Answer.check(failure.detail)
    }
    guard let json else { return }
    try Answer.checkRoundTrip(json)
    _ = try? json.nextCursor()
    let standing = TokenReading(json["data"] ?? json, now: Answer.now).standing(
      application: "app", needed: ["pages_manage_posts"], pageID: "1", account: Answer.account)
    if let trouble = standing.trouble { try Answer.check(.init(trouble)) }
    let posts = [json] + (json["data"]?.array ?? [])
    let readings = posts.compactMap { PostReading($0) }
    for reading in readings { try Answer.check(reading.post) }
    _ = PostReading.matches(of: Answer.draft, since: Answer.now, among: readings)
  }
}
