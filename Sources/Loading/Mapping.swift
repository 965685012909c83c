import Listings

/// A post's values in its marketplace's words and within its limits.
extension Resolver {
  /// `mark`: where the listing begins, for what no line says.
  mutating func post(_ fields: Fields, on account: AccountContext, _ mark: Mark) -> WantedPost {
    var origins = origins(fields, takesLocation: account.capabilities?.takesLocation ?? true)
    guard let capabilities = account.capabilities, let title = fields.title, let description = fields.description,
      let price = fields.price, let category = fields.category
    else { return WantedPost(account: account.name, content: nil, origins: origins) }
    let before = postErrors
    check(title, description, price, capabilities, account.name)
    checkPhotos(fields.photos, capabilities, account.name, mark)
    let condition = mapped(fields.condition, capabilities, account.name, mark)
    let word = mapped(category, account, &origins)
    var location = fields.location?.value
    if capabilities.requiresLocation, location == nil {
      note(
        .locationRequired, fields.location?.mark ?? mark,
        "\(capabilities.marketplace) wants a location; add location: { latitude: …, longitude: … } here or in defaults",
        account: account.name)
    }
    if !capabilities.takesLocation { location = nil }
    if postErrors > before { return WantedPost(account: account.name, content: nil, origins: origins) }
    let content = Content(
      title: title.value, description: description.value, price: price.value, category: word, condition: condition,
      location: location, photos: fields.references)
    checkSize(content, fields, account.name)
    if postErrors > before { return WantedPost(account: account.name, content: nil, origins: origins) }
    return WantedPost(account: account.name, content: content, photos: fields.photos?.value ?? [], origins: origins)
  }

  private func origins(_ fields: Fields, takesLocation: Bool) -> Origins {
    var origins = Origins(sharing: files)
    if let found = fields.title { origins[.title] = origin(found) }
    if let found = fields.description { origins[.description] = origin(found) }
    if let found = fields.price { origins[.price] = origin(found) }
    if let found = fields.category { origins[.category] = origin(found) }
    if let found = fields.condition { origins[.condition] = origin(found) }
    if takesLocation, let found = fields.location { origins[.location] = origin(found) }
    if let found = fields.photos { origins[.photos] = origin(found) }
    return origins
  }

  // MARK: Words

  private mutating func mapped(
    _ condition: Found<Condition>?, _ capabilities: Capabilities, _ account: String, _ mark: Mark
  ) -> String {
    let value = condition?.value ?? .good
    if let word = capabilities.conditions[value] { return word }
    note(
      .conditionUnmapped, condition?.mark ?? mark,
      "\(capabilities.marketplace) has no word for the condition \(value.rawValue); write another one under marketplaces.\(account)",
      account: account)
    return ""
  }

  /// An override is the marketplace's own word already.
  private mutating func mapped(
    _ category: Found<String>, _ account: AccountContext, _ origins: inout Origins
  ) -> String {
    if category.isOverride { return category.value }
    if let target = account.categories[category.value] {
      origins[.category] = target.origin
      return target.word
    }
    let hint = account.hint(for: category.value)
    let word = Interpreter.shown(category.value)
    note(
      .categoryUnmapped, category.mark,
      "category \(word) has no word for \(account.marketplace) and is sent as it is; add "
        + "\(word): { \(account.marketplace): WORD } to categories in hawker.yaml\(hint)",
      severity: .warning, account: account.name)
    return category.value
  }

  // MARK: Limits

  private mutating func check(
    _ title: Found<String>, _ description: Found<String>, _ price: Found<Money>, _ capabilities: Capabilities,
    _ account: String
  ) {
    let name = capabilities.marketplace
    if let count = Resolver.excess(title.value, capabilities.titleLimit) {
      note(
        .titleLength, title.mark,
        "the title has \(count) characters, and \(name) takes \(capabilities.titleLimit); shorten it here or under marketplaces.\(account)",
        account: account)
    }
    if let count = Resolver.excess(description.value, capabilities.descriptionLimit) {
      note(
        .descriptionLength, description.mark,
        "the description has \(count) characters, and \(name) takes \(capabilities.descriptionLimit); shorten it here or under marketplaces.\(account)",
        account: account)
    }
    let contacts = capabilities.discouragesContacts ? Contacts.all(in: description.value) : []
    if let last = contacts.last {
      let others = contacts.dropLast().joined(separator: ", ")
      note(
        .descriptionContacts, description.mark,
        "the description has \(others.isEmpty ? last : "\(others) and \(last)"), which \(name) may take down; leave it out",
        severity: .warning, account: account)
    }
    if let currencies = capabilities.currencies, !currencies.contains(price.value.currency.code) {
      note(
        .priceCurrency, price.mark,
        "\(name) takes prices in \(currencies.sorted().joined(separator: ", ")), not in \(price.value.currency); "
          + "write a price for it under marketplaces.\(account)",
        account: account)
    }
  }

  /// What can't be recorded must not be sent. Told where the longest part is.
  private mutating func checkSize(_ content: Content, _ fields: Fields, _ account: String) {
    guard let size = content.excess(with: file) else { return }
    let addresses = fields.references.reduce(0) { $0 + $1.description.utf8.count }
    let parts = [
      ("title", content.title.utf8.count, fields.title?.mark),
      ("description", content.description.utf8.count, fields.description?.mark),
      ("category", content.category.utf8.count, fields.category?.mark), ("photos", addresses, fields.photos?.mark),
    ]
    guard case (let part, _, let mark?)? = parts.max(by: { $0.1 < $1.1 }) else { return }
    note(
      .size, mark,
      "the post takes \(size) bytes in the journal, and \(Content.recordLimit) are the most; shorten its \(part)",
      account: account)
  }

  /// In Unicode scalars, as marketplaces count; nil when within the limit. The bytes alone settle nearly every case.
  private static func excess(_ text: String, _ limit: Int) -> Int? {
    guard text.utf8.count > limit else { return nil }
    let count = text.unicodeScalars.count
    return count > limit ? count : nil
  }

  private mutating func checkPhotos(
    _ found: Found<[Photo]>?, _ capabilities: Capabilities, _ account: String, _ mark: Mark
  ) {
    let photos = found?.value ?? []
    let mark = found?.mark ?? mark
    let name = capabilities.marketplace
    if !capabilities.photoCount.contains(photos.count) {
      let range = capabilities.photoCount
      note(
        .photoCount, mark,
        "there \(photos.count == 1 ? "is 1 photo" : "are \(photos.count) photos"), and \(name) takes \(range.lowerBound) to \(range.upperBound)",
        account: account)
    }
    for photo in photos {
      guard case .file(_, let format) = photo.reference, let path = photo.path else { continue }
      let file = Paths.last(path)
      if capabilities.photoTransport == .address, surroundings.publicURL == nil {
        // A draft has time until it is to be seen: a new shop's checks are green.
        note(
          .photoPublicURL, mark,
          "\(name) takes photos by address only, and hawker can serve \(file) only when web.public_url is set in hawker.yaml",
          severity: isDraft ? .warning : .error, account: account)
        break
      }
      if photo.size > capabilities.photoSize {
        note(
          .photoSize, mark,
          "\(file) has \(photo.size) bytes, and \(name) takes \(capabilities.photoSize); make it smaller",
          account: account)
      }
      if !capabilities.photoFormats.contains(format) {
        let formats = capabilities.photoFormats.map { "\($0)".uppercased() }.sorted().joined(separator: ", ")
        note(
          .photoFormat, mark, "\(file) is \("\(format)".uppercased()), and \(name) takes \(formats)", account: account)
      }
    }
  }
}
