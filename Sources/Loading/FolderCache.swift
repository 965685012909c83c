import Listings

/// What is kept of a folder between two scans.
struct FolderCache: Sendable {
  /// Of the layers under its files.
  var print: Digest?
  var defaults: DefaultsCache?
  var files: [String: FileCache] = [:]
}

struct DefaultsCache: Sendable {
  var stamp: Stamp
  var wasFresh: Bool
  /// The generation of what is under it.
  var under: Int
  var foundation: Foundation
  var problems: [Problem]
}

struct FileCache: Sendable {
  var stamp: Stamp
  var wasFresh: Bool
  /// Of the foundation that it was resolved on.
  var generation: Int
  var result: FileResult
  var photos: [Resolver.PhotoUse]
  /// What the photos came to; nil without photos.
  var photoPrint: Digest?
  /// Of the file's bytes, where a cache is going to be made.
  var digest: Digest?
}

/// What one listing file came to.
struct FileResult: Sendable {
  struct Place: Sendable {
    var id: String
    var line: Int
    var column: Int
  }

  var listings: [Listing] = []
  var problems: [Problem] = []
  /// Where each listing's id stands, of those with errors too.
  var places: [Place] = []
  var frozen: [String] = []
  var hidesListings = false
}
