import Support

/// What happens below an answer's meaning.
extension Behaviour {
  private static let ok = "HTTP/1.1 200 OK\r\n"
  private static let half = "{\"id\":\"7\""

  private static func head(_ fields: String) -> ScriptedServer.Step { .send("\(ok)\(fields)\r\n\r\n") }
  private static func whole(_ fields: String, _ body: String = good) -> [ScriptedServer.Step] {
    [.send("\(ok)\(fields)\r\n\r\n\(body)")]
  }
  private static func empty(_ line: String) -> [ScriptedServer.Step] { [.send("\(line)\r\nContent-Length: 0\r\n\r\n")] }
  private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  static let connections: [Behaviour] = [
    // The first of all: libcurl repeats a POST by itself when a kept connection dies like this.
    Behaviour("reads the request and closes the connection", [], .lost),
    Behaviour("reads the request and resets the connection", [.reset], .lost),
    Behaviour("reads the request and hangs", [.hang], .lost, isSlow: true),
    Behaviour("hangs after accepting", at: .atOnce, [.freeze], .lost, isSlow: true),
    Behaviour("resets before it has read", at: .atOnce, [.listen, .reset], .lost),
    Behaviour("resets after accepting", at: .atOnce, [.reset], Meaning("uncertain|unavailable", "unavailable")),
    Behaviour(
      "answers at once and closes", at: .atOnce, [.listen, .answer(503, headers: [("Connection", "close")])], .lost),
    Behaviour("no longer listens", at: .gone, [], .unsent),
    Behaviour("closes within the status line", [.send("HTTP/1.1 20")], .lost),
    Behaviour("closes within the headers", [.send("\(ok)Content-Ty")], .lost),
    Behaviour("closes within the body", whole("Content-Length: 35", half), .lost),
    Behaviour("resets within the answer", [head("Content-Length: 35"), .send(half), .reset], .lost),
    Behaviour("hangs within the status line", [.send("HTTP/1."), .hang], .lost, isSlow: true),
    Behaviour("hangs after the headers", [head("Content-Length: 35"), .hang], .lost, isSlow: true),
    Behaviour("hangs within the body", [head("Content-Length: 35"), .send(half), .hang], .lost, isSlow: true),
    Behaviour(
      "sends a byte at a time", [.drip(ok, apart: 1), .drip(many("X: y\r\n", 9999), apart: 5)], .lost, isSlow: true),
    Behaviour("answers and resets", [.answer(200, good), .reset], Meaning("done|uncertain", "done|unavailable")),
  ]

  static let lengths: [Behaviour] = [
    Behaviour("announces more than comes", whole("Content-Length: 99"), .lost),
    Behaviour("announces less than comes", whole("Content-Length: 9"), .wordless),
    Behaviour("announces nothing at all", whole("X: y"), .done),
    Behaviour("announces a negative length", whole("Content-Length: -35"), .lost),
    Behaviour("announces a length that is no number", whole("Content-Length: many"), .lost),
    Behaviour(
      "announces a length past all numbers", whole("Content-Length: 99999999999999999999999"),
      Meaning("done|uncertain", "done|unavailable")),
    Behaviour("cuts a chunk", whole("Transfer-Encoding: chunked", "23\r\n\(half)"), .lost),
    Behaviour("leaves the last chunk out", whole("Transfer-Encoding: chunked", "23\r\n\(good)\r\n"), .lost),
    Behaviour("sends a chunk of no size", whole("Transfer-Encoding: chunked", "xyz\r\n\(good)"), .lost),
    Behaviour(
      "sends a chunk past all numbers", whole("Transfer-Encoding: chunked", "fffffffffffffffffffff\r\n\(good)"), .lost),
    Behaviour(
      "sends a chunk that is longer than it says", whole("Transfer-Encoding: chunked", "3\r\n\(good)\r\n0\r\n\r\n"),
      .lost),
    Behaviour(
      "sends chunks and a length",
      whole("Content-Length: 3\r\nTransfer-Encoding: chunked", "23\r\n\(good)\r\n0\r\n\r\n"), .done),
    Behaviour("uses an unknown transfer coding", whole("Transfer-Encoding: rot13"), .lost),
  ]

