import Listings

/// A request, once it is known which marketplace it goes to and for what.
enum Call {
  case facebook(FacebookRoute, SandboxOperation)
  case offerUp(OfferUpRoute, SandboxOperation)

  init?(_ request: Request) {
    let segments = request.segments
    switch segments.first {
    case "facebook":
      let route = FacebookRoute(segments.dropFirst())
      self = .facebook(route, route.operation(request.method))
    case "offerup":
      let route = OfferUpRoute(segments.dropFirst())
      self = .offerUp(route, route.operation(request.method))
    default: return nil
    }
  }

  var marketplace: String {
    switch self {
    case .facebook: "facebook"
    case .offerUp: "offerup"
    }
  }

  var operation: SandboxOperation {
    switch self {
    case .facebook(_, let operation), .offerUp(_, let operation): operation
    }
  }

  func decide(_ request: Request, _ desk: Desk) -> Decision {
    switch self {
    case .facebook(let route, _): FacebookDesk.decide(request, route: route, desk: desk)
    case .offerUp(let route, _): OfferUpDesk.decide(request, route: route, desk: desk)
    }
  }

  func throttled(at now: Timestamp) -> Answer {
    switch self {
    case .facebook(let route, _):
      GraphError.throttled.answer(at: now).with("facebook-api-version", route.version)
    case .offerUp: OfferUpError.throttled.answer
    }
  }

  /// An error that has nothing to do with the request.
  func failed(_ status: Int, at now: Timestamp) -> Answer {
    var answer =
      switch self {
      case .facebook:
        GraphError(
          status: status, code: status >= 500 ? 2 : 1, message: "An unexpected error has occurred. Please retry later.",
          isTransient: true
        ).answer(at: now)
      case .offerUp:
        OfferUpError(status: status, code: "sandbox_fault", message: "Something went wrong here.").answer
      }
    if (300..<400).contains(status) { answer.set("Location", "/somewhere-else") }
    if status == 429 { answer.set("Retry-After", "1") }
    return answer
  }

  /// The body is larger than this marketplace takes.
  func tooLarge(at now: Timestamp) -> Answer {
    switch self {
    case .facebook:
      GraphError(status: 413, code: 100, message: "(#100) The request is too large").answer(at: now)
    case .offerUp:
      OfferUpError(status: 413, code: "too_large", message: "The request is too large.").answer
    }
  }

  /// In bytes.
  var bodyLimit: Int {
    if case .facebook(_, .upload) = self { return 12 * 1024 * 1024 }
    return 1024 * 1024
  }
}
