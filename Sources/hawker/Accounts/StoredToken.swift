import Listings
import Marketplaces

/// The token that `hawker connect` stored: read again when the file changed, renewed ahead of its end where its
/// marketplace can do that. One renewal at a time, between processes too, and its result is on disk before it is used:
/// a refresh token that rotates is good once.
actor StoredToken: TokenSource {
  private let account: Config.Account
  private let store: CredentialStore
  private let authority: (any Authority)?
  private let ambient: Ambient
  private let warn: @Sendable (String) -> Void
  private var known: (stamp: CredentialStore.Stamp, credential: StoredCredential)?
  private var renewal: Task<Result<Secret, MarketplaceFailure>, Never>?
  /// Renewed, and not on disk yet: what is there is of no use any more.
  private var unsaved: (old: Secret, credential: StoredCredential)?
  /// A renewal failed that was not urgent.
  private var restsUntil: Duration = .zero

  /// Without an `authority` (the application's credentials are not known) nothing is renewed.
  init(
    account: Config.Account, store: CredentialStore, authority: (any Authority)?, ambient: Ambient,
    warn: @escaping @Sendable (String) -> Void = { Console.error($0) }
  ) {
    self.account = account
    self.store = store
    self.authority = authority
    self.ambient = ambient
    self.warn = warn
  }

  func token() async throws(MarketplaceFailure) -> Secret {
    let grant = try current().grant
    let now = ambient.now()
    guard let expiresAt = grant.expiresAt, grant.renewsAt ?? expiresAt <= now else { return grant.token }
    guard grant.refreshToken != nil else { throw .unauthorized(.init(expired(expiresAt))) }
    if expiresAt > now, ambient.uptime() < restsUntil { return grant.token }
    do throws(MarketplaceFailure) {
      return try await renew(grant.token)
    } catch {
      // It is good for a while yet.
      guard expiresAt > ambient.now() else { throw error }
      if case .unauthorized = error { throw error }
      restsUntil = ambient.uptime() + .seconds(30)
      return grant.token
    }
  }

  /// When the token that is used now ends; nil: never, or there is none.
  var expiresAt: Timestamp? { try? current().grant.expiresAt }

  func replacement(for token: Secret) async throws(MarketplaceFailure) -> Secret? {
    let grant = try current().grant
    if grant.token != token { return grant.token }
    return grant.refreshToken == nil ? nil : try await renew(token)
  }

  /// What is stored now, if it fits this account.
  private func current() throws(MarketplaceFailure) -> StoredCredential {
    saveAgain()
    if let unsaved { return unsaved.credential }
    // Its stamp first: what is written meanwhile has another one.
    let stamp = store.stamp
    if let known, known.stamp == stamp { return known.credential }
    known = nil
    let credential = try StoredToken.credential(of: account, in: store)
    if let stamp { known = (stamp, credential) }
    return credential
  }

  static func credential(
    of account: Config.Account, in store: CredentialStore
  ) throws(MarketplaceFailure) -> StoredCredential {
    let found: StoredCredential?
    do throws(CredentialError) { found = try store.read()[account.name] } catch {
      throw .unauthorized(.init("account \(account.name): \(error.message)"))
    }
    guard let found else { throw .unauthorized(.init(account.tokenMissing)) }
    if let misfit = found.misfit(account) { throw .unauthorized(.init(misfit)) }
    return found
  }

  private func expired(_ time: Timestamp) -> String {
    "the token of account \(account.name) ended on \(time.description.prefix(10)): run `hawker connect \(account.name)`"
  }
}

extension StoredToken {
  private func renew(_ old: Secret) async throws(MarketplaceFailure) -> Secret {
    if let renewal { return try await renewal.value.get() }
    // A task of its own: whoever asked may be cancelled, and the new refresh token must not be lost.
    let task = Task(executorPreference: ambient.executor) { await self.renewed(old) }
    renewal = task
    let result = await task.value
    renewal = nil
    return try result.get()
  }

