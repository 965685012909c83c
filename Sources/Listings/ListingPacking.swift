// A listing as a cache keeps it: every value of it, and no way to tell it from the one that was read from its file.

extension Packer {
  package mutating func listing(_ listing: Listing) {
    text(listing.id)
    text(listing.file)
    number(listing.line)
    text(listing.status.rawValue)
    flag(listing.saysStatus)
    flag(listing.isProtected)
    flag(listing.saysProtection)
    flag(listing.saysAccounts)
    list(listing.leavesOut.sorted()) { $0.text($1) }
    number(listing.quantity)
    list(listing.tags) { $0.text($1) }
    flag(listing.allowsReplace)
    optional(listing.movedFrom)
    list(listing.adopt.sorted { $0.key < $1.key }) { packer, pair in
      packer.text(pair.key)
      packer.text(pair.value)
    }
    optional(listing.hold)
    list(listing.posts) { $0.post($1) }
  }

  private mutating func post(_ post: WantedPost) {
    text(post.account)
    flag(post.content != nil)
    if let content = post.content { self.content(content) }
    list(post.photos) { packer, photo in
      packer.text(photo.reference.description)
      packer.optional(photo.path)
      packer.number(photo.size)
    }
    post.origins.pack(to: &self)
  }

  private mutating func content(_ content: Content) {
    text(content.title)
    text(content.description)
    number(content.price.minor)
    text(content.price.currency.code)
    text(content.category)
    text(content.condition)
    flag(content.location != nil)
    if let location = content.location {
      small(UInt32(bitPattern: location.latitude.e7))
      small(UInt32(bitPattern: location.longitude.e7))
      optional(location.postalCode)
    }
    list(content.photos) { $0.text($1.description) }
  }

  package mutating func problem(_ problem: Problem) {
    flag(problem.severity == .error)
    text(problem.rule)
    text(problem.file)
    number(problem.line)
    number(problem.column)
    text(problem.message)
    optional(problem.listing)
    optional(problem.account)
  }
}

extension Unpacker {
  package mutating func listing() throws(PackDamage) -> Listing {
    var listing = Listing(id: try text(), file: try text(), line: Int(try number()))
    guard let status = Listing.Status(rawValue: try text()) else { throw PackDamage() }
    listing.status = status
    listing.saysStatus = try flag()
    listing.isProtected = try flag()
    listing.saysProtection = try flag()
    listing.saysAccounts = try flag()
    listing.leavesOut = Set(try list { (packed) throws(PackDamage) in try packed.text() })
    listing.quantity = Int(try number())
    listing.tags = try list { (packed) throws(PackDamage) in try packed.text() }
    listing.allowsReplace = try flag()
    listing.movedFrom = try optionalText()
    for _ in 0..<(try count()) {
      let account = try text()
      listing.adopt[account] = try text()
    }
    listing.hold = try optionalText()
    listing.posts = try list { (packed) throws(PackDamage) in try packed.post() }
    return listing
  }

  private mutating func post() throws(PackDamage) -> WantedPost {
    let account = try text()
    let content = try flag() ? try self.content() : nil
    let photos = try list { (packed) throws(PackDamage) in
      let reference = try packed.reference()
      return Photo(reference: reference, path: try packed.optionalText(), size: Int(try packed.number()))
    }
    return WantedPost(account: account, content: content, photos: photos, origins: try Origins(from: &self))
  }

  private mutating func content() throws(PackDamage) -> Content {
    let (title, description, minor) = (try text(), try text(), try number())
    guard minor >= 0, let currency = Currency(code: try text()) else { throw PackDamage() }
    var content = Content(
      title: title, description: description, price: Money(minor: minor, currency: currency), category: try text(),
      condition: try text())
    if try flag() {
      let latitude = Coordinate(e7: Int32(bitPattern: try small()))
      let longitude = Coordinate(e7: Int32(bitPattern: try small()))
      content.location = Location(latitude: latitude, longitude: longitude, postalCode: try optionalText())
    }
    content.photos = try list { (packed) throws(PackDamage) in try packed.reference() }
    return content
  }

  private mutating func reference() throws(PackDamage) -> PhotoReference {
    guard let reference = PhotoReference(try text()) else { throw PackDamage() }
    return reference
  }

  package mutating func problem() throws(PackDamage) -> Problem {
    Problem(
      try flag() ? .error : .warning, rule: try text(), file: try text(), line: Int(try number()),
      column: Int(try number()), message: try text(), listing: try optionalText(), account: try optionalText())
  }
}
