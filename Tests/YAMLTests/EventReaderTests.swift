import Testing

@testable import YAML

@Suite struct EventReaderTests {
  /// The events in short: `{`, `}`, `[`, `]`, scalars as they are; or the error.
  static func events(_ bytes: [UInt8]) -> Result<[String], YAMLError> {
    do throws(YAMLError) {
      return .success(
        try EventReader.read(bytes.span) { (reader) throws(YAMLError) in
          var events: [String] = []
          while try reader.next() != .streamEnd {
            switch reader.kind {
            case .mappingStart: events.append("{")
            case .mappingEnd: events.append("}")
            case .sequenceStart: events.append("[")
            case .sequenceEnd: events.append("]")
            case .scalar: events.append(reader.scalarText())
            case .documentStart: events.append("---")
            default: break
            }
          }
          return events
        })
    } catch {
      return .failure(error)
    }
  }

  static func text(_ yaml: String) -> String {
    switch events(Array(yaml.utf8)) {
    case .success(let events): events.joined(separator: " ")
    case .failure(let error): "\(error.kind.rawValue) \(error.line):\(error.column)"
    }
  }

  @Test(arguments: [
    ("a: 1\nb: [x, 'y']", "--- { a 1 b [ x y ] }"),
    ("\u{FEFF}a: 1", "--- { a 1 }"),
    ("a: 1\r\nb: 2\r\n", "--- { a 1 b 2 }"),
    ("a: &x {b: 1}\nc: *x\nd: *x", "--- { a { b 1 } c { b 1 } d { b 1 } }"),
    ("a: &x 1\nb: &y [*x, *x]\nc: *y", "--- { a 1 b [ 1 1 ] c [ 1 1 ] }"),
    ("a: &x 1\nb: &x 2\nc: *x", "--- { a 1 b 2 c 2 }"),
    ("--- 1\n--- 2", "--- 1 --- 2"),
    ("", ""),
    ("a: &x 1\n---\nb: *x", "alias 3:4"),
    ("a: &x [*x]", "alias 1:8"),
    ("a: !!int 1", "tag 1:4"),
    ("a: ! 1", "tag 1:4"),
    ("!x {a: 1}", "tag 1:1"),
    ("%YAML 1.1\n---\na: 1", "directive 1:1"),
    ("é: \u{1}", "character 1:4"),
    ("a: \"x", "quote 1:4"),
    ("a:\n\tb: 1", "tab 2:1"),
  ])
  func readsOrRefuses(_ yaml: String, _ expected: String) { #expect(Self.text(yaml) == expected) }

  @Test func bytesThatAreNotUTF8AreRefused() {
    for bytes: [UInt8] in [
      [0x61, 0x3A, 0x20, 0xFF], [0x61, 0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF, 0xFE, 0x61, 0], [0, 0x61],
      [0x61, 0, 0x3A, 0],
    ] {
      guard case .failure(let error) = Self.events(bytes) else {
        Issue.record("\(bytes) was read")
        continue
      }
      #expect(error.kind == .encoding, "\(bytes)")
    }
  }

  @Test func depthEndsAtSixteen() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(Self.text(nested(16)).hasSuffix("]"))
    #expect(Self.text(nested(17)) == "depth 1:17")
    // Through an alias, too.
    #expect(Self.text("a: &a [[[[[[[[1]]]]]]]]\nb: [[[[[[[*a]]]]]]]").hasSuffix("}"))
    #expect(Self.text("a: &a [[[[[[[[1]]]]]]]]\nb: [[[[[[[[*a]]]]]]]]").hasPrefix("depth"))
  }

  @Test func placesCountCharactersFromOne() throws {
    let bytes = Array("é: ü\n  # x\nb: c".utf8)
    let places = try EventReader.read(bytes.span) { (reader) throws(YAMLError) in
      var places: [String] = []
      while try reader.next() != .streamEnd {
        if reader.kind == .scalar { places.append("\(reader.line):\(reader.column)") }
      }
      return places
    }
    #expect(places == ["1:1", "1:4", "3:1", "3:4"])
  }

