import Listings
import Marketplaces

/// The logins that were begun and not ended. A state is bound to its attempt, good once and for ten minutes.
struct LoginAttempts: Sendable {
  static let lifetime = Duration.seconds(600)
  private static let most = 16

  struct Attempt: Sendable {
    enum Stage: Sendable {
      case consenting
      /// Several pages: one is to be chosen.
      case choosing([Grant])
    }

    var account: String
    var login: LoginRequest
    /// The page that was asked for beforehand.
    var page: String?
    var startedAt: Timestamp
    var stage = Stage.consenting
  }

  enum Refusal: Error, Hashable {
    /// Nobody gave that state.
    case unknown
    case used
    case expired
  }

  private var open: [String: Attempt] = [:]
  /// States that were used, the oldest first: a page that is loaded again is told so.
  private var ended: [String] = []

  /// Begins one; `random`: bytes that nobody can guess.
  mutating func begin(
    account: String, redirect: String, page: String?, at now: Timestamp, random: () -> UInt8 = LoginAttempts.random
  ) -> Attempt {
    let login = LoginRequest(
      redirect: redirect, state: LoginAttempts.word(random), verifier: Secret(LoginAttempts.word(random)))
    let attempt = Attempt(account: account, login: login, page: page, startedAt: now)
    add(attempt, at: now)
    return attempt
  }

  /// Takes the attempt that the state belongs to, on the account's own address.
  mutating func take(_ state: String, account: String, at now: Timestamp) -> Result<Attempt, Refusal> {
    guard let attempt = open[state], attempt.account == account else {
      return .failure(ended.contains(state) ? .used : .unknown)
    }
    open[state] = nil
    ended = ended.suffix(LoginAttempts.most) + [state]
    return attempt.isExpired(at: now) ? .failure(.expired) : .success(attempt)
  }

  /// The same attempt goes on with a choice of pages, and a new state.
  mutating func goOn(
    _ attempt: Attempt, choosing grants: [Grant], at now: Timestamp, random: () -> UInt8 = LoginAttempts.random
  ) -> Attempt {
    var attempt = attempt
    attempt.stage = .choosing(grants)
    attempt.login.state = LoginAttempts.word(random)
    add(attempt, at: now)
    return attempt
  }

  private mutating func add(_ attempt: Attempt, at now: Timestamp) {
    open = open.filter { !$0.value.isExpired(at: now) }
    if open.count >= LoginAttempts.most, let oldest = open.min(by: { $0.value.startedAt < $1.value.startedAt }) {
      open[oldest.key] = nil
    }
    open[attempt.login.state] = attempt
  }

  /// 43 characters that RFC 7636 allows in a verifier: 258 bits.
  private static func word(_ random: () -> UInt8) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    return String(decoding: (0..<43).map { _ in alphabet[Int(random() & 63)] }, as: UTF8.self)
  }

  private static func random() -> UInt8 { UInt8.random(in: .min ... .max) }
}

extension LoginAttempts.Attempt {
  func isExpired(at now: Timestamp) -> Bool {
    // A clock that was put back makes none older.
    now.duration(since: startedAt) > LoginAttempts.lifetime
  }
}
