import Curl
import Facebook
import Listings
import Marketplaces
import OfferUp
import Sandbox
import Support
import Synchronization
import Testing

/// Every way to reach a marketplace that the contract must hold for.
enum Subject: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case facebookAsPage, facebookAsUser, offerUp

  var testDescription: String { rawValue }
  var marketplace: String { self == .offerUp ? "offerup" : "facebook" }
  /// The token that the marketplace sees when it is called for a post.
  var token: String {
    self == .offerUp ? SandboxCredentials.offerUpToken : SandboxCredentials.pageToken
  }
}

/// One adapter and the sandbox it talks to.
struct World: Sendable {
  let subject: Subject
  let sandbox: SandboxServer
  let marketplace: any Marketplace
  let pace: Pace
  let clock: Clock

  /// The sandbox's clock, moved by hand.
  final class Clock: Sendable {
    private let time = Mutex(Timestamp(milliseconds: 1_795_000_000_000))

    var now: Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
  }

  /// Runs the test against a sandbox of its own.
  static func with(
    _ subject: Subject, options configure: (inout SandboxOptions) -> Void = { _ in },
    _ body: (World) async throws -> Void
  ) async throws {
    let clock = Clock()
    var options = SandboxOptions(now: { clock.now })
    configure(&options)
    let sandbox = try SandboxServer(options)
    let address = try await sandbox.start()
    let world = World(subject, sandbox, address, clock, isBare: options.isBare)
    do { try await body(world) } catch {
      await sandbox.stop()
      throw error
    }
    await sandbox.stop()
  }

  private init(
    _ subject: Subject, _ sandbox: SandboxServer, _ address: SandboxAddress, _ clock: Clock, isBare: Bool
  ) {
    var ambient = Ambient.system
    ambient.now = { clock.now }
    (self.subject, self.sandbox, self.clock) = (subject, sandbox, clock)
    pace = Pace(requestsPerSecond: 0, ambient: ambient)
    var account = Config.Account(name: subject.marketplace, marketplace: subject.marketplace)
    account.graphURL = address.facebookURL
    account.apiURL = address.offerUpURL
    account.pageID = address.pageID
    account.extensions = !isBare
    switch subject {
    case .facebookAsPage, .facebookAsUser:
      let token = subject == .facebookAsUser ? address.userToken : address.pageToken
      marketplace = Facebook(
        account: account, token: Secret(token), appSecret: nil, pace: pace, client: Client(), ambient: ambient)
    case .offerUp:
      marketplace = OfferUp(
        account: account, token: Secret(address.offerUpToken), publicURL: "https://shop.example", pace: pace,
        client: Client(), ambient: ambient)
    }
  }

  func draft(_ number: Int = 1) -> Draft {
    let isOfferUp = subject == .offerUp
    let place = Location(latitude: Coordinate(e7: 455_898_000), longitude: Coordinate(e7: -1_227_536_000))
    let photos = [Bench.address("a\(number)"), Bench.address("b")]
    let content = Content(
      title: "Thing \(number)", description: "Line one\n\n“Zwölf” 🚲 \(number)",
      price: Money(minor: 1999, currency: .usd), category: isOfferUp ? "sports.bicycles" : "SPORTING_GOODS",
      condition: isOfferUp ? "used" : "USED", location: isOfferUp ? place : nil, photos: photos.map(\.reference))
    return Draft(
      listing: "thing-\(number)", op: "op-\(number)", reference: "thing-\(number).op", content: content, photos: photos)
  }

  /// What the marketplace has, live.
  var live: [SandboxListing] { sandbox.snapshot().filter(\.isLive) }

  func outcome(_ body: () async throws(MarketplaceFailure) -> Void) async -> String {
    do throws(MarketplaceFailure) { try await body() } catch { return error.code }
    return "done"
  }

  func create(_ draft: Draft) async -> String {
    await outcome { () throws(MarketplaceFailure) in _ = try await marketplace.create(draft) }
  }

  static let repeatable: [SandboxOperation] = [.update, .read, .list, .withdraw]

  /// One of the calls that may be repeated.
  func repeatable(_ operation: SandboxOperation, _ remoteID: String) async throws(MarketplaceFailure) {
    switch operation {
    case .update: try await marketplace.update(remoteID, to: draft(2), changed: [.title])
    case .read: _ = try await marketplace.read(remoteID)
    case .list: _ = try await marketplace.list(after: nil)
    case .withdraw: try await marketplace.withdraw(remoteID, urgency: .normal)
    default: preconditionFailure("\(operation) is not repeatable")
    }
  }

  func outcome(of operation: SandboxOperation, _ remoteID: String) async -> String {
    await outcome { () throws(MarketplaceFailure) in try await repeatable(operation, remoteID) }
  }
}
