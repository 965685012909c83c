/// One thing for sale, as its file says it after layering: the wanted state.
package struct Listing: Hashable, Sendable {
  package enum Status: String, CaseIterable, Sendable { case draft, available, reserved, sold }

  /// Permanent; `[a-z0-9][a-z0-9-]{0,63}`.
  package var id: String
  /// Relative to the shop.
  package var file: String
  /// Where its document begins, from 1.
  package var line: Int
  package var status: Status
  /// Whether the file itself says its status. What a default says is no word about this listing.
  package var saysStatus = true
  /// True: never withdrawn because its file went away.
  package var isProtected: Bool
  /// Whether a file says so, its own or defaults that are there. What nobody says any more may be a file that went away.
  package var saysProtection = true
  /// Whether the file itself lists its accounts. A map of them adds to what the defaults name.
  package var saysAccounts = true
  package var quantity: Int
  package var tags: [String]
  /// An immutable field may cost the post its remote id.
  package var allowsReplace: Bool
  /// One for each account that it names, in the order of the accounts' names.
  package var posts: [WantedPost]
  /// What hardly a listing says: together in a box, so that the others needn't carry it from hand to hand.
  @Boxed private var rare: Rare?

  private struct Rare: Hashable, Sendable {
    var movedFrom: String?
    var adopt: [String: String] = [:]
    var hold: String?
    var leavesOut: Set<String> = []

    /// Nil when there is nothing in it, so that equal listings have equal boxes.
    var orNil: Rare? { movedFrom == nil && adopt.isEmpty && hold == nil && leavesOut.isEmpty ? nil : self }
  }

  /// The id that this listing had before, so that its records are re-keyed and nothing is sent.
  package var movedFrom: String? {
    get { rare?.movedFrom }
    set { change { $0.movedFrom = newValue } }
  }

  /// Account → remote id to take over as ours.
  package var adopt: [String: String] {
    get { rare?.adopt ?? [:] }
    set { change { $0.adopt = newValue } }
  }

  /// The seller's reason to leave its posts alone.
  package var hold: String? {
    get { rare?.hold }
    set { change { $0.hold = newValue } }
  }

  /// Accounts that the file itself leaves out, whatever the defaults name.
  package var leavesOut: Set<String> {
    get { rare?.leavesOut ?? [] }
    set { change { $0.leavesOut = newValue } }
  }

  /// Whether it is the file's own word that there is no post on the account.
  package func drops(_ account: String) -> Bool { saysAccounts || leavesOut.contains(account) }

  /// Whether what the journal knows of its protection is what it says, or nobody says anything.
  package func agrees(withProtection recorded: Bool) -> Bool { isProtected == recorded || !saysProtection }

  private mutating func change(_ body: (inout Rare) -> Void) {
    var rare = rare ?? Rare()
    body(&rare)
    self.rare = rare.orNil
  }

  package init(
    id: String, file: String, line: Int = 1, status: Status = .available, isProtected: Bool = false, quantity: Int = 1,
    tags: [String] = [], allowsReplace: Bool = false, movedFrom: String? = nil, adopt: [String: String] = [:],
    hold: String? = nil, posts: [WantedPost] = []
  ) {
    self.id = id
    self.file = file
    self.line = line
    self.status = status
    self.isProtected = isProtected
    self.quantity = quantity
    self.tags = tags
    self.allowsReplace = allowsReplace
    self.posts = posts
    rare = Rare(movedFrom: movedFrom, adopt: adopt, hold: hold).orNil
  }
}

/// A listing as one account would get it. Everything but the account stands in a box that all copies share: a post goes
/// through a plan from hand to hand, and seldom does anybody look into it.
package struct WantedPost: Hashable, Sendable {
  package var account: String
  @usableFromInline var body: Body

  @usableFromInline
  final class Body: Sendable {
    @usableFromInline let content: Content?
    /// Told apart without a look at the content, which is large.
    @usableFromInline let isEmpty: Bool
    /// Nil: those of the content, all of them addresses, which have no path.
    private let files: [Photo]?
    @usableFromInline let origins: Origins

    @usableFromInline
    init(_ content: Content?, _ photos: [Photo], _ origins: Origins) {
      self.content = content
      isEmpty = content == nil
      self.origins = origins
      let references = content?.photos ?? []
      let isContent = photos.count == references.count && zip(photos, references).allSatisfy(Body.isAddress)
      files = isContent ? nil : photos
    }

    private static func isAddress(_ photo: Photo, _ reference: PhotoReference) -> Bool {
      guard case .url = reference else { return false }
      return photo == Photo(reference: reference)
    }

    @usableFromInline var photos: [Photo] { files ?? content?.photos.map { Photo(reference: $0) } ?? [] }
  }

  package init(account: String, content: Content?, photos: [Photo] = [], origins: Origins = [:]) {
    self.account = account
    body = Body(content, photos, origins)
  }

  /// Nil: frozen on this account only (a limit of its marketplace is passed; the problem says which).
  @inlinable package var content: Content? {
    get { body.content }
    set { body = Body(newValue, body.photos, body.origins) }
  }

  /// Whether it has no content. These three copy none: a plan of a new shop asks for nothing else.
  @inlinable package var isFrozen: Bool { body.isEmpty }
  package var title: String? { body.content?.title }
  package var price: Money? { body.content?.price }

  /// The photos of the content, in its order, with the paths to read them from.
  @inlinable package var photos: [Photo] {
    get { body.photos }
    set { body = Body(body.content, newValue, body.origins) }
  }

  /// Where each field's value came from.
  @inlinable package var origins: Origins {
    get { body.origins }
    set { body = Body(body.content, body.photos, newValue) }
  }

  package static func == (left: WantedPost, right: WantedPost) -> Bool {
    guard left.account == right.account else { return false }
    return left.body === right.body
      || (left.content == right.content && left.photos == right.photos && left.origins == right.origins)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(account)
    hasher.combine(content)
    hasher.combine(photos)
    hasher.combine(origins)
  }
}