  private func renewed(_ old: Secret) async -> Result<Secret, MarketplaceFailure> {
    do throws(MarketplaceFailure) { return .success(try await renewUnderLock(old)) } catch { return .failure(error) }
  }

  private func renewUnderLock(_ old: Secret) async throws(MarketplaceFailure) -> Secret {
    let lock: CredentialStore.Lock
    do throws(CredentialError) { lock = try await store.lock(ambient) } catch {
      throw .unavailable(.init("account \(account.name): \(error.message)"))
    }
    var credential: StoredCredential
    if let unsaved, let kept = try? StoredToken.credential(of: account, in: store), kept.grant.token != unsaved.old {
      // Somebody connected anew meanwhile: theirs counts.
      (self.unsaved, known, credential) = (nil, nil, kept)
    } else if let unsaved {
      credential = unsaved.credential
    } else {
      credential = try StoredToken.credential(of: account, in: store)
    }
    // Another process was faster.
    if credential.grant.token != old { return credential.grant.token }
    guard let authority else {
      throw .unauthorized(
        .init("the token of account \(account.name) can't be renewed: \(Applications.missing(account))"))
    }
    CrashPoint.reach("renewal-before")
    guard let grant = try await authority.renewed(credential.grant) else {
      throw .unauthorized(
        .init("the token of account \(account.name) can't be renewed: run `hawker connect \(account.name)`"))
    }
    CrashPoint.reach("renewal-answered")
    credential.grant = grant
    do throws(CredentialError) {
      try store.keep(credential, for: account.name, lock)
      (unsaved, known) = (nil, nil)
      CrashPoint.reach("renewal-kept")
    } catch {
      // What the store has is what the first of several renewals began with.
      unsaved = (unsaved?.old ?? old, credential)
      restsUntil = ambient.uptime() + .seconds(30)
      warn(
        "the renewed token of account \(account.name) can't be stored: \(error.message). It is kept in memory and tried "
          + "again; if hawker ends before that, run `hawker connect \(account.name)`")
    }
    return grant.token
  }

  private func saveAgain() {
    guard let unsaved, ambient.uptime() >= restsUntil else { return }
    restsUntil = ambient.uptime() + .seconds(30)
    do throws(CredentialError) {
      guard let lock = try store.tryLock() else { return }
      // Somebody connected anew meanwhile: theirs counts.
      if try store.read()[account.name]?.grant.token == unsaved.old {
        try store.keep(unsaved.credential, for: account.name, lock)
      }
      (self.unsaved, known) = (nil, nil)
    } catch {
      return
    }
  }
}

extension Grant {
  /// Five minutes before it ends, or a sixth of its life if that is less.
  var renewsAt: Timestamp? {
    guard let expiresAt, refreshToken != nil else { return nil }
    let margin = min(.seconds(300), expiresAt.duration(since: issuedAt) / 6)
    return expiresAt.advanced(by: .zero - margin)
  }
}

extension StoredCredential {
  /// Why it is not for this account, and what to do; nil: it is.
  func misfit(_ account: Config.Account) -> String? {
    let connect = "run `hawker connect \(account.name)`"
    guard marketplace == account.marketplace else {
      return
        "account \(account.name) was connected to \(marketplace), and is \(account.marketplace) in hawker.yaml now: \(connect)"
    }
    guard server == account.server else {
      return
        "account \(account.name) was connected to \(server), and hawker.yaml says \(account.server) now: \(connect)"
    }
    if let wanted = account.pageID, let id = grant.id, id != wanted, marketplace == "facebook" {
      let name = grant.name.map { " (\($0.quotable(hiding: [])))" } ?? ""
      return "account \(account.name) is connected to page \(id)\(name), and hawker.yaml says page \(wanted): "
        + "\(connect) for that page, or mend accounts.\(account.name).page_id"
    }
    return nil
  }
}
