import Glibc
import Listings

/// How a sandbox behaves. The defaults: any free port, no faults, everything in memory.
package struct SandboxOptions: Sendable {
  /// 0: any free one.
  package var port: Int
  /// Added to each answer of a marketplace.
  package var latency: Duration
  package var faults: [Fault]
  /// Only the brief's bare contract: no reads, no references, no idempotency keys (marketplaces.md, rows marked ext.).
  package var isBare: Bool
  /// How long a new listing stays out of look-ups and lists.
  package var visibilityDelay: Duration
  /// For each marketplace; nil: no limit, and no usage headers.
  package var requestsPerSecond: Int?
  /// Where listings and photos are kept; nil: in memory.
  package var directory: String?
  /// Finds a photo that hawker would serve under `web.public_url`: `<hex>.<ext>` → its path.
  package var photoFile: (@Sendable (String) -> String?)?
  /// The same seed and requests give the same faults.
  package var seed: UInt64
  /// False: a line for each request on standard error.
  package var quiet: Bool
  /// The marketplaces' clock.
  package var now: @Sendable () -> Timestamp
  /// What the fault `slow` adds.
  package var slowness: Duration
  /// How long an access token of OfferUp's is good.
  package var tokenLifetime: Duration = .seconds(3600)
  /// No page of Facebook's list of Pages has more rows.
  package var listLimit = 100
  /// Whether Facebook wants `appsecret_proof` with each call.
  package var requiresProof = false

  package init(
    port: Int = 0, latency: Duration = .zero, faults: [Fault] = [], isBare: Bool = false,
    visibilityDelay: Duration = .zero, requestsPerSecond: Int? = nil, directory: String? = nil,
    photoFile: (@Sendable (String) -> String?)? = nil, seed: UInt64 = 1, quiet: Bool = true,
    now: @escaping @Sendable () -> Timestamp = SandboxOptions.systemTime, slowness: Duration = .seconds(2)
  ) {
    self.port = port
    self.latency = latency
    self.faults = faults
    self.isBare = isBare
    self.visibilityDelay = visibilityDelay
    self.requestsPerSecond = requestsPerSecond
    self.directory = directory
    self.photoFile = photoFile
    self.seed = seed
    self.quiet = quiet
    self.now = now
    self.slowness = slowness
  }

  package static let systemTime: @Sendable () -> Timestamp = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }
}
