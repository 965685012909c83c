import Foundation
import Glibc
import Listings
import Sandbox

/// The smallest HTTP client that can see what a real one hides: an answer that is cut, a connection that just closes.
struct Wire {
  struct Answer {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:] }
    func text(_ name: String) -> String? { json[name] as? String }
    var errorCode: Int? { (json["error"] as? [String: Any])?["code"] as? Int }
    var errorSubcode: Int? { (json["error"] as? [String: Any])?["error_subcode"] as? Int }
    var errorMessage: String { (json["error"] as? [String: Any])?["message"] as? String ?? "" }
  }

  enum Failure: Error { case noConnection, closed(received: [UInt8]), malformed }

  private let socket: CInt

  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure.noConnection }
    // A test that would wait for ever fails instead.
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  func close() { Glibc.close(socket) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Nil at the end of the connection.
  func receive() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(socket, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  /// Whether nothing comes within a moment, on a connection that stays open.
  func isSilent(milliseconds: Int32 = 100) -> Bool {
    var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, milliseconds) == 0
  }

  /// Everything until the server closes.
  func receiveAll() -> [UInt8] {
    var all: [UInt8] = []
    while let bytes = receive() { all += bytes }
    return all
  }

  func request(
    _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8]? = nil
  ) throws -> Answer {
    send(Wire.head(method, target, headers: headers, length: body?.count) + (body ?? []))
    return try answer(isHead: method == "HEAD")
  }

  static func head(_ method: String, _ target: String, headers: [String: String], length: Int?) -> [UInt8] {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: \(headers["Host"] ?? "127.0.0.1")\r\n"
    for (name, value) in headers where name != "Host" { text += "\(name): \(value)\r\n" }
    if let length { text += "Content-Length: \(length)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  func answer(isHead: Bool = false) throws -> Answer {
    var bytes: [UInt8] = []
    let end = Array("\r\n\r\n".utf8)
    var headEnd: Int?
    while headEnd == nil {
      guard let more = receive() else { throw Failure.closed(received: bytes) }
      bytes += more
      headEnd = Wire.index(of: end, in: bytes)
    }
    guard let headEnd else { throw Failure.malformed }
    let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw Failure.malformed
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    }
    if status == 100 { return Answer(status: 100, headers: headers, body: []) }
    var body = Array(bytes[(headEnd + 4)...])
    let length = isHead ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
    while body.count < length {
      guard let more = receive() else { throw Failure.closed(received: body) }
      body += more
    }
    return Answer(status: status, headers: headers, body: body)
  }

  private static func index(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= needle.count else { return nil }
    return (0...(bytes.count - needle.count)).first { Array(bytes[$0..<($0 + needle.count)]) == needle }
  }
}

/// A running sandbox and short ways to ask it.
final class Stand: Sendable {
  let server: SandboxServer
  let address: SandboxAddress

  init(_ options: SandboxOptions = SandboxOptions()) async throws {
    server = try SandboxServer(options)
    address = try await server.start()
  }

  /// Runs the body against a sandbox and stops it whatever happens.
  static func run(
    _ options: SandboxOptions = SandboxOptions(), _ body: (Stand) async throws -> Void
  ) async throws {
    let stand = try await Stand(options)
    do { try await body(stand) } catch {
      await stand.server.stop()
      throw error
    }
    await stand.server.stop()
  }

  func wire() throws -> Wire { try Wire(port: address.port) }

  func ask(
    _ method: String, _ target: String, token: String? = nil, type: String? = nil, headers: [String: String] = [:],
    body: [UInt8]? = nil
  ) throws -> Wire.Answer {
    let wire = try wire()
    defer { wire.close() }
    var headers = headers
    if let token { headers["Authorization"] = "Bearer \(token)" }
    if let type { headers["Content-Type"] = type }
    return try wire.request(method, target, headers: headers, body: body)
  }

  // Facebook.

  func graph(
    _ method: String, _ path: String, token: String? = SandboxCredentials.pageToken, json: String? = nil
  ) throws -> Wire.Answer {
    try ask(
      method, "/facebook/v26.0/\(path)", token: token, type: json == nil ? nil : "application/json",
      body: json.map { Array($0.utf8) })
  }

  func upload(_ form: String, token: String = SandboxCredentials.pageToken) throws -> Wire.Answer {
    try ask(
      "POST", "/facebook/v26.0/10001/photos", token: token, type: "application/x-www-form-urlencoded",
      body: Array(form.utf8))
  }

  func upload(file: [UInt8], published: String? = "false", part: String = "source") throws -> Wire.Answer {
    var body = Array("--XyZ\r\nContent-Disposition: form-data; name=\"\(part)\"; filename=\"a.jpg\"\r\n".utf8)
    body += Array("Content-Type: image/jpeg\r\n\r\n".utf8) + file + Array("\r\n".utf8)
    if let published {
      body += Array("--XyZ\r\nContent-Disposition: form-data; name=\"published\"\r\n\r\n\(published)\r\n".utf8)
    }
    body += Array("--XyZ--\r\n".utf8)
    return try ask(
      "POST", "/facebook/v26.0/10001/photos", token: SandboxCredentials.pageToken,
      type: "multipart/form-data; boundary=XyZ", body: body)
  }

  func photo() throws -> String {
    try upload("url=https%3A%2F%2Fshop.example.com%2Fa.jpg&published=false").text("id") ?? "none"
  }

  func post(
    _ title: String = "A chair", reference: String = "chair.0001", photo: String? = nil
  ) throws -> Wire.Answer {
    try graph("POST", "10001/feed", json: Goods.facebook(title, reference: reference, photo: photo ?? self.photo()))
  }

  // OfferUp.

  func offerUp(
    _ method: String, _ path: String, json: String? = nil, key: String? = nil,
    token: String? = SandboxCredentials.offerUpToken
  ) throws -> Wire.Answer {
    try ask(
      method, "/offerup/v1/\(path)", token: token, type: json == nil ? nil : "application/json",
      headers: key.map { ["Idempotency-Key": $0] } ?? [:], body: json.map { Array($0.utf8) })
  }
}

enum Goods {
  static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array("\r\n--Xy picture".utf8) + [0, 1, 2, 0xFF, 0xD9]

  static func facebook(_ title: String = "A chair", reference: String = "chair.0001", photo: String) -> String {
    """
    {"message":"\(title)\\n\\nIt is good.","type":"MARKETPLACE_LISTING","marketplace_listing":{"name":"\(title)",\
    "description":"It is good.","price_currency":"USD","price_amount":45000,"category_specific_fields":\
    {"category":"FURNITURE","condition":"USED"},"photo_ids":["\(photo)"],"retailer_id":"\(reference)"}}
    """
  }

  static func offerUp(_ title: String = "A chair", reference: String = "chair.0001") -> String {
    """
    {"title":"\(title)","description":"It is good.","price_cents":45000,"photos":["https://shop.example.com/a.jpg"],\
    "category":"furniture","location":{"latitude":45.5898,"longitude":-122.7536},"condition":"used",\
    "external_id":"\(reference)"}
    """
  }
}

/// A directory of its own that goes away with the test.
final class TemporaryDirectory {
  let path: String

  init() {
    var template = Array("/tmp/hawker-sandbox-XXXXXX".utf8CString)
    mkdtemp(&template)
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
