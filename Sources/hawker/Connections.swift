import Executing
import Facebook
import Glibc
import Listings
import Marketplaces
import OfferUp
import Sandbox

/// Makes the accounts that an executor works on: adapter, token, pace.
struct Connections: Sendable {
  /// Where the sandbox listens; nil: the real marketplaces.
  var sandbox: SandboxAddress?
  var uploads: UploadStore = .none

  func accounts(of config: Config) -> [Executor.Account] {
    config.accounts.filter(\.isEnabled).map { account in
      let rate = sandbox == nil ? account.requestsPerSecond ?? config.sync.requestsPerSecond : 0
      let pace = Pace(requestsPerSecond: rate, ambient: .system)
      return Executor.Account(
        name: account.name, marketplace: marketplace(account, config, pace), pace: pace,
        concurrency: account.concurrency ?? config.sync.concurrency)
    }
  }

  private func marketplace(_ account: Config.Account, _ config: Config, _ pace: Pace) -> any Marketplace {
    let adapter = adapter(account, config, pace, tokens(account, config))
    #if DEBUG
      return FixedFields.overlay(adapter)
    #else
      return adapter
    #endif
  }

  func adapter(
    _ account: Config.Account, _ config: Config, _ pace: Pace, _ tokens: any TokenSource
  ) -> any Marketplace {
    let pointed = pointed(account)
    switch account.marketplace {
    case Facebook.capabilities.marketplace:
      return Facebook(
        account: pointed, tokens: tokens, appSecret: appSecret, pace: pace, ambient: .system, uploads: uploads)
    default:
      return OfferUp(
        account: pointed, tokens: tokens, publicURL: sandbox?.photosURL ?? config.web.publicURL, pace: pace,
        ambient: .system)
    }
  }

  /// Without its id it is enough for the proof that calls come from the app.
  private var appSecret: Secret? {
    sandbox == nil
      ? Credentials["FACEBOOK_APP_SECRET"].map { Secret($0) } : Secret(SandboxCredentials.facebookAppSecret)
  }

  /// The token that somebody set goes first, then the one that `hawker connect` stored.
  func tokens(_ account: Config.Account, _ config: Config) -> any TokenSource {
    if let token = setToken(account) { return FixedToken(token, account: account) }
    // A pace of its own: that of an executor ends with it, and the token outlives both.
    let authority = authority(of: account, pace: Pace(requestsPerSecond: 0, ambient: .system))
    return StoredTokens.shared.token(of: account, in: .standard(for: config), authority: authority)
  }

  /// Of the environment or `$CREDENTIALS_DIRECTORY`; the sandbox's own.
  func setToken(_ account: Config.Account) -> Secret? {
    if let sandbox {
      return Secret(account.marketplace == Facebook.capabilities.marketplace ? sandbox.userToken : sandbox.offerUpToken)
    }
    return Credentials[Credentials.variable(for: account.name)].map { Secret($0) }
  }

  func authority(of account: Config.Account, pace: Pace) -> (any Authority)? {
    Applications.authority(of: pointed(account), sandbox: sandbox, pace: pace)
  }

  /// How a login finds its account.
  func finding(_ config: @escaping @Sendable () -> Config) -> LoginDesk.Finding {
    { name in
      guard let account = config().account(name) else {
        return .failure(CredentialError("hawker.yaml has no account \(name)"))
      }
      let pace = Pace(requestsPerSecond: 0, ambient: .system)
      guard let authority = authority(of: account, pace: pace) else {
        return .failure(CredentialError("account \(name) can't be connected yet: \(Applications.missing(account))"))
      }
      return .success((account, authority))
    }
  }

  private func pointed(_ account: Config.Account) -> Config.Account {
    sandbox.map { account.pointed(at: $0) } ?? account
  }
}

extension Config.Account {
  /// The same account on the emulated marketplace.
  func pointed(at sandbox: SandboxAddress) -> Config.Account {
    var account = self
    account.graphURL = sandbox.facebookURL
    account.apiURL = sandbox.offerUpURL
    account.loginURL = marketplace == Facebook.capabilities.marketplace ? sandbox.facebookURL : sandbox.offerUpLoginURL
    account.pageID = sandbox.pageID
    return account
  }
}

/// Credentials from the environment, then from files in `$CREDENTIALS_DIRECTORY` (systemd's LoadCredential).
enum Credentials {
  static func variable(for account: String) -> String {
    "HAWKER_TOKEN_" + account.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  static subscript(name: String) -> String? {
    if let value = Environment[name], value.contains(where: { !$0.isWhitespace }) { return value }
    guard let directory = Environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else { return nil }
    return file(directory + "/" + name)
  }

  private static func file(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let lines = String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.lazy.map { $0.trimmingSpaces() }.first { !$0.isEmpty }
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> String {
    var text = self
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
