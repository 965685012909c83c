#if DEBUG
  import Listings
  import Marketplaces

  /// For tests of builds that are no releases: a marketplace that can't change the fields in `HAWKER_FIXED_FIELDS` (with
  /// commas) in place, as neither of ours is. A change of one is a replace.
  struct FixedFields: Marketplace {
    private let base: any Marketplace
    private let fields: Set<Content.Field>

    static func overlay(_ base: any Marketplace) -> any Marketplace {
      guard let names = Environment["HAWKER_FIXED_FIELDS"] else { return base }
      return FixedFields(
        base: base, fields: Set(names.split(separator: ",").compactMap { Content.Field(rawValue: String($0)) }))
    }

    var capabilities: Capabilities {
      var capabilities = base.capabilities
      capabilities.fixedFields = fields
      return capabilities
    }

    func create(_ draft: Draft) async throws(MarketplaceFailure) -> Posted { try await base.create(draft) }

    func update(
      _ remoteID: String, to draft: Draft, changed: Set<Content.Field>
    ) async throws(MarketplaceFailure) {
      guard changed.isDisjoint(with: fields) else {
        throw .rejected(.init("\(remoteID): this can't be changed in place"))
      }
      try await base.update(remoteID, to: draft, changed: changed)
    }

    func withdraw(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) {
      try await base.withdraw(remoteID, urgency: urgency)
    }

    func read(_ remoteID: String) async throws(MarketplaceFailure) -> RemotePost? { try await base.read(remoteID) }

    func read(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) -> RemotePost? {
      try await base.read(remoteID, urgency: urgency)
    }

    func lookUp(_ draft: Draft, since: Timestamp) async throws(MarketplaceFailure) -> [RemotePost] {
      try await base.lookUp(draft, since: since)
    }

    func list(after cursor: String?) async throws(MarketplaceFailure) -> RemotePage {
      try await base.list(after: cursor)
    }

    func verify() async throws(MarketplaceFailure) -> Identity { try await base.verify() }
  }
#endif
