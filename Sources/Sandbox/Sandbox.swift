// Sandbox: Facebook and OfferUp, emulated on loopback, strictly by the wire contract that hawker was built to.
// In: HTTP requests, faults to inject, edits that a seller might make by hand. Out: answers, a log of requests, a page
// that shows what buyers would see. It must never share code with the adapters (neither may hide the other's mistakes),
// listen beyond loopback, or answer before the effect is written down.
//
// Stricter than the real ones on purpose: an unknown parameter of a write is refused here, where Facebook would ignore
// it and make something else than was asked for.

/// Where a running sandbox is, and the credentials that it knows. All of them are fixed and worth nothing elsewhere.
package struct SandboxAddress: Sendable, Hashable {
  package let host: String
  package let port: Int

  package init(host: String = "127.0.0.1", port: Int) {
    self.host = host
    self.port = port
  }

  /// Stands in for `web.public_url`: photos are at `/photos/{digest}.{ext}` below it.
  package var photosURL: String { "http://\(host):\(port)" }
  /// What buyers would see.
  package var page: String { photosURL + "/" }
  /// An account's `graph_url` and, for the OAuth dialog, its `login_url`.
  package var facebookURL: String { photosURL + "/facebook" }
  /// An account's `api_url`.
  package var offerUpURL: String { photosURL + "/offerup/v1" }
  /// An OfferUp account's `login_url`.
  package var offerUpLoginURL: String { photosURL + "/offerup" }

  package var userToken: String { SandboxCredentials.userToken }
  package var pageToken: String { SandboxCredentials.pageToken }
  package var pageID: String { SandboxCredentials.pageID }
  package var offerUpToken: String { SandboxCredentials.offerUpToken }
}

/// The accounts and applications that every sandbox knows.
package enum SandboxCredentials {
  package static let userID = "20001"
  package static let userToken = "sandbox-user-token"
  package static let pageID = "10001"
  package static let pageToken = "sandbox-page-token"
  /// A Page without the right to post.
  package static let foreignPageID = "10003"
  package static let foreignPageToken = "sandbox-page-token-10003"
  package static let offerUpToken = "sandbox-offerup-token"
  package static let offerUpUserID = "30001"
  package static let businessID = "700001"

  package static let facebookAppID = "900001"
  package static let facebookAppSecret = "sandbox-app-secret"
  package static let offerUpClientID = "sandbox-client"
  package static let offerUpClientSecret = "sandbox-client-secret"

  /// Facebook tokens that were good once, each with the error subcode that tells why it no longer is.
  package static let deadTokens: [String: Int] = [
    "sandbox-app-removed-token": 458, "sandbox-checkpoint-token": 459, "sandbox-password-changed-token": 460,
    "sandbox-expired-token": 463, "sandbox-unconfirmed-token": 464, "sandbox-invalid-token": 467,
  ]
}

/// Why a sandbox could not be made or started.
package enum SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
  case invalidFault(String, why: String)
  case cannotListen(port: Int, why: String)
  case directory(String, why: String)
  case busy(String)
  case damaged(file: String, line: Int)

  package var description: String {
    switch self {
    case .invalidFault(let text, let why):
      "fault ‘\(text)’: \(why). A fault is KIND[@SCOPE][:RATE], as in ‘drop-after@create:5%’. Kinds: "
        + Fault.kinds.joined(separator: ", ") + "."
    case .cannotListen(let port, let why):
      "the sandbox can't listen on 127.0.0.1:\(port): \(why). Stop what uses that port, or choose another."
    case .directory(let path, let why):
      "the sandbox can't use its directory \(path): \(why)."
    case .busy(let path):
      "another sandbox is using \(path). Stop it first, or give this one its own directory."
    case .damaged(let file, let line):
      "\(file), line \(line) is damaged, so the sandbox's listings can't be read. "
        + "Delete that line, or the whole directory to start afresh; no real listing is touched."
    }
  }
}
