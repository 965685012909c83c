import Listings

/// Facebook's error envelope. Clients must dispatch on `code`; the status says little, there as here.
struct GraphError: Error, Hashable {
  var status = 400
  var code: Int
  var subcode: Int?
  var type = "OAuthException"
  var message: String
  var isTransient = false

  func answer(at now: Timestamp) -> Answer {
    Answer(
      status,
      json: .object([
        "error": .object([
          "message": .string(message), "type": .string(type), "code": .integer(code),
          "error_subcode": subcode.map(JSON.integer), "is_transient": isTransient ? true : nil,
          "fbtrace_id": .string("A" + String(now.milliseconds, radix: 36)),
        ])
      ]))
  }

  static func parameter(_ message: String) -> GraphError { GraphError(code: 100, message: "(#100) \(message)") }

  static func refused(_ refusal: Refusal) -> GraphError {
    .parameter(
      refusal.field.isEmpty ? "Invalid request: \(refusal.message)" : "Param \(refusal.field) \(refusal.message)")
  }

  static func missing(_ id: String, for method: String) -> GraphError {
    GraphError(
      code: 100, subcode: 33, type: "GraphMethodException",
      message:
        "Unsupported \(method.lowercased()) request. Object with ID '\(id)' does not exist, cannot be loaded due to "
        + "missing permissions, or does not support this operation.")
  }

  static func unsupported(_ method: String) -> GraphError {
    GraphError(
      status: 405, code: 100, type: "GraphMethodException", message: "Unsupported \(method.lowercased()) request.")
  }

  static func unknownPath(_ path: String) -> GraphError {
    GraphError(status: 404, code: 2500, message: "Unknown path components: \(path)")
  }

  static func permission(_ message: String) -> GraphError {
    GraphError(status: 403, code: 200, message: "(#200) \(message)")
  }

  static let picture = GraphError(code: 324, message: "(#324) Missing or invalid image file")

  static let throttled = GraphError(
    code: 613, message: "(#613) Calls to this api have exceeded the rate limit.", isTransient: true)

  static func token(_ subcode: Int?) -> GraphError {
    let why =
      switch subcode {
      case 458: "The user has not authorized application \(SandboxCredentials.facebookAppID)."
      case 459: "The session has been invalidated because the user has been checkpointed."
      case 460: "The session has been invalidated because the user changed their password."
      case 463: "Session has expired."
      case 464: "Sessions for the user are not allowed because the user is not a confirmed user."
      case nil: "Invalid OAuth access token - Cannot parse access token"
      default: "The session is invalid."
      }
    let message = subcode == nil ? why : "Error validating access token: \(why)"
    return GraphError(status: 401, code: 190, subcode: subcode, message: message)
  }
}
