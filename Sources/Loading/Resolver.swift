import Listings

/// Puts one draft on its layers: a listing as each of its accounts would get it, and what is wrong with that.
struct Resolver {
  let surroundings: Surroundings
  let sources: [Source]
  /// The draft's file, relative to the shop.
  let file: String
  /// `file` alone: what the origins of all its posts share.
  let files: [String]
  /// The file's folder, relative to the listings root.
  let folder: String
  /// Asked for the photos.
  let shelf: SharedShelf
  private(set) var problems: [Problem] = []
  /// How many errors of whole listings there were, with those that are not told any more.
  private var errors = 0
  /// The same for those of one account's post.
  private(set) var postErrors = 0
  var references: [PhotoUse] = []
  /// Not to be seen yet.
  private(set) var isDraft = false
  /// How many names the file's patterns were held against.
  var glances = 0

  init(_ loading: FileLoading, file: String, folder: String) {
    surroundings = loading.surroundings
    sources = loading.sources
    shelf = loading.shelf
    self.file = file
    self.folder = folder
    files = [file]
  }

  /// A text under `photos`, and the folder that it starts from.
  struct PhotoUse: Hashable {
    var text: String
    var folder: String
  }

  /// A value with where it was written.
  struct Found<Wrapped> {
    var value: Wrapped
    var mark: Mark
    var isOverride = false
  }

  /// The values of one post before the marketplace's words are put in.
  struct Fields {
    var title: Found<String>?
    var description: Found<String>?
    var price: Found<Money>?
    var category: Found<String>?
    var condition: Found<Condition>?
    var location: Found<Location>?
    var photos: Found<[Photo]>? {
      didSet { references = photos?.value.map(\.reference) ?? [] }
    }
    /// Made once, and shared by all posts that have these photos.
    private(set) var references: [PhotoReference] = []
    /// A value that is there but can't be used; it was told.
    var isSpoilt = false
  }

  /// Nil when the listing has an error, or no id: then it is only looked at.
  mutating func resolve(_ draft: Draft, id: String?, on base: Foundation) -> Listing? {
    let stack = LayerStack(own: draft.entries, below: base.entries)
    let (firstProblem, errorsBefore) = (problems.count, errors)
    let common = fields(stack)
    var listing = Listing(id: id ?? "", file: file, line: Int(draft.mark.line))
    fill(&listing, stack)
    isDraft = listing.status == .draft
    var isComplete = true
    let selections = known(stack.accounts)
    for (selection, account) in selections {
      guard selection.isEnabled, account.isEnabled else { continue }
      let fields = overridden(common, by: selection, stack)
      guard isWhole(fields, stack, draft.mark, tells: isComplete) else {
        isComplete = false
        continue
      }
      listing.posts.append(post(fields, on: account, draft.mark))
    }
    if selections.isEmpty { isComplete = isWhole(common, stack, draft.mark, tells: true) }
    if listing.posts.count > 1 { listing.posts.sort { $0.account < $1.account } }
    for index in firstProblem..<problems.count { problems[index].listing = id }
    return id == nil || draft.hasErrors || !isComplete || errors > errorsBefore ? nil : listing
  }

  private mutating func fill(_ listing: inout Listing, _ stack: LayerStack) {
    if let entry = stack.find(.status), case .text(let text) = entry.value {
      listing.status = Listing.Status(rawValue: text) ?? .available
      listing.saysStatus = entry.mark.source == Source.own
    }
    if case .flag(let flag)? = stack.find(.protect)?.value { listing.isProtected = flag }
    listing.saysProtection = stack.isSaid(.protect)
    (listing.saysAccounts, listing.leavesOut) = stack.ownAccounts
    if case .integer(let count)? = stack.find(.quantity)?.value { listing.quantity = count }
    if case .list(let tags)? = stack.find(.tags)?.value { listing.tags = tags.map(\.text) }
    if case .text? = stack.find(.replace)?.value { listing.allowsReplace = true }
    if case .text(let reason)? = stack.find(.hold)?.value { listing.hold = reason }
    if let entry = stack.find(.movedFrom), case .text(let old) = entry.value {
      listing.movedFrom = old
      if old == listing.id {
        note(.movedFrom, entry.mark, "moved_from is this listing's own id; write the id it had before")
      }
    }
    if case .named(let named)? = stack.find(.adopt)?.value {
      for entry in named {
        guard case .text(let remote) = entry.value else { continue }
        requireAccount(entry.name, entry.mark)
        listing.adopt[entry.name] = remote
      }
    }
  }

