import Listings
import Marketplaces

/// Facebook's refusal, and what it means. The code decides, whatever the HTTP status says; the status only where there
/// is no code that we know (marketplaces.md, "Failures").
struct GraphError {
  private let status: Int
  private let code: Int?
  private let subcode: Int?
  private let isTransient: Bool
  private let message: String?

  /// `json` is the answer's `error`; null when there was none.
  init(_ json: JSONValue, status: Int) {
    self.status = status
    code = json["code"]?.identifier.flatMap { Int($0) }
    subcode = json["error_subcode"]?.identifier.flatMap { Int($0) }
    isTransient = json["is_transient"]?.bool ?? false
    message = json["error_user_msg"]?.string ?? json["message"]?.string ?? json.string
  }

  func failure(
    about subject: GraphCall.Subject, account: Config.Account, hiding secrets: [Secret], retryAt: Timestamp?
  ) -> MarketplaceFailure {
    func detail(_ words: String) -> MarketplaceFailure.Detail {
      let quote = message.map { " (Facebook: “\($0.quotable(hiding: secrets))”)" } ?? ""
      return .init(words + quote, httpStatus: status, code: codeText)
    }
    let connect = "run `hawker connect \(account.name)`, or set \(account.tokenVariable)"
    switch code {
    case 190, 102: return .unauthorized(detail("\(tokenTrouble); \(connect)"))
    case 101:
      return .unauthorized(detail("Facebook doesn't know the app: check FACEBOOK_APP_ID and FACEBOOK_APP_SECRET"))
    case 104:
      return .unauthorized(
        detail("Facebook doesn't accept the app's proof: check FACEBOOK_APP_SECRET and this machine's clock"))
    case 3, 10, (200...299)?:
      return .unauthorized(detail("the token of account \(account.name) has no permission for this; \(connect)"))
    case 368:
      return .unauthorized(detail("Facebook has blocked account \(account.name) for now: look into its inbox there"))
    case 4, 17, 32, 341, 613, (80_000...80_014)?:
      return .throttled(detail("Facebook wants fewer requests"), until: retryAt)
    case 100 where subcode == 33: return absent(subject, detail)
    case 100 where subject == .login:
      return .rejected(detail("Facebook doesn't accept this login: it has expired, or was used already"))
    case 100: return .rejected(detail("Facebook refuses the data"))
    case 324: return .rejected(detail("Facebook refuses a photo"))
    case 506 where subject == .creation:
      return .uncertain(detail("Facebook has the same post already: an earlier try may have landed"))
    case 506: return .unexpected(detail("Facebook has the same text already"))
    case 1, 2: return open(subject, detail("Facebook has trouble"))
    default: return byStatus(subject, detail, retryAt)
    }
  }

  private var codeText: String? {
    guard let code else { return nil }
    return subcode.map { "\(code)/\($0)" } ?? "\(code)"
  }

  private typealias Wording = (String) -> MarketplaceFailure.Detail

  private func absent(_ subject: GraphCall.Subject, _ detail: Wording) -> MarketplaceFailure {
    switch subject {
    case .post: .gone(detail("the post is not on Facebook"))
    // The seller's page itself: every listing would fail alike, so the account stops.
    case .creation, .photo, .page, .login:
      .unauthorized(detail("the page is not there, or not for this token: check page_id"))
    }
  }

  /// It may have happened.
  private func open(_ subject: GraphCall.Subject, _ detail: MarketplaceFailure.Detail) -> MarketplaceFailure {
    subject == .creation ? .uncertain(detail) : .unavailable(detail)
  }

  private func byStatus(
    _ subject: GraphCall.Subject, _ detail: Wording, _ retryAt: Timestamp?
  ) -> MarketplaceFailure {
    let answered = detail("Facebook answered \(status)")
    switch status {
    case _ where isTransient: return open(subject, answered)
    case 401, 403: return .unauthorized(answered)
    case 425: return .unavailable(answered)
    case 429: return .throttled(answered, until: retryAt)
    case 408, 500...: return open(subject, answered)
    case 409 where subject == .creation: return .uncertain(answered)
    // Without a code of Facebook's it is no word about the post: a wrong address, a gateway.
    case 404 where code == nil && subject != .creation: return .unexpected(answered)
    // Nor is anything wrong with a listing whose page, or whose list, a gateway keeps from us.
    case 400..<500 where code == nil && subject == .page: return .unexpected(answered)
    case 400..<500: return .rejected(answered)
    // A redirect, or an error inside a 200 with a code that nobody listed.
    default: return subject == .creation ? .uncertain(answered) : .unexpected(answered)
    }
  }

  /// A dead token, in words a seller understands.
  private var tokenTrouble: String { GraphError.tokenTrouble(subcode) }

  static func tokenTrouble(_ subcode: Int?) -> String {
    switch subcode {
    case 458: "the app was removed from the Facebook account"
    case 459: "Facebook wants the account's owner to log in at facebook.com first"
    case 460: "the Facebook password was changed, which ends all tokens"
    case 463: "the token has expired"
    case 464: "the Facebook account is not confirmed: confirm it at facebook.com first"
    case 452, 461, 462, 465, 466, 467: "the token is no longer valid"
    case 492: "the Facebook account no longer has a role on the page"
    default: "Facebook doesn't accept the token"
    }
  }
}
