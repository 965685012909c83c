import Listings

@testable import Loading

/// hawker.yaml, up to the config.
enum ConfigProbe {
  @Sendable static func run(_ bytes: [UInt8]) throws(Finding) {
    guard bytes.count <= FileBuffer.limit else { return }
    let loaded = ConfigReader.read(bytes.span, name: "hawker.yaml", shop: "/shop")
    for problem in loaded.problems { try ListingProbe.check(problem) }
    try require(loaded.problems.count <= Interpreter.problemLimit + 1, "\(loaded.problems.count) problems")
    guard !loaded.hasErrors else { return }
    let config = loaded.config
    let folders = [config.listings, config.state]
    try require(folders.allSatisfy(Paths.isAbsolute), "a folder that is no absolute path")
    try require((0...100).contains(config.guards.withdrawals), "withdrawals \(config.guards.withdrawals)")
    try require(config.sync.concurrency > 0, "concurrency \(config.sync.concurrency)")
    for account in config.accounts {
      try require(account.name == account.name.lowercased() && !account.name.isEmpty, "account \(account.name)")
    }
  }
}
