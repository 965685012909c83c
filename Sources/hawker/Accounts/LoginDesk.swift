import Listings
import Marketplaces
import Web

/// What became of a browser's return.
struct LoginTurn: Sendable {
  enum Outcome: Sendable {
    case connected(Grant)
    /// Pages to choose from.
    case choosing
    /// The attempt is over; why.
    case failed(String)
    /// It belongs to no attempt that is under way; they go on.
    case stranger(String)
  }

  var outcome: Outcome
  var page: LoginPage
}

/// Carries logins out: begins them, takes the browser's return, exchanges the code, has a page chosen, stores the grant.
/// The command's loopback server and the daemon's web server both ask it.
actor LoginDesk {
  /// An account as it is to be connected; or why that can't be.
  typealias Finding = @Sendable (String) -> Result<(account: Config.Account, authority: any Authority), CredentialError>

  private var attempts = LoginAttempts()
  private let find: Finding
  /// Nil: nothing is stored (the sandbox's own accounts).
  private let store: CredentialStore?
  private let ambient: Ambient

  init(store: CredentialStore?, ambient: Ambient, find: @escaping Finding) {
    self.store = store
    self.ambient = ambient
    self.find = find
  }

  /// Where the browser is sent.
  func begin(account name: String, redirect: String, page: String? = nil) throws(CredentialError) -> String {
    let (account, authority) = try find(name).get()
    if let wanted = account.pageID, let page, page != wanted {
      throw CredentialError(
        "hawker.yaml says page \(wanted) for account \(name), not \(page): mend accounts.\(name).page_id first")
    }
    let attempt = attempts.begin(
      account: name, redirect: redirect, page: page ?? account.pageID, at: ambient.now())
    return authority.address(of: attempt.login)
  }

  /// The browser came back; `query`: what it brought, decoded.
  func callback(account name: String, query: [String: String]) async -> LoginTurn {
    let attempt: LoginAttempts.Attempt
    switch attempts.take(query["state"] ?? "", account: name, at: ambient.now()) {
    case .success(let found): attempt = found
    case .failure(let refusal): return refused(refusal, name)
    }
    do throws(CredentialError) {
      let (account, authority) = try find(name).get()
      switch attempt.stage {
      case .consenting: return try await exchange(query, attempt, account, authority)
      case .choosing(let grants):
        guard let grant = grants.first(where: { $0.id == query["page"] }) else {
          throw CredentialError("that page was not offered; begin again")
        }
        return try await finish(grant, account, authority)
      }
    } catch {
      return LoginDesk.failed(error.message, name)
    }
  }

  private func exchange(
    _ query: [String: String], _ attempt: LoginAttempts.Attempt, _ account: Config.Account,
    _ authority: any Authority
  ) async throws(CredentialError) -> LoginTurn {
    if let error = query["error"] { throw LoginDesk.denial(error, query, account) }
    guard let code = query["code"], !code.isEmpty else {
      throw CredentialError("\(account.marketplace) sent the browser back without a code; begin again")
    }
    let grants: [Grant]
    do throws(MarketplaceFailure) { grants = try await authority.grants(for: Secret(code), of: attempt.login) } catch {
      throw CredentialError(error.detail.message)
    }
    let offered = try LoginDesk.offer(grants, wanted: attempt.page, account)
    if let only = offered.first, offered.count == 1 { return try await finish(only, account, authority) }
    let next = attempts.goOn(attempt, choosing: offered, at: ambient.now())
    let choices = offered.map { LoginPage.Choice(id: $0.id ?? "", name: $0.name ?? $0.id ?? "") }
    let page = LoginPage(
      title: "Which page?", text: "Account \(account.name) will post to the page that you choose.", isGood: true,
      choices: choices, state: next.login.state)
    return LoginTurn(outcome: .choosing, page: page)
  }

  private func finish(
    _ grant: Grant, _ account: Config.Account, _ authority: any Authority
  ) async throws(CredentialError) -> LoginTurn {
    let grant = try await LoginDesk.completed(grant, authority)
    if let store {
      let lock = try await store.lock(ambient)
      try store.keep(StoredCredential(grant, for: account), for: account.name, lock)
    }
    let page = LoginPage(
      title: "Connected", text: "Account \(account.name) is connected\(grant.place). You can close this page.",
      isGood: true)
    return LoginTurn(outcome: .connected(grant), page: page)
  }

  private static func completed(
    _ grant: Grant, _ authority: any Authority
  ) async throws(CredentialError) -> Grant {
    do throws(MarketplaceFailure) { return try await authority.completed(grant) } catch {
      throw CredentialError(error.detail.message)
    }
  }
}

extension LoginDesk {
  /// Those to choose from: the page that is wanted, else all that may be posted to.
  private static func offer(
    _ grants: [Grant], wanted: String?, _ account: Config.Account
  ) throws(CredentialError) -> [Grant] {
    if let wanted, account.marketplace == "facebook" {
      guard let grant = grants.first(where: { $0.id == wanted }) else {
        let seen = grants.isEmpty ? "no page" : "only " + grants.map(\.title).joined(separator: ", ")
        throw CredentialError("this login sees \(seen), not page \(wanted): somebody with a role on it has to log in")
      }
      guard grant.maySell else {
        throw CredentialError("this login may look at page \(grant.title), but not post there (task CREATE_CONTENT)")
      }
      return [grant]
    }
    let good = grants.filter(\.maySell)
    guard good.isEmpty else { return good }
    throw CredentialError(
      grants.isEmpty
        ? "this login sees no page: somebody with a role on one has to log in"
        : "this login may not post to \(grants.map(\.title).joined(separator: ", ")) (task CREATE_CONTENT)")
  }

  private func refused(_ refusal: LoginAttempts.Refusal, _ account: String) -> LoginTurn {
    let again = "Begin again with `hawker connect \(account)`."
    switch refusal {
    case .expired: return LoginDesk.failed("it took longer than ten minutes. \(again)", account)
    case .used:
      return LoginDesk.stranger("This login has ended already. If it did not work: \(again)")
    case .unknown:
      return LoginDesk.stranger(
        "This answer belongs to no login that hawker began: its state is missing or another one's, so nothing was done "
          + "with it. \(again)")
    }
  }

  private static func denial(
    _ error: String, _ query: [String: String], _ account: Config.Account
  ) -> CredentialError {
    if error == "access_denied" {
      return CredentialError("it was refused on the consent page, so nothing was changed")
    }
    let words = (query["error_description"] ?? query["error_message"]).map { ": “\($0.quotable(hiding: []))”" } ?? ""
    return CredentialError("\(account.marketplace) answered “\(error.quotable(hiding: []))”\(words)")
  }

  private static func failed(_ why: String, _ account: String) -> LoginTurn {
    let page = LoginPage(title: "Not connected", text: "Account \(account) is not connected: \(why)", isGood: false)
    return LoginTurn(outcome: .failed("account \(account) is not connected: \(why)"), page: page)
  }

  private static func stranger(_ why: String) -> LoginTurn {
    LoginTurn(outcome: .stranger(why), page: LoginPage(title: "Nothing was done", text: why, isGood: false))
  }
}

extension Grant {
  /// `10001 (Sandbox Shop)`
  var title: String { (id ?? "?") + (name.map { " (\($0.quotable(hiding: [])))" } ?? "") }

  /// ` to page 10001 (Sandbox Shop)`; empty when there is nothing to tell.
  var place: String {
    guard id != nil else { return "" }
    return refreshToken == nil ? " to page \(title)" : " as user \(title)"
  }
}
