import Listings
import Marketplaces

/// How an account's token stands, as its marketplace says.
struct TokenReport: Sendable {
  var health: AccountHealth
  var scopes: [String] = []
  /// Whether hawker renews it by itself.
  var renews = false
  /// Why it could not be asked; nil: it was.
  var obstacle: String?

  /// Whether its marketplace has a call for it.
  var isAskable: Bool { health.token != .unknown || health.marketplace == "facebook" || !isBare }
  /// OfferUp without its extensions.
  var isBare = false

  /// Whether a person has to do something.
  var needsPerson: Bool {
    switch health.token {
    case .missing, .dead: true
    case .unknown, .good: false
    }
  }
}

/// Asks the marketplaces about the accounts' tokens: with `connect --check`, and daily in the daemon.
struct TokenCheck: Sendable {
  let connections: Connections
  let config: Config
  let ambient: Ambient

  /// Every account that is in use, or the one that is named, in the order of their names.
  func checkTokens(only name: String? = nil) async -> [TokenReport] {
    var reports: [TokenReport] = []
    for account in config.accounts where name == nil ? account.isEnabled : account.name == name {
      reports.append(await report(account))
    }
    return reports
  }

  func report(_ account: Config.Account) async -> TokenReport {
    var health = AccountHealth(name: account.name, marketplace: account.marketplace, isEnabled: account.isEnabled)
    // The sandbox's accounts are there and good by definition.
    if connections.sandbox != nil {
      health.token = .good(until: nil)
      return TokenReport(health: health)
    }
    let pace = Pace(requestsPerSecond: 0, ambient: ambient)
    let stored = try? CredentialStore.standard(for: config).read()[account.name]?.grant
    let isSet = connections.setToken(account) != nil
    health.identity = isSet ? nil : stored?.title
    var report = TokenReport(health: health, scopes: isSet ? [] : stored?.scopes ?? [])
    report.renews = !isSet && stored?.refreshToken != nil
    do throws(MarketplaceFailure) {
      try await ask(account, pace, expiring: isSet ? nil : stored?.expiresAt, &report)
    } catch .unauthorized(let detail) {
      report.health.token = detail.message == account.tokenMissing ? .missing : .dead(detail.message)
    } catch {
      report.obstacle = error.detail.message
    }
    if report.obstacle == nil { report.health.checkedAt = ambient.now() }
    return report
  }

  private func ask(
    _ account: Config.Account, _ pace: Pace, expiring: Timestamp?, _ report: inout TokenReport
  ) async throws(MarketplaceFailure) {
    let tokens = connections.tokens(account, config)
    let token = try await tokens.token()
    // What this marketplace can tell of a token beyond that it works.
    let standing = try await connections.authority(of: account, pace: pace)?.standing(of: token, for: account.pageID)
    if let trouble = standing?.trouble { throw .unauthorized(.init(trouble)) }
    if let standing { report.scopes = standing.scopes }
    let isAsked = account.marketplace == "facebook" || account.extensions
    if isAsked {
      let identity = try await connections.adapter(account, config, pace, tokens).verify()
      if identity.id != account.name { report.health.identity = Grant.title(identity.id, identity.name) }
    }
    // A renewed token ends later than the one that was there before, whether it could be stored or not.
    let latest = expiring == nil ? nil : await (tokens as? StoredToken)?.expiresAt
    let until = standing?.expiresAt ?? latest ?? expiring
    report.health.token = isAsked ? .good(until: until) : .unknown
    report.isBare = !isAsked
    if !isAsked { report.obstacle = "OfferUp's bare contract (extensions: false) has no call that proves a token" }
  }
}

/// When a token is looked at again. Pure.
enum TokenSchedule {
  static let daily = Duration.seconds(86_400)
  /// One that could not be asked about.
  static let soon = Duration.seconds(900)
  /// How long before a token ends for good its account's owner is told.
  static let notice = Duration.seconds(7 * 86_400)

  static func next(after report: TokenReport, at now: Timestamp) -> Timestamp {
    if report.obstacle != nil, report.health.checkedAt == nil, case .unknown = report.health.token {
      return now.advanced(by: soon)
    }
    let daily = now.advanced(by: daily)
    guard case .good(let until?) = report.health.token, until > now else { return daily }
    return min(daily, until.advanced(by: .seconds(1)))
  }

  /// Whether the token ends soon and won't be renewed by itself.
  static func isEnding(_ report: TokenReport, renews: Bool, at now: Timestamp) -> Timestamp? {
    guard !renews, case .good(let until?) = report.health.token, until.duration(since: now) <= notice else {
      return nil
    }
    return until
  }
}

extension Grant {
  static func title(_ id: String, _ name: String?) -> String {
    id + (name.map { " (\($0.quotable(hiding: [])))" } ?? "")
  }
}