  // MARK: Accounts

  private mutating func known(
    _ selections: [LayerStack.Selection]
  ) -> [(LayerStack.Selection, AccountContext)] {
    var result: [(LayerStack.Selection, AccountContext)] = []
    result.reserveCapacity(selections.count)
    for selection in selections {
      if let account = surroundings.account(selection.name) {
        result.append((selection, account))
      } else {
        requireAccount(selection.name, selection.mark)
      }
    }
    return result
  }

  private mutating func requireAccount(_ name: String, _ mark: Mark) {
    let names = surroundings.accounts.map(\.name)
    guard !names.contains(name) else { return }
    let hint = Suggestion.text(for: name, among: names)
    let list = names.isEmpty ? "there are none" : "there are \(names.joined(separator: ", "))"
    note(
      .accountUnknown, mark, "hawker.yaml has no account \(Interpreter.shown(name))\(hint.isEmpty ? "; \(list)" : hint)"
    )
  }

  // MARK: Values

  private mutating func fields(_ stack: LayerStack) -> Fields {
    var fields = Fields()
    fields.title = Resolver.text(stack.find(.title))
    fields.description = Resolver.text(stack.find(.description))
    fields.category = Resolver.text(stack.find(.category))
    fields.condition = Resolver.condition(stack.find(.condition))
    if let price = stack.find(.price) {
      fields.price = money(price, currency: stack.find(.currency), fallback: nil)
      if fields.price == nil { fields.isSpoilt = true }
    }
    fields.location = location([stack.own, stack.below], isOverride: false, &fields.isSpoilt)
    // What was told to be unusable is not told again as missing, or as past a limit.
    let weighty: [ListingKey] = [.price, .currency, .location, .photos]
    if stack.own.hasInvalid, weighty.contains(where: { stack.isSpoilt($0) }) { fields.isSpoilt = true }
    if let photos = stack.find(.photos) { fields.photos = expand(photos, &fields.isSpoilt) }
    return fields
  }

  private mutating func overridden(
    _ common: Fields, by selection: LayerStack.Selection, _ stack: LayerStack
  ) -> Fields {
    guard !selection.isEmpty || selection.own.hasInvalid else { return common }
    var fields = common
    if selection.own.hasInvalid { fields.isSpoilt = true }
    if let entry = selection.find(.title) { fields.title = Resolver.text(entry)?.overriding }
    if let entry = selection.find(.description) { fields.description = Resolver.text(entry)?.overriding }
    if let entry = selection.find(.category) { fields.category = Resolver.text(entry)?.overriding }
    if let entry = selection.find(.condition) { fields.condition = Resolver.condition(entry)?.overriding }
    let currency = selection.find(.currency)
    if let entry = selection.find(.price) ?? (currency == nil ? nil : stack.find(.price)) {
      fields.price = money(entry, currency: currency, fallback: common.price?.value.currency)?.overriding
      if fields.price == nil, entry.value != .null { fields.isSpoilt = true }
    }
    if selection.find(.location) != nil {
      fields.location =
        location([selection.own, selection.below, stack.own, stack.below], isOverride: true, &fields.isSpoilt)?
        .overriding
    }
    if let entry = selection.find(.photos) { fields.photos = expand(entry, &fields.isSpoilt)?.overriding }
    return fields
  }

  private static func text(_ entry: Entry?) -> Found<String>? {
    guard let entry, case .text(let text) = entry.value else { return nil }
    return Found(value: text, mark: entry.mark)
  }

  private static func condition(_ entry: Entry?) -> Found<Condition>? {
    guard let entry, case .text(let text) = entry.value, let condition = Condition(rawValue: text) else { return nil }
    return Found(value: condition, mark: entry.mark)
  }

  /// `fallback` is the listing's own currency, for an override that says an amount alone.
  private mutating func money(_ price: Entry, currency entry: Entry?, fallback: Currency?) -> Found<Money>? {
    guard case .amount(let amount) = price.value else { return nil }
    var currency = fallback ?? .usd
    if let entry, case .text(let code) = entry.value, let named = Currency(code: code) {
      currency = named
      if let written = amount.currency, written != named, entry.mark.source == price.mark.source {
        note(
          .currencyConflict, price.mark,
          "the price is in \(written) and currency says \(named); write only one of them")
        return nil
      }
    }
    do throws(Amount.Mismatch) {
      return Found(value: try amount.money(in: currency), mark: price.mark)
    } catch {
      let unit = amount.currency ?? currency
      switch error {
      case .tooManyDecimals(let allowed):
        let most = allowed == 0 ? "none; write a whole number" : "\(allowed); write at most \(allowed)"
        note(.priceScale, price.mark, "the price has \(amount.decimals) decimals, and \(unit) has \(most)")
      case .tooLarge, .otherCurrency:
        note(.priceRange, price.mark, "the price is too large; look for a missing decimal point")
      }
      return nil
    }
  }

