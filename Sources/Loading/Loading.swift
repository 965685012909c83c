// Loading: files → wanted listings and problems. In: hawker.yaml, the listings root, the photos that listings refer to,
// what each marketplace supports. Out: `LoadedConfig`, `Wanted`, `Explanation`, the JSON Schemas. It must never write,
// use the network, follow a symbolic link below the root, or take what it could not read for something that is gone.
import Listings

package struct LoadingOptions: Sendable {
  /// By marketplace: `facebook`, `offerup`.
  package var capabilities: [String: Capabilities]
  /// Stands in for `web.public_url`: in the sandbox, hawker's own address.
  package var publicURL: String?
  package var marker: Marker

  package init(capabilities: [String: Capabilities], publicURL: String? = nil, marker: Marker = .ignored) {
    self.capabilities = capabilities
    self.publicURL = publicURL
    self.marker = marker
  }
}

/// What the scan asks of `.hawker` in the listings root.
package enum Marker: Hashable, Sendable {
  /// It isn't looked at: there is a journal, but this command doesn't care.
  case ignored
  /// The journal's lineage must be in it, or the root is not the one that was scanned before.
  case expected(lineage: String)
  /// The journal is new and its root not marked yet: a root without a mark will do, one with another lineage won't.
  case acceptable(lineage: String)
  /// There is no journal: it isn't looked at.
  case none
}
