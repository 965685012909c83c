import Listings

/// A marketplace's own limit: a bucket that holds one second's worth of requests.
struct Allowance: Sendable {
  private let perSecond: Int
  /// In thousandths of a request.
  private var left: Int64
  private var filledAt: Timestamp?

  init(perSecond: Int) {
    // More than a million is no limit to anybody, and can still be counted with.
    self.perSecond = min(max(perSecond, 1), 1_000_000)
    left = Int64(self.perSecond) * 1000
  }

  mutating func take(at now: Timestamp) -> Bool {
    let full = Int64(perSecond) * 1000
    if let filledAt {
      // A clock that jumped back fills nothing; one that jumped ahead fills the bucket once.
      let passed = min(max(now.milliseconds - filledAt.milliseconds, 0), 1000)
      left = min(full, left + passed * Int64(perSecond))
    }
    filledAt = now
    guard left >= 1000 else { return false }
    left -= 1000
    return true
  }

  /// How much of it is used, in percent.
  var usage: Int { 100 - Int(left * 100 / (Int64(perSecond) * 1000)) }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
