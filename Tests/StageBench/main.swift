// How long each stage of a plan takes by itself, and a request: `stage-bench SHOP ROUNDS [URL]`, in the folder SHOP with its
// hawker.yaml and listings. URL: a server that answers any POST. Each line is `name: median in µs for each listing (or
// request)`. `Tests/Bench/stages.py` runs it.
import Curl
import Diffing
import Facebook
import Glibc
import Listings
import Loading
import OfferUp
import Planning

guard CommandLine.arguments.count >= 3, let rounds = Int(CommandLine.arguments[2]), rounds > 0 else {
  fatalError("stage-bench SHOP ROUNDS [URL]")
}
let shop = CommandLine.arguments[1]
let loaded = ConfigReader.read(file: shop + "/hawker.yaml", folder: shop)
let capabilities = [
  Facebook.capabilities.marketplace: Facebook.capabilities, OfferUp.capabilities.marketplace: OfferUp.capabilities,
]
let options = LoadingOptions(capabilities: capabilities, publicURL: "http://127.0.0.1")

/// Prints the median over the rounds, each of `count` operations.
func measure(_ name: String, _ count: Int, _ body: () async throws -> Void) async rethrows {
  var times: [Duration] = []
  for _ in 0..<rounds {
    let start = ContinuousClock.now
    try await body()
    times.append(ContinuousClock.now - start)
  }
  let median = times.sorted()[rounds / 2]
  let nanoseconds = median.components.seconds * 1_000_000_000 + median.components.attoseconds / 1_000_000_000
  print("\(name): \(Double(nanoseconds / Int64(max(count, 1))) / 1000)")
}

func input(_ wanted: Wanted, _ records: [PostKey: Record]) -> PlanInput {
  PlanInput(
    wanted: wanted, records: records, config: loaded.config, capabilities: capabilities,
    now: Timestamp(milliseconds: 1_790_000_000_000), lineage: "bench", sequence: 1)
}

var warm = Loader(loaded, options: options)
let wanted = warm.scan()
let count = wanted.listings.count
guard count > 0 else { fatalError("\(shop) has no valid listing") }

await measure("loader, one core", count) {
  var loader = Loader(loaded, options: options)
  _ = loader.scan()
}
await measure("loader, all cores", count) {
  var loader = Loader(loaded, options: options)
  _ = await loader.scanConcurrently()
}
await measure("loader, nothing changed", count) { _ = warm.scan() }

/// As if each wanted post had been made.
var records: [PostKey: Record] = [:]
for listing in wanted.listings {
  for post in listing.posts {
    let key = PostKey(listing: listing.id, account: post.account)
    records[key] = Record(
      key: key, marketplace: "offerup", state: .live, remoteID: key.description, content: post.content,
      file: listing.file)
  }
}
await measure("differ, all the same", count) {
  var differing = 0
  let comparison = Comparison(wanted: wanted, records: records, accounts: loaded.config.accounts)
  comparison.forEach(in: comparison.parts(1, least: 1)[0]) { difference in
    if case .offered(let post) = difference.want, post.content != difference.record?.content { differing += 1 }
  }
  if differing != 0 { fatalError("\(differing) posts differ from themselves") }
}
await measure("planner, all to be made", count) { _ = Planner.plan(input(wanted, [:])) }
await measure("planner, nothing to do", count) { _ = Planner.plan(input(wanted, records)) }
let plan = Planner.plan(input(wanted, [:]))
await measure("plan as text", count) { _ = PlanText().render(plan) }
await measure("plan as JSON", count) { _ = PlanJSON.render(plan, hawker: "bench") }

if CommandLine.arguments.count > 3 {
  let url = CommandLine.arguments[3]
  let body = [UInt8](repeating: 0x78, count: 600)
  func send(_ count: Int) async throws {
    for _ in 0..<count {
      let answer = try await Client.shared.send(Request(.post, url, body: .bytes(body)))
      guard answer.status == 200 else { fatalError("\(url) answered \(answer.status)") }
    }
  }
  try await measure("request, one at a time", 1000) { try await send(1000) }
  try await measure("request, 16 in flight", 16_000) {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 { group.addTask { try await send(1000) } }
      try await group.waitForAll()
    }
  }
}
