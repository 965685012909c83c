import Facebook
import Listings
import Marketplaces
import OfferUp
import Sandbox

/// The applications by which the marketplaces know this hawker: from the environment, or as files in
/// `$CREDENTIALS_DIRECTORY`.
enum Applications {
  private static func names(_ account: Config.Account) -> (id: String, secret: String) {
    account.marketplace == Facebook.capabilities.marketplace
      ? ("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET") : ("OFFERUP_CLIENT_ID", "OFFERUP_CLIENT_SECRET")
  }

  static func of(_ account: Config.Account, sandbox: SandboxAddress?) -> Application? {
    let isFacebook = account.marketplace == Facebook.capabilities.marketplace
    if sandbox != nil {
      return isFacebook
        ? Application(id: SandboxCredentials.facebookAppID, secret: Secret(SandboxCredentials.facebookAppSecret))
        : Application(id: SandboxCredentials.offerUpClientID, secret: Secret(SandboxCredentials.offerUpClientSecret))
    }
    let names = names(account)
    guard let id = Credentials[names.id], let secret = Credentials[names.secret] else { return nil }
    return Application(id: id, secret: Secret(secret))
  }

  static func authority(
    of account: Config.Account, sandbox: SandboxAddress?, pace: Pace
  ) -> (any Authority)? {
    guard let application = of(account, sandbox: sandbox) else { return nil }
    if account.marketplace == Facebook.capabilities.marketplace {
      return FacebookLogin(account: account, application: application, pace: pace, ambient: .system)
    }
    return OfferUpLogin(account: account, application: application, pace: pace, ambient: .system)
  }

  /// What to set, and where it comes from.
  static func missing(_ account: Config.Account) -> String {
    let names = names(account)
    return "set \(names.id) and \(names.secret) (docs/connect-\(account.marketplace).md says where they come from)"
  }
}