  // MARK: Location

  /// `layers` from the top down; maps merge, and a null cuts off what is below it.
  private mutating func location(
    _ layers: [Entries], isOverride: Bool, _ isSpoilt: inout Bool
  ) -> Found<Location>? {
    var parts: (latitude: Entry?, longitude: Entry?, postalCode: Entry?)
    var top: Mark?
    for layer in layers {
      guard let entry = layer.find(.location) else { continue }
      guard case .map(let map) = entry.value else { break }
      if top == nil { top = entry.mark }
      if map.hasInvalid {
        isSpoilt = true
        return nil
      }
      parts.latitude = parts.latitude ?? map.find(.latitude)
      parts.longitude = parts.longitude ?? map.find(.longitude)
      parts.postalCode = parts.postalCode ?? map.find(.postalCode)
    }
    guard let top else { return nil }
    var values: (Coordinate?, Coordinate?) = (nil, nil)
    if case .coordinate(let value) = parts.latitude?.value { values.0 = value }
    if case .coordinate(let value) = parts.longitude?.value { values.1 = value }
    guard let latitude = values.0, let longitude = values.1 else {
      if values.0 != nil || values.1 != nil {
        isSpoilt = true
        let missing = values.0 == nil ? "latitude" : "longitude"
        note(.locationIncomplete, top, "the location has no \(missing); write latitude and longitude")
      }
      return nil
    }
    var postalCode: String?
    if case .text(let text) = parts.postalCode?.value { postalCode = text }
    return Found(value: Location(latitude: latitude, longitude: longitude, postalCode: postalCode), mark: top)
  }

  // MARK: Completeness

  private mutating func isWhole(_ fields: Fields, _ stack: LayerStack, _ mark: Mark, tells: Bool) -> Bool {
    var missing: [String] = []
    if fields.title == nil, !stack.isSpoilt(.title) { missing.append("title") }
    if fields.description == nil, !stack.isSpoilt(.description) { missing.append("description") }
    if fields.price == nil, !fields.isSpoilt, !stack.isSpoilt(.price) { missing.append("price") }
    if fields.category == nil, !stack.isSpoilt(.category) { missing.append("category") }
    if tells, !missing.isEmpty {
      note(.missing, mark, "the listing has no \(missing.joined(separator: ", no ")); add \(missing[0]): …")
    }
    return missing.isEmpty && fields.title != nil && fields.description != nil && fields.price != nil
      && fields.category != nil && !fields.isSpoilt
  }

  // MARK: Notes

  mutating func note(
    _ rule: Rule, _ mark: Mark, _ message: String, severity: Problem.Severity = .error, account: String? = nil
  ) {
    // What isn't told counts all the same: the listing has an error.
    if severity == .error, account == nil { errors += 1 } else if severity == .error { postErrors += 1 }
    guard problems.count <= Interpreter.problemLimit else { return }
    let isLast = problems.count == Interpreter.problemLimit
    let place = mark.source == Source.own ? file : sources[Int(mark.source)].file
    problems.append(
      Problem(
        isLast ? .error : severity, rule: isLast ? Rule.yamlTooMany.rawValue : rule.rawValue,
        file: place.isEmpty ? file : place, line: Int(mark.line), column: Int(mark.column),
        message: isLast ? Interpreter.more : message, account: account))
  }

  func origin<Wrapped>(_ found: Found<Wrapped>) -> Origin {
    if found.mark.source == Source.own {
      return Origin(layer: found.isOverride ? .override : .listing, file: file, line: Int(found.mark.line))
    }
    let source = sources[Int(found.mark.source)]
    return Origin(
      layer: found.isOverride ? .override : source.layer, file: source.file, line: Int(found.mark.line))
  }
}

extension Resolver.Found {
  var overriding: Self { Resolver.Found(value: value, mark: mark, isOverride: true) }
}
