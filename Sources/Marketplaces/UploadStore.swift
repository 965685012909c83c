import Listings

/// Where the ids of uploaded photos outlive the program, so that a create that a crash cut off goes on without sending
/// its photos again. Only a convenience: what is not remembered is uploaded anew.
package struct UploadStore: Sendable {
  package struct Upload: Hashable, Sendable {
    package var remoteID: String
    package var at: Timestamp

    package init(remoteID: String, at: Timestamp) {
      self.remoteID = remoteID
      self.at = at
    }
  }

  /// By a name that the adapter makes of the place and the photo's digest.
  package var recall: @Sendable (String) -> Upload?
  /// Nil: it is no longer good.
  package var keep: @Sendable (String, Upload?) -> Void

  package init(
    recall: @escaping @Sendable (String) -> Upload?, keep: @escaping @Sendable (String, Upload?) -> Void
  ) {
    self.recall = recall
    self.keep = keep
  }

  /// Forgets everything.
  package static let none = UploadStore(recall: { _ in nil }, keep: { _, _ in })
}
