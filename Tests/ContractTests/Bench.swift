import Curl
import Facebook
import Listings
import Marketplaces
import OfferUp
import Support
import Synchronization

/// Adapters that talk to a scripted server, and drafts for them.
struct Bench {
  let server: ScriptedServer
  let time = VirtualTime()
  let pace: Pace

  /// Answers every request with what `answer` says; Facebook's question for the token's owner is answered here.
  init(_ answer: @escaping @Sendable (ScriptedServer.Received) -> ScriptedServer.Answer) {
    server = ScriptedServer(serving: { request in
      request.target.hasPrefix("/v26.0/me?") ? .init(200, #"{"id":"10001","name":"Shop"}"#) : answer(request)
    })
    pace = Pace(requestsPerSecond: 0, ambient: time.ambient)
  }

  func facebook(token: String? = "page-token", pageID: String? = "10001") -> Facebook {
    var account = Config.Account(name: "facebook-anna", marketplace: "facebook")
    account.graphURL = server.url
    account.pageID = pageID
    return Facebook(
      account: account, token: token.map(Secret.init), appSecret: nil, pace: pace, client: Client(),
      ambient: time.ambient)
  }

  func offerUp(
    token: String? = "offerup-token", extensions: Bool = true, publicURL: String? = "https://shop.example/"
  ) -> OfferUp {
    var account = Config.Account(name: "offerup", marketplace: "offerup")
    account.apiURL = server.url + "/v1"
    account.extensions = extensions
    return OfferUp(
      account: account, token: token.map(Secret.init), publicURL: publicURL, pace: pace, client: Client(),
      ambient: time.ambient)
  }

  /// On the machine's own clock, for servers that don't stick to HTTP.
  static func facebook(at url: String) -> Facebook {
    var account = Config.Account(name: "facebook", marketplace: "facebook")
    account.graphURL = url
    account.pageID = "10001"
    return Facebook(
      account: account, token: Secret("t"), appSecret: nil, pace: Pace(requestsPerSecond: 0, ambient: .system),
      client: Client(), ambient: .system)
  }

  /// What reached the server, without the question for the token's owner.
  var requests: [ScriptedServer.Received] { server.received.filter { !$0.target.hasPrefix("/v26.0/me?") } }

  static func draft(
    title: String = "Blue bicycle", description: String = "Rides well.\n“Héllo”", minor: Int64 = 45_000,
    photos: [Photo] = [], reference: String = "bicycle.0123abcd"
  ) -> Draft {
    let place = Location(latitude: Coordinate(e7: 455_898_000), longitude: Coordinate(e7: -1_227_536_000))
    let content = Content(
      title: title, description: description, price: Money(minor: minor, currency: .usd), category: "SPORTING_GOODS",
      condition: "USED", location: place, photos: photos.map(\.reference))
    return Draft(
      listing: "bicycle", op: "0123abcd-op", reference: reference, content: content, photos: photos)
  }

  static func address(_ name: String) -> Photo { Photo(reference: .url("https://img.example/\(name).jpg")) }
}

/// The word that the journal keeps for the failure; "done" without one.
func outcome(_ body: () async throws(MarketplaceFailure) -> Void) async -> String {
  do throws(MarketplaceFailure) { try await body() } catch { return error.code }
  return "done"
}

func failure(_ body: () async throws(MarketplaceFailure) -> Void) async -> MarketplaceFailure? {
  do throws(MarketplaceFailure) { try await body() } catch { return error }
  return nil
}

/// Answers from a list, one after the other; the last one stays.
final class Answers: Sendable {
  private let left: Mutex<[ScriptedServer.Answer]>

  init(_ answers: [ScriptedServer.Answer]) { left = Mutex(answers) }

  func next() -> ScriptedServer.Answer {
    left.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? .init(500) }
  }
}

final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      defer { count += 1 }
      return count
    }
  }
}
