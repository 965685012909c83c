import Listings
import Marketplaces

extension FrontDoor {
  /// Facebook asks once whether the address is ours.
  func challenge(_ request: WebRequest) -> WebAnswer {
    guard let secret = setting.facebookVerifyToken else {
      return .text(403, "FACEBOOK_VERIFY_TOKEN is not set where hawker runs")
    }
    guard request.query["hub.mode"] == "subscribe", let token = request.query["hub.verify_token"],
      Keys.isEqual(token, secret.revealed), let challenge = request.query["hub.challenge"]
    else { return .text(403, "the verify token is another") }
    // Alone: nothing before it, nothing behind it.
    return WebAnswer(200, type: "text/plain; charset=utf-8", .bytes(Array(challenge.utf8)))
  }

  func take(_ admitted: Admitted, _ body: [UInt8]) async -> WebAnswer {
    let isFacebook = admitted.route == .facebook
    let answer = await take(isFacebook: isFacebook, admitted.request, body)
    instruments.delivered(isFacebook ? "facebook" : "offerup", status: answer.status)
    return answer
  }

  private func take(isFacebook: Bool, _ request: WebRequest, _ body: [UInt8]) async -> WebAnswer {
    let header = request.headers[isFacebook ? "x-hub-signature-256" : "x-offerup-signature"]
    guard let secret = isFacebook ? setting.facebookSecret : setting.offerUpSecret,
      Signature.isGood(header, of: body, by: secret)
    else { return .text(401, "the signature is missing or wrong") }
    guard let notices = isFacebook ? Delivery.facebook(body) : Delivery.offerUp(body) else {
      return .text(400, "the body is not JSON")
    }
    if notices.isEmpty { return .text(200, "nothing in it concerns a post") }
    guard await loop.take(notices) else {
      return .text(503, "it could not be recorded: send it again", headers: ["retry-after": "10"])
    }
    views.forget()
    return .text(200, "recorded")
  }
}
