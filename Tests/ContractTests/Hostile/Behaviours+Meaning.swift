import Support

/// Whole answers, and what they mean.
extension Behaviour {
  static let bodies: [Behaviour] = [
    Behaviour("answers with nothing", body: "", .wordless),
    Behaviour("answers with 204", status: 204, body: "", .wordless),
    Behaviour(
      "answers with a web page", headers: [("Content-Type", "text/html")], body: "<!doctype html><p>Hi", .foreign),
    Behaviour(
      "answers with a web page that says it is JSON", headers: [("Content-Type", "application/json")], body: "<p>",
      .foreign),
    Behaviour(
      "answers with JSON that says it is a picture", headers: [("Content-Type", "image/png")], body: good, .done),
    Behaviour("answers with half of JSON", body: #"{"id":"7","success":true"#, .wordless),
    Behaviour("answers with JSON and more", body: "\(good)}", .wordless),
    Behaviour("answers with two values", body: "\(good)\(good)", .wordless),
    Behaviour("answers with a list", body: #"[{"id":"7","success":true}]"#, .wordless),
    Behaviour("answers with a word", body: #""7""#, .wordless),
    Behaviour("answers with null", body: "null", .wordless),
    Behaviour("answers with deep JSON", body: many(#"{"id":"#, 100_000), .wordless),
    Behaviour("answers with deep lists", body: many("[", 1_000_000), .wordless),
    Behaviour("answers with large JSON", body: padded(400_000), .done),
    Behaviour("answers with JSON past the limit", body: padded(4_300_000), .lost),
    Behaviour("answers with many members", body: crowded, .done),
    Behaviour("puts a NUL into JSON", body: "{\"id\":\"7\u{0}\"}", .wordless),
    Behaviour("begins JSON with a byte order mark", body: "\u{FEFF}\(good)", .wordless),
    raw("puts invalid UTF-8 into JSON", [0x7B, 0x22, 0x69, 0x64, 0x22, 0x3A, 0x22, 0xC3, 0x28, 0x22, 0x7D]),
    raw("answers in UTF-16", good.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
    // No answer is asked for in another coding, so none is unpacked: a bomb stays as small as it came.
    raw("answers with a gzip bomb", gzip, headers: "Content-Encoding: gzip\r\n"),
    raw("answers with nested codings", gzip, headers: "Content-Encoding: gzip, br, zstd, deflate\r\n"),
  ]

  private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
  private static let crowded: String = "{" + many("\"x\":0,", 20_000) + good.dropFirst()
  private static func padded(_ count: Int) -> String { #"{"pad":"\#(many("x", count))",\#(good.dropFirst())"# }

  private static let gzip: [UInt8] = {
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    bytes.append(contentsOf: [UInt8](repeating: 0xC1, count: 10_000))
    return bytes
  }()

  private static func raw(_ name: String, _ body: [UInt8], headers: String = "") -> Behaviour {
    Behaviour(
      name, [.send("HTTP/1.1 200 OK\r\n\(headers)Content-Length: \(body.count)\r\n\r\n"), .bytes(body)], .wordless)
  }

  static let ids: [Behaviour] = {
    let wrong: [(String, String)] = [
      ("null", "null"), ("true", "true"), ("a fraction", "7.5"), ("a list", "[7]"), ("an object", #"{"id":"7"}"#),
      ("empty", #""""#), ("a space", #"" ""#), ("a control character", #""7\u001b[2J""#),
      ("two lines", #""7\r\nX: y""#),
      ("a NUL", #""7\u0000""#), ("text that turns around", #""7\u202e""#), ("a step up", #""..""#), ("a step", #"".""#),
      ("300 characters", "\"\(String(repeating: "7", count: 300))\""),
    ]
    return wrong.map { Behaviour("makes an id that is \($0)", body: #"{"id":\#($1)}"#, .wordless) }
  }()

  static let oddIDs: [Behaviour] = [
    Behaviour("makes no id", body: #"{"url":"https://shop.example/7"}"#, .wordless),
    Behaviour("makes an id that is a number", body: #"{"id":7,"success":true,"data":[]}"#, .done),
    // Kept as it is; in a path each of its characters is encoded.
    Behaviour("makes an id with slashes", body: #"{"id":"a/../b?c#d","success":true,"data":[]}"#, otherPost),
    Behaviour(
      "gives the page's own id", body: #"{"id":"10001","success":true,"data":[]}"#,
      .facebook("uncertain", "done", [.read: "unexpected"])),
    Behaviour(
      "calls the post me", body: #"{"id":"me","success":true,"data":[]}"#,
      .facebook("uncertain", "done", [.read: "unexpected"])),
  ]

  private static let otherPost = Meaning(
    "done", "done", facebook: [.read: "unexpected"], offerUp: [.read: "unexpected"])

  static let answers: [Behaviour] = [
    Behaviour(
      "answers as if it had been asked for a list", body: #"{"data":[{"id":"9"}],"next_cursor":null}"#,
      Meaning(
        "uncertain", "unexpected", facebook: [.lookUp: "done"],
        offerUp: [.update: "done", .withdraw: "done", .lookUp: "done"])),
    Behaviour(
      "answers about another post", body: #"{"id":"8","success":true,"data":[]}"#,
      otherPost),
    Behaviour("answers twice at once", [.answer(200, good), .answer(200, #"{"id":"stray"}"#), .hang], .done),
    Behaviour("says that it failed", body: #"{"success":false}"#, .wordless),
    Behaviour(
      "says that it failed, and an id", body: #"{"id":"8","success":false,"data":[]}"#,
      Meaning(
        "done", "unexpected", facebook: [.lookUp: "done", .upload: "done"],
        offerUp: [.update: "done", .withdraw: "done", .lookUp: "done"])),
    Behaviour(
      "puts an error beside the id", body: #"{"id":"7","success":true,"data":[],"error":{}}"#,
      .facebook("uncertain", "unexpected")),
    Behaviour("asks to come back although it is done", headers: [("Retry-After", "9999999")], body: good, .doneAndRest),
    Behaviour(
      "tells of usage past all numbers",
      headers: [
        ("X-App-Usage", #"{"call_count":9223372036854775807,"total_time":-9223372036854775808,"total_cputime":1e999}"#),
        ("X-Business-Use-Case-Usage", #"{"1":[{"estimated_time_to_regain_access":9223372036854775807}]}"#),
      ], body: good, .doneAndRest),
    Behaviour(
      "tells of usage in nonsense",
      headers: [("X-App-Usage", "[[["), ("X-Page-Usage", "7"), ("X-Business-Use-Case-Usage", #"{"1":7}"#)], body: good,
      .done),
  ]

  static let statuses: [Behaviour] = {
    let refused: [Int] = [
      400, 402, 405, 406, 407, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 426, 428, 431, 451, 499,
    ]
    let troubled: [Int] = [408, 500, 502, 503, 504, 505, 507, 508, 511, 520, 599, 600, 999]
    let gone: [Call: String] = [.update: "gone", .withdraw: "done", .read: "done"]
    var table: [Behaviour] = [
      status(401, Meaning("unauthorized", "unauthorized")), status(403, Meaning("unauthorized", "unauthorized")),
      status(404, .facebook("rejected", "unexpected")),
      status(404, .offerUp("rejected", "rejected", gone)),
      status(410, .facebook("rejected", "rejected", [.lookUp: "unexpected"])),
      status(410, .offerUp("rejected", "rejected", gone)),
      status(409, Meaning("uncertain", "rejected", facebook: [.lookUp: "unexpected"])),
      status(425, .unsent),
      // It doesn't do such things at all: to a question that is an answer.
      status(501, Meaning("uncertain", "unavailable", offerUp: [.lookUp: "rejected"])),
    ]
    for code in refused {
      table.append(status(code, Meaning("rejected", "rejected", facebook: [.lookUp: "unexpected"])))
    }
    for code in troubled { table.append(status(code, .lost)) }
    return table
  }()

  private static func status(_ status: Int, _ meaning: Meaning) -> Behaviour {
    Behaviour("answers with \(status)", status: status, body: "<html>\(status)", meaning)
  }

  /// 429, with every form of `Retry-After`; `+N`: nothing before N seconds from now.
  static let pauses: [Behaviour] = {
    let forms: [(String?, String)] = [
      ("42", "+42"), ("0", "+1"), ("+7", "+7"), ("-5", ""), ("1.5", ""), ("soon", ""), ("", ""), (nil, ""),
      ("12, 13", ""), ("99999999", "+21600"), ("9223372036854775807", "+21600"),
      ("99999999999999999999999999", "+21600"), ("Sun, 06 Nov 1994 08:50:37 GMT", "+60"),
      ("Sun, 06 Nov 1994 08:00:00 GMT", "+1"), ("Fri, 31 Dec 9999 23:59:59 GMT", "+21600"),
      ("Sun, 99 Nov 1994 99:99:99 GMT", ""), ("1994-11-06T08:50:37Z", ""),
    ]
    return forms.map { value, until in
      var headers = [("Date", "Sun, 06 Nov 1994 08:49:37 GMT")]
      if let value { headers.append(("Retry-After", value)) }
      let word = "throttled\(until)"
      return Behaviour(
        "is too busy: Retry-After \(value ?? "is missing")", status: 429, headers: headers, body: "",
        Meaning(word, word))
    }
  }()

  static let graphErrors: [Behaviour] = {
    var table: [Behaviour] = []
    for status in [200, 400, 403, 500] {
      for (codes, meaning) in codes {
        for code in codes {
          table.append(
            Behaviour(
              "names Facebook's error \(code) with \(status)", status: status,
              body: #"{"error":{"message":"No.","code":\#(code)}}"#,
              meaning))
        }
      }
    }
    return table
  }()

  /// A subcode follows where there is one.
  private static let codes: [([String], Meaning)] = [
    (["190", "102", "10", "200", "299", "368"], .facebook("unauthorized", "unauthorized")),
    (
      ["458", "460", "463", "467"].map { #"190,"error_subcode":\#($0)"# }, .facebook("unauthorized", "unauthorized")
    ),
    (["4", "17", "32", "613", "80001", "80009", "80014"], .facebook("throttled", "throttled")),
    (["100", "324", #"100,"error_subcode":2061015"#], .facebook("rejected", "rejected")),
    (["1", "2"], .facebook("uncertain", "unavailable")),
    (["506"], .facebook("uncertain", "unexpected")),
    (
      [#"100,"error_subcode":33"#],
      .facebook(
        "unauthorized", "gone", [.withdraw: "done", .read: "done", .lookUp: "unauthorized", .upload: "unauthorized"])
    ),
  ]
}