/// Where a value came from.
package struct Origin: Hashable, Sendable {
  package enum Layer: String, Sendable {
    case builtIn = "built-in"
    /// `defaults` in hawker.yaml.
    case config
    /// A `_defaults.yaml`.
    case directory
    case listing
    /// `marketplaces.<account>` in the listing (or in a layer below it).
    case override
    /// The config's `categories`, or the built-in table of them.
    case mapping
  }

  package var layer: Layer
  /// Relative to the shop; empty for built-in values.
  package var file: String
  package var line: Int

  package init(layer: Layer, file: String = "", line: Int = 0) {
    self.layer = layer
    self.file = file
    self.line = line
  }

  package static let builtIn = Origin(layer: .builtIn)
}

/// Everything that one scan of the listing files found. Unreadable is not absent: what could not be read is frozen.
package struct Wanted: Sendable {
  /// Whether the scan saw the whole root; anything else means that no conclusion may be drawn from what is missing.
  package enum Root: Hashable, Sendable {
    case seen
    /// Missing, unreadable, changed device: the text says which, and what to do.
    case unseen(String)
  }

  package var root: Root
  /// Sorted by id; without the frozen ones.
  package var listings: [Listing]
  /// Ids of listings whose file has an error: their posts stay as they are.
  package var frozenIDs: Set<String>
  /// Files, relative to the shop, with an error: every listing whose last known file is one of them, and that isn't read
  /// from it, stays as it is. A name that ends in `/` stands for everything below that folder.
  package var frozenFiles: Set<String>
  /// Files and folders, relative to the shop, of which nobody can tell what listings they hold: one that is missing
  /// elsewhere may have moved there. A folder's name ends in `/`. Sorted.
  package var unseen: [String] = []
  /// Sorted.
  package var problems: [Problem]
  /// Folders on a disk of their own, relative to the root, without those below them. Sorted.
  package var disks: [String] = []
  /// What git is doing in the enclosing repository, with the file that shows it; nil: nothing.
  package var gitActivity: String?

  package init(
    root: Root = .seen, listings: [Listing] = [], frozenIDs: Set<String> = [], frozenFiles: Set<String> = [],
    problems: [Problem] = []
  ) {
    self.root = root
    self.listings = listings
    self.frozenIDs = frozenIDs
    self.frozenFiles = frozenFiles
    self.problems = problems
  }

  /// Whether the posts of a listing must stay as they are.
  package func freezes(id: String, lastFile: String) -> Bool {
    if frozenIDs.contains(id) { return true }
    guard !frozenFiles.isEmpty, !lastFile.isEmpty else { return false }
    // Of a file with an error, what could be read goes on.
    if frozenFiles.contains(lastFile) { return listing(id)?.file != lastFile }
    var folder = lastFile[...]
    // By bytes: to a String, a slash with a combining mark behind it is another character.
    while let slash = folder.utf8.lastIndex(of: 0x2F) {
      if frozenFiles.contains(String(Substring(folder.utf8[...slash]))) { return true }
      folder = folder[..<slash]
    }
    return frozenFiles.contains("/")
  }
}

extension Wanted {
  /// Where a listing stands: they come sorted by their ids.
  package func index(of id: String) -> Int? {
    var (low, high) = (0, listings.count)
    while low < high {
      let middle = (low + high) / 2
      if listings[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < listings.count && listings[low].id == id ? low : nil
  }

  /// The listing of that id, if it is wanted and not frozen.
  package func listing(_ id: String) -> Listing? { index(of: id).map { listings[$0] } }
}
