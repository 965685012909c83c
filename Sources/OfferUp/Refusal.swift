import Curl
import Listings
import Marketplaces

/// An answer that is no success, and what it means: by its status (marketplaces.md, "Failures").
struct Refusal {
  private let status: Int
  private let account: Config.Account
  private let quote: String
  private let code: String?

  init(_ response: Response, account: Config.Account, token: Secret?) {
    status = response.status
    self.account = account
    // The contract leaves the body of an error open: the usual members are quoted.
    let json = try? JSONValue(parsing: response.body)
    let error = json?["error"]
    let message =
      error?["message"]?.string ?? json?["message"]?.string ?? json?["detail"]?.string ?? error?.string
    quote = message.map { " (OfferUp: “\($0.quotable(hiding: [token]))”)" } ?? ""
    code = (error?["code"] ?? json?["code"])?.identifier?.quotable(hiding: [token])
  }

  func failure(about subject: WireCall.Subject, retryAt: Timestamp?) -> MarketplaceFailure {
    let connect = "run `hawker connect \(account.name)`, or set \(account.tokenVariable)"
    switch status {
    case 401: return .unauthorized(detail("OfferUp doesn't accept the token; \(connect)"))
    case 403:
      return .unauthorized(detail("the token of account \(account.name) has no permission for this; \(connect)"))
    case 404 where subject == .listing, 410 where subject == .listing:
      return .gone(detail("the listing is not on OfferUp"))
    case 409 where subject == .creation:
      return .uncertain(detail("OfferUp has this listing already: an earlier try may have landed"))
    case 425: return .unavailable(detail("OfferUp can't take it now"))
    case 429: return .throttled(detail("OfferUp wants fewer requests"), until: retryAt)
    // Not part of the bare contract: not every service takes such questions.
    case 501 where subject == .account, 400..<500 where subject == .account && status != 408:
      return .rejected(detail("OfferUp doesn't take this question: it answered \(status)"))
    case 408, 500...: return open(subject, detail("OfferUp has trouble: it answered \(status)"))
    case 400..<500: return .rejected(detail("OfferUp refuses the data: it answered \(status)"))
    // A redirect, which is not followed.
    default:
      let told = detail("OfferUp answered \(status), which is not in its contract: check api_url in hawker.yaml")
      return subject == .creation ? .uncertain(told) : .unexpected(told)
    }
  }

  private func detail(_ words: String) -> MarketplaceFailure.Detail {
    .init(words + quote, httpStatus: status, code: code)
  }

  /// It may have happened.
  private func open(_ subject: WireCall.Subject, _ detail: MarketplaceFailure.Detail) -> MarketplaceFailure {
    subject == .creation ? .uncertain(detail) : .unavailable(detail)
  }
}
