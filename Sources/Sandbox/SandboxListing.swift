import Listings

/// A listing as one emulated marketplace has it.
package struct SandboxListing: Hashable, Sendable {
  /// `facebook` or `offerup`.
  package var marketplace: String
  /// The Page's id on Facebook, `seller` on OfferUp.
  package var account: String
  package var remoteID: String
  /// Facebook's `retailer_id`, OfferUp's `external_id`.
  package var reference: String?
  package var title: String
  package var description: String
  /// In minor units.
  package var price: Int64
  package var currency: String
  package var category: String
  package var condition: String
  package var place: SandboxPlace?
  /// `<hex>.<ext>` for a stored photo, else its address. The first is the cover.
  package var photos: [String]
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var isSold: Bool
  /// False: withdrawn, removed.
  package var isLive: Bool
}

/// Degrees, exactly as they were sent.
package struct SandboxPlace: Hashable, Sendable, CustomStringConvertible {
  package var latitude: String
  package var longitude: String

  package var description: String { "\(latitude), \(longitude)" }
}

/// One request to an emulated marketplace, as the log keeps it.
package struct SandboxRequest: Hashable, Sendable {
  package enum Effect: String, Sendable { case none, created, updated, withdrawn, uploaded }

  /// `facebook` or `offerup`.
  package var marketplace: String
  package var operation: SandboxOperation
  package var method: String
  /// Without the query.
  package var path: String
  /// What was answered; nil when a fault left the request without an answer.
  package var status: Int?
  package var effect: Effect
  /// The faults that struck.
  package var faults: [String]
  package var at: Timestamp
}

/// What a request is for, in hawker's words: what faults are scoped by and requests counted by.
package enum SandboxOperation: String, CaseIterable, Hashable, Sendable {
  case create, update, withdraw, read, list, upload, verify, login, other
}

/// The requests so far: all of them counted, the last ones (10,000) kept.
package struct SandboxRequests: Sendable {
  package static let capacity = 10_000

  package private(set) var counts: [String: [SandboxOperation: Int]] = [:]
  private var ring: [SandboxRequest] = []
  private var oldest = 0

  /// Oldest first.
  package var log: [SandboxRequest] { Array(ring[oldest...] + ring[..<oldest]) }

  package func count(_ marketplace: String, _ operation: SandboxOperation) -> Int {
    counts[marketplace]?[operation] ?? 0
  }

  package var total: Int { counts.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

  mutating func note(_ request: SandboxRequest) {
    counts[request.marketplace, default: [:]][request.operation, default: 0] += 1
    if ring.count < SandboxRequests.capacity {
      ring.append(request)
    } else {
      ring[oldest] = request
      oldest = (oldest + 1) % SandboxRequests.capacity
    }
  }
}
