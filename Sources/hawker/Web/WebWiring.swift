import Listings
import Logging
import Marketplaces
import Sandbox
import Web

/// The web server of a shop that is opened, from its config and the environment.
enum WebWiring {
  /// Nil: it is off. Throws when it would serve strangers.
  static func setting(_ setting: Setting) throws -> WebSetting? {
    let config = setting.config
    guard let listen = config.web.listen.flatMap({ ListenAddress($0) }) else { return nil }
    var web = WebSetting(
      listen: listen, publicURL: config.web.publicURL, token: secret("HAWKER_WEB_TOKEN"), state: config.state,
      version: Version.text)
    web.isSandbox = setting.isSandbox
    web.facebookSecret = secret("FACEBOOK_APP_SECRET") ?? sandboxSecret("facebook", setting)
    web.facebookVerifyToken = secret("FACEBOOK_VERIFY_TOKEN")
    web.offerUpSecret = secret("OFFERUP_CLIENT_SECRET") ?? sandboxSecret("offerup", setting)
    if let refusal = web.refusal { throw Exit(.invalid, refusal) }
    return web
  }

  static func services(
    _ setting: WebSetting?, _ loop: LoopAdapter, _ observation: Observation, _ logger: Logger
  ) -> [WebServer] {
    guard let setting else { return [] }
    return [
      WebServer(
        setting, loop: loop, instruments: observation.instruments, ambient: .system, logger: logger,
        started: { address in Console.note("The dashboard: \(address)") })
    ]
  }

  /// The sandbox's marketplaces know hawker by credentials of their own.
  private static func sandboxSecret(_ marketplace: String, _ setting: Setting) -> Secret? {
    guard setting.isSandbox else { return nil }
    return Secret(
      marketplace == "facebook" ? SandboxCredentials.facebookAppSecret : SandboxCredentials.offerUpClientSecret)
  }

  private static func secret(_ name: String) -> Secret? { Credentials[name].map { Secret($0) } }
}