  static let heads: [Behaviour] = [
    Behaviour("answers in HTTP/0.9", [.send(good)], .lost),
    Behaviour("answers in HTTP/9.9", empty("HTTP/9.9 200 OK"), .lost),
    Behaviour("answers in ICY", empty("ICY 200 OK"), .lost),
    Behaviour("answers with line breaks", [.send("\r\n\r\n\r\n")], .lost),
    Behaviour("answers with noise", [.bytes(noise)], .lost),
    Behaviour("answers with status 0", empty("HTTP/1.1 0 No"), .lost),
    Behaviour("answers with status 000", empty("HTTP/1.1 000 No"), .lost),
    Behaviour("answers with status 20", empty("HTTP/1.1 20 No"), .lost),
    Behaviour("answers with status -200", empty("HTTP/1.1 -200 No"), .lost),
    Behaviour("answers with a status in words", empty("HTTP/1.1 OK"), .lost),
    Behaviour("answers with status 2000", empty("HTTP/1.1 2000 No"), .lost),
    Behaviour(
      "puts a NUL into a header", whole("X: a\u{0}b\r\nContent-Length: 35"),
      Meaning("done|uncertain", "done|unavailable")),
    Behaviour("ends lines with a line feed alone", [.send("HTTP/1.1 200 OK\nContent-Length: 35\n\n\(good)")], .done),
    Behaviour("folds its headers", whole("X: a\r\n b\r\n\tc\r\nContent-Length: 35"), .done),
    Behaviour(
      "continues a hundred times first", [.send(many("HTTP/1.1 100 Continue\r\n\r\n", 100)), .answer(200, good)], .done),
    Behaviour("hints early", [.send("HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"), .answer(200, good)], .done),
    Behaviour("lets continue and hangs", [.send("HTTP/1.1 100 Continue\r\n\r\n"), .hang], .lost, isSlow: true),
    Behaviour("lets continue and closes", [.send("HTTP/1.1 100 Continue\r\n\r\n")], .lost),
    Behaviour(
      "switches protocols", [.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")],
      Meaning("uncertain", "unexpected|unavailable")),
  ]

  private static let noise: [UInt8] = {
    var random = SeededRandom(seed: 7)
    return (0..<4000).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
  }()

  static let endless: [Behaviour] = [
    Behaviour("sends headers without end", [.send(ok), .pour("X-More: of the same\r\n")], .lost),
    Behaviour("sends status lines without end", [.send(ok), .pour("HTTP/1.1 200 OK\r\n")], .lost, isSlow: true),
    Behaviour("sends a header line without end", [.send("\(ok)X: "), .pour(many("y", 9999))], .lost),
    Behaviour("sends a status line without end", [.send("HTTP/1.1 200 "), .pour(many("y", 9999))], .lost),
    Behaviour("sends interim answers without end", [.pour("HTTP/1.1 102 P\r\nX: y\r\n\r\n")], .lost, isSlow: true),
    Behaviour("announces 4 GiB and sends them", [head("Content-Length: 4294967296"), .pour(many(" ", 65_536))], .lost),
    Behaviour("announces 4 GiB and hangs", [head("Content-Length: 4294967296"), .hang], .lost, isSlow: true),
    Behaviour(
      "sends chunks without end", [head("Transfer-Encoding: chunked"), .pour("4000\r\n\(many(" ", 16_384))\r\n")], .lost
    ),
    Behaviour("sends a body without end", [head("X: y"), .pour(many("[", 65_536))], .lost),
    Behaviour(
      "sends trailers without end",
      [head("Transfer-Encoding: chunked"), .send("23\r\n\(good)\r\n0\r\n"), .pour("X-More: of the same\r\n")], .lost),
  ]

  static let redirects: [Behaviour] = {
    let places: [(String, String)] = [
      ("elsewhere", "https://elsewhere.example/v1/listings"), ("in a circle", "/v26.0/10001/feed"),
      ("to plain HTTP", "http://shop.example/"), ("to a file", "file:///etc/passwd"),
    ]
    var table: [Behaviour] = []
    for status in [300, 301, 302, 303, 304, 307, 308] {
      for (place, address) in places {
        table.append(
          Behaviour(
            "redirects \(place) with \(status)", status: status, headers: [("Location", address)], body: "", .foreign))
      }
    }
    return table
  }()

  static let tls: [Behaviour] = {
    var table: [Behaviour] = [
      Behaviour("speaks plain HTTP on the port of HTTPS", at: .withoutTLS, [.listen, .answer(200, good)], .unsent),
      Behaviour("cuts the handshake", at: .withoutTLS, [.listen], .unsent),
      Behaviour("resets the handshake", at: .withoutTLS, [.listen, .reset], .unsent),
      Behaviour(
        "cuts the handshake after a record", at: .withoutTLS, [.listen, .bytes([0x16, 3, 3, 0, 90, 2])], .unsent),
      Behaviour(
        "alerts during the handshake", at: .withoutTLS, [.listen, .bytes([0x15, 3, 3, 0, 2, 2, 40])], .unsent),
      Behaviour("hangs in the handshake", at: .withoutTLS, [.hang], .unsent, isSlow: true),
    ]
    for kind in TestIdentity.Kind.allCases where kind != .good {
      table.append(
        Behaviour("shows a certificate that is not trusted: \(kind.rawValue)", at: .handshake(kind), [], .unsent))
    }
    return table
  }()
}
