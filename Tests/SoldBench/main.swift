// How long a sold thing can still be bought: from a marketplace's notice until the withdrawal has reached the other
// marketplace's server, while a thousand creates are queued there. Everything is real but the marketplace: files, journal
// with its syncs, loop, executor, adapter, libcurl, loopback. `scripts/bench-sold` runs it.
import Executing
import Foundation
import Journaling
import Listings
import Loading
import Logging
import Marketplaces
import OfferUp
import Reconciling

let sales = 100
let queued = 1000
let folder = NSTemporaryDirectory() + "sold-bench-\(getpid())"
let listings = folder + "/listings"
try FileManager.default.createDirectory(atPath: listings, withIntermediateDirectories: true)
let server = try BenchServer()

func write(_ name: String, on accounts: String) throws {
  let text = """
    title: \(name)
    description: Good.
    price: 10.00
    category: chairs
    photos: [https://example.org/\(name).jpg]
    location: { latitude: 45.5, longitude: -122.6 }
    marketplaces: [\(accounts)]

    """
  try text.write(toFile: "\(listings)/\(name).yaml", atomically: true, encoding: .utf8)
}

var config = Config(
  shop: folder, listings: listings, state: folder + "/state",
  accounts: ["first", "second"].map { name in
    var account = Config.Account(name: name, marketplace: "offerup")
    account.apiURL = "http://127.0.0.1:\(server.port)/\(name)"
    return account
  })
config.web.publicURL = "https://shop.example.com"
let journal = try Journal.open(config.state, program: "bench", now: Ambient.system.now)
let accounts = config.accounts.map { account in
  let pace = Pace(requestsPerSecond: 100, ambient: .system)
  let tokens = FixedToken(Secret("bench"), account: account)
  return Executor.Account(
    name: account.name,
    marketplace: OfferUp(
      account: account, tokens: tokens, publicURL: config.web.publicURL, pace: pace, ambient: .system),
    pace: pace, concurrency: config.sync.concurrency)
}
let shop = Shop(
  loaded: LoadedConfig(config: config), options: LoadingOptions(capabilities: ["offerup": OfferUp.capabilities]),
  accounts: accounts, journal: journal, ambient: .system, markFolder: nil)
for number in 0..<sales { try write("sale-\(number)", on: "first, second") }
let reconciler = Reconciler(shop, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }) { .success($0) }
let running = Task { try await reconciler.run() }

func live() -> Int { journal.ledger.records.values.count(where: \.isLive) }
while live() < 2 * sales { try await Task.sleep(for: .milliseconds(50)) }
server.slowDown()
for number in 0..<queued { try write("queued-\(number)", on: "second") }
reconciler.lookAgain("bench")
while server.creates < 2 * sales + 16 { try await Task.sleep(for: .milliseconds(50)) }

var times: [Duration] = []
for number in 0..<sales {
  let ledger = journal.ledger
  guard let sold = ledger[PostKey(listing: "sale-\(number)", account: "first")]?.remoteID,
    let other = ledger[PostKey(listing: "sale-\(number)", account: "second")]?.remoteID
  else { fatalError("sale-\(number) is not live") }
  let start = ContinuousClock.now
  guard await reconciler.take([Notice(marketplace: "offerup", remoteID: sold, event: .sold)]) else {
    fatalError("not recorded")
  }
  while server.withdrawal(of: other) == nil { try await Task.sleep(for: .microseconds(200)) }
  times.append((server.withdrawal(of: other) ?? start) - start)
  try await Task.sleep(for: .milliseconds(30))
}
let sorted = times.sorted()
let waiting = queued - (server.creates - 2 * sales)
@MainActor func milliseconds(_ part: Double) -> String {
  let time = sorted[min(Int(part * Double(sorted.count)), sorted.count - 1)]
  return String(format: "%.1f ms", Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1000)
}
print(
  "sold by notice → withdrawal at the other marketplace: \(sales) sales, \(waiting) of \(queued) creates still queued at "
    + "the end: median \(milliseconds(0.5)), p90 \(milliseconds(0.9)), p99 \(milliseconds(0.99)), most \(milliseconds(1))"
)
try? FileManager.default.removeItem(atPath: folder)
exit(0)
