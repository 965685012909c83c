import Listings
import Support
import Testing

@Suite struct JSONTests {
  private func read(_ text: String) -> JSONValue? { try? JSONValue(parsing: text) }

  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9223372036854775807", "\"\"", "\"a\\\"b\\\\c\\n\\t\"", "[]", "{}",
    "[1,[2],{}]",
    "{\"b\":1,\"a\":[true,null,\"x\"]}", "1.5", "-0.0", "1e400", "123456789012345678901234567890", "\"\\u007f\\u001b\"",
  ])
  func whatIsReadIsWrittenAgain(_ text: String) {
    #expect(read(text)?.text == text)
    #expect(read(" \n\t\r\(text) \n")?.text == text)
  }

  @Test func escapesAreRead() {
    #expect(read("\"\\u00e9\\ud83d\\ude00\\/\\b\\f\\r\"")?.string == "é😀/\u{8}\u{C}\r")
    #expect(read("\"é😀\"")?.string == "é😀")
  }

  @Test(arguments: [
    "", " ", "nul", "tru", "01", "-", "+1", "1.", ".5", "1e", "0x1", "NaN", "'a'", "\"a", "\"\n\"", "\"\\x\"",
    "\"\\u12\"",
    "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[1,]", "[1 2]", "[", "{\"a\"}", "{\"a\":}",
    "{a:1}",
    "{\"a\":1,}", "{\"a\":1", "1 2", "[]]", "// x", "\u{FEFF}1",
  ])
  func whatIsNoJSONIsRefusedWithItsPlace(_ text: String) {
    #expect(throws: JSONMalformation.self) { try JSONValue(parsing: text) }
    do { _ = try JSONValue(parsing: text) } catch { #expect((0...text.utf8.count).contains(error.offset)) }
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] {
      #expect(throws: JSONMalformation.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
    }
  }

  @Test func depthEndsAtSixtyFour() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(read(nested(64)) != nil && read(nested(65)) == nil)
    #expect(read(String(repeating: "{\"a\":", count: 100_000)) == nil && read(nested(100_000)) == nil)
  }

  @Test func numbersNeverPassThroughFloatingPoint() {
    #expect(read("19.99") == .number("19.99") && read("9223372036854775808") == .number("9223372036854775808"))
    #expect(read("-9223372036854775808")?.integer == .min && read("1e2")?.integer == nil)
  }

  @Test func membersAreFoundByTheirFirstKey() {
    let json = read("{\"id\":7,\"id\":\"x\",\"n\":null,\"e\":\"\",\"b\":true,\"l\":[1]}")
    #expect(json?["id"]?.identifier == "7" && json?["e"]?.identifier == nil && json?["b"]?.bool == true)
    #expect(json?["l"]?.array?.count == 1 && json?["n"] == .null && json?["missing"] == nil && json?["l"]?["x"] == nil)
    #expect(json?.members?.count == 6)
  }

  @Test func theWriterPutsCommasAndEscapes() {
    var json = JSONWriter()
    json.object { json in
      json.field("a", 1)
      json.field("b", "x\"\u{1}\u{7F}é")
      json.field("c", String?.none)
      json.key("d")
      json.array { json in
        json.value(true)
        json.null()
        json.object { _ in }
      }
      json.key(named: "e\n")
      json.raw("1.50")
    }
    #expect(json.text == "{\"a\":1,\"b\":\"x\\\"\\u0001\\u007fé\",\"c\":null,\"d\":[true,null,{}],\"e\\n\":1.50}")
  }

  @Test func randomValuesComeBack() throws {
    var effort = Effort("JSON values", short: 2000, long: 1_000_000)
    while effort.goesOn() {
      let value = Self.value(&effort.random, depth: 0)
      #expect(try JSONValue(parsing: value.text) == value, "\(effort.replay)")
    }
  }

  private static func value(_ random: inout SeededRandom, depth: Int) -> JSONValue {
    switch random.next() % (depth > 4 ? 5 : 7) {
    case 0: .null
    case 1: .bool(random.next() % 2 == 0)
    case 2: .integer(Int64(truncatingIfNeeded: random.next()))
    case 3: .number("\(random.next() % 1000).\(random.next() % 1000)")
    case 4: .string(text(&random))
    case 5: .array((0..<random.next() % 4).map { _ in value(&random, depth: depth + 1) })
    default:
      .object(
        (0..<random.next() % 4).map { _ in
          JSONValue.Member(key: text(&random), value: value(&random, depth: depth + 1))
        })
    }
  }

  private static func text(_ random: inout SeededRandom) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<random.next() % 8 {
      let top: UInt32 = random.next() % 2 == 0 ? 0x80 : 0x11_0000
      if let scalar = Unicode.Scalar(UInt32(random.next() % UInt64(top))) { text.append(scalar) }
    }
    return String(text)
  }
}