  @Test func scalarsKeepTheirStyleAndEveryByte() throws {
    let yaml = Array("- p\n- 's'\n- \"d\\0é\"\n- |\n  l\n- >\n  f\n".utf8)
    var seen: [(ScalarStyle, Int)] = []
    try EventReader.read(yaml.span) { (reader) throws(YAMLError) in
      while try reader.next() != .streamEnd {
        if reader.kind == .scalar { seen.append((reader.style, reader.withScalar { $0.count })) }
      }
    }
    #expect(seen.map(\.0) == [.plain, .singleQuoted, .doubleQuoted, .literal, .folded])
    #expect(seen.map(\.1) == [1, 1, 4, 2, 2])
  }

  @Test func aCommentBehindAPlainScalarIsTold() throws {
    let yaml = Array("# é #1\na: Sony #1 TV\nb: x   # y\nc: 'q' #1\nd: x#1\né: ü #2\nf: |\n  a #1\n".utf8)
    var seen: [String: TrailingComment] = [:]
    try EventReader.read(yaml.span) { (reader) throws(YAMLError) in
      while try reader.next() != .streamEnd {
        if reader.kind == .scalar { seen[reader.scalarText()] = reader.trailing }
      }
    }
    #expect(seen["Sony"] == .attached)
    #expect(seen["x"] == .apart)
    #expect(seen["ü"] == .attached)
    for text in ["q", "x#1", "a #1\n", "a"] { #expect(seen[text] == TrailingComment.none, "\(text)") }
  }

  @Test func keysAreComparedWithoutStrings() throws {
    let yaml = Array("title: x".utf8)
    let same = try EventReader.read(yaml.span) { (reader) throws(YAMLError) in
      while try reader.next() != .scalar {}
      return [reader.scalarEquals("title"), reader.scalarEquals("titles"), reader.scalarEquals("Title")]
    }
    #expect(same == [true, false, false])
  }

  @Test func aReaderThatIsLeftHalfwayFreesWhatItHolds() throws {
    // Under a leak checker this is the test; here it must at least not crash.
    for _ in 0..<100 {
      _ = try EventReader.read(Array("a: [b, &c {d: e}]".utf8).span) { (reader) throws(YAMLError) in
        for _ in 0..<5 { try reader.next() }
        return reader.kind
      }
    }
  }
}

@Suite struct HostileYAMLTests {
  private func isQuick(_ bytes: [UInt8]) -> Bool {
    let start = ContinuousClock.now
    _ = EventReaderTests.events(bytes)
    return ContinuousClock.now - start < .seconds(10)
  }

  /// Each of these takes an unguarded reader many seconds or gigabytes.
  @Test func hostileInputEndsSoon() {
    let bomb =
      "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
      + zip("abcdefghij", "bcdefghijk").map { lower, upper in
        "\(upper): &\(upper) [\(Array(repeating: "*\(lower)", count: 10).joined(separator: ","))]\n"
      }.joined()
    #expect(EventReaderTests.text(bomb).hasPrefix("expansion"))
    let big =
      "a: &a \(String(repeating: "x", count: 100_000))\nb: [\(Array(repeating: "*a", count: 9000).joined(separator: ","))]"
    #expect(EventReaderTests.text(big).hasPrefix("expansion"))
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 60_000),
      String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
      String(repeating: "&a ", count: 80_000), (0..<30_000).map { "&a\($0) 1" }.joined(separator: "\n"),
      "[" + (0..<30_000).map { "&a\($0) 1, *a\($0)" }.joined(separator: ","), String(repeating: "#", count: 250_000),
      String(repeating: "a #", count: 80_000), String(repeating: "\n", count: 250_000),
      "\"" + String(repeating: "\\", count: 250_000), String(repeating: "!", count: 250_000),
      String(repeating: "a\n\n", count: 80_000), "|" + String(repeating: "\n ", count: 120_000),
    ] {
      #expect(isQuick(Array(text.utf8)), "\(text.prefix(12))")
    }
  }

  @Test func noBytesCrashIt() {
    var state: UInt64 = 42
    let alphabet = Array("abc:{}[],&*!|>'\"%@`#-?\\ \t\n\r~0é".utf8) + [0, 0xFF, 0xC3, 0x7F]
    for _ in 0..<3000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int(state % 60) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(alphabet[Int(state >> 33) % alphabet.count])
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1
      if case .failure(let error) = EventReaderTests.events(bytes) {
        #expect(error.line >= 1 && error.column >= 1 && !error.message.isEmpty)
      }
    }
  }
}
