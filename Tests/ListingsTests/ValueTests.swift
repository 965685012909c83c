import Listings
import Testing

@Suite struct ValueTests {
  // MARK: Time

  @Test(arguments: [
    ("1970-01-01T00:00:00.000Z", 0), ("2026-11-22T16:00:00.000Z", 1_795_363_200_000),
    ("1969-12-31T23:59:59.999Z", -1), ("2000-02-29T12:30:15.250Z", 951_827_415_250),
    ("0000-03-01T00:00:00.000Z", -62_162_035_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
  ])
  func timesAreWrittenAndRead(_ text: String, _ milliseconds: Int64) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test func everyDayComesBack() {
    for day in stride(from: Int64(-719_468), through: 2_932_896, by: 97) {
      let time = Timestamp(milliseconds: day * 86_400_000)
      #expect(Timestamp(time.description) == time, "\(time)")
    }
  }

  @Test func fractionsAreMilliseconds() {
    #expect(Timestamp("2026-11-22T16:00:00Z")?.milliseconds == 1_795_363_200_000)
    #expect(Timestamp("2026-11-22T16:00:00.5Z")?.milliseconds == 1_795_363_200_500)
    #expect(Timestamp("2026-11-22T16:00:00.123456789Z")?.milliseconds == 1_795_363_200_123)
    for text in [
      "", "2026-11-22", "2026-11-22T16:00:00", "2026-11-22T16:00:00+01:00", "2026-13-22T16:00:00Z",
      "2026-11-00T16:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T16:60:00Z", "2026-11-22T16:00:00.Z",
      "2026-11-22T16:00:00.xZ", "2026-11-22T16:00:00.1234567890Z", "26-11-22T16:00:00.000Z", "+026-11-22T16:00:00Z",
    ] {
      #expect(Timestamp(text) == nil, "\(text)")
    }
  }

  /// Clocks, files and marketplaces may tell any number of seconds.
  @Test(arguments: [
    (Int64(0), Int64(999_999_999), "1970-01-01T00:00:00.999Z"), (-1, 500_000_000, "1969-12-31T23:59:59.500Z"),
    (10_413_792_000, 0, "2300-01-01T00:00:00.000Z"), (-10_413_792_000, 0, "1640-01-01T00:00:00.000Z"),
    (9_300_000_000_000_000, 0, "9999-12-31T23:59:59.999Z"), (.max, .max, "9999-12-31T23:59:59.999Z"),
    (.max / 1000, .max, "9999-12-31T23:59:59.999Z"), (-9_300_000_000_000_000, 0, "0000-01-01T00:00:00.000Z"),
    (.min, .min, "0000-01-01T00:00:00.000Z"), (.min / 1000, .min, "0000-01-01T00:00:00.000Z"),
  ])
  func anySecondsAreSomeMoment(_ seconds: Int64, _ nanoseconds: Int64, _ text: String) {
    #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds).description == text)
  }

  @Test func durationsAreDifferencesOfTimes() {
    let start = Timestamp(milliseconds: 1000)
    let later = start.advanced(by: .milliseconds(1500))
    #expect(later > start && later.duration(since: start) == .milliseconds(1500))
    #expect(Duration.microseconds(1999).milliseconds == 1 && Duration.seconds(2).inSeconds == 2)
  }

  // MARK: Digests

  @Test func digestsAreSHA256() throws {
    // FIPS 180-2's own examples.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(Digest(of: "abc").hex == abc && Digest(of: Array("abc".utf8)).description == "sha256:\(abc)")
    #expect(Digest(of: "").hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    var stream = DigestStream()
    for piece in ["a", "", "bc"] { stream.update(Array(piece.utf8)[...]) }
    #expect(stream.finish() == Digest(of: "abc"))
    let read = try #require(Digest(hex: abc))
    #expect(read == Digest(of: "abc") && read.prefix == 0xba78_16bf_8f01_cfea)
    #expect(Digest(hex: abc.uppercased()) == read)
    for wrong in ["", String(abc.dropLast()), abc + "0", abc.replacing("b", with: "g"), "sha256:" + abc] {
      #expect(Digest(hex: wrong) == nil)
    }
    #expect(Digest(hex: String(repeating: "0", count: 64))! < Digest(hex: String(repeating: "0", count: 63) + "1")!)
  }

  // MARK: Degrees

  @Test(arguments: [
    ("45.5898", "45.5898"), ("-122.7536", "-122.7536"), ("45", "45.0"), ("+1.5", "1.5"), ("0.00000019", "0.0000001"),
    ("-0.0000001", "-0.0000001"), ("180", "180.0"), ("090.5", "90.5"), ("-0", "0.0"),
  ])
  func degreesAreExact(_ text: String, _ expected: String) {
    #expect(Coordinate(parsing: text, limit: 180)?.description == expected)
  }

  @Test(arguments: [
    "", "-", "+", ".5", "5.", "1e2", "180.0000001", "-180.1", "1.2.3", "45°", "12345678901234567890", "0x1", " 1",
  ])
  func whatIsNoDegreeIsNone(_ text: String) { #expect(Coordinate(parsing: text, limit: 180) == nil) }

  @Test func latitudesEndAtNinety() {
    #expect(Coordinate(parsing: "90", limit: 90) != nil && Coordinate(parsing: "90.0000001", limit: 90) == nil)
  }

  // MARK: Other words

  @Test func aSecretIsNeverPrinted() {
    let secret = Secret("hunter2")
    #expect(secret.revealed == "hunter2")
    for text in [
      "\(secret)", secret.debugDescription, String(reflecting: [secret]), String(describing: Optional(secret)),
    ] {
      #expect(!text.contains("hunter2"))
    }
    var dumped = ""
    dump(secret, to: &dumped)
    #expect(!dumped.contains("hunter2"))
  }

  @Test func photosAreKnownByContentOrAddress() {
    let digest = Digest(of: "x")
    for reference in [PhotoReference.file(digest, .jpeg), .file(digest, .webp), .url("https://example.com/a.b.jpg")] {
      #expect(PhotoReference(reference.description) == reference)
    }
    for wrong in ["", "a.jpg", "ftp://x/y.jpg", "sha256:00.jpg", "\(digest)", "\(digest).exe", "file:///etc/passwd"] {
      #expect(PhotoReference(wrong) == nil, "\(wrong)")
    }
  }

  @Test func formatsAreKnownByTheFirstBytes() {
    let cases: [([UInt8], PhotoFormat?)] = [
      ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
      (Array("GIF89a".utf8), .gif), (Array("RIFF\0\0\0\0WEBP".utf8), .webp), (Array("RIFF\0\0\0\0WAVE".utf8), nil),
      (Array("<svg>".utf8), nil), ([], nil), ([0xFF], nil), (Array("II*\0".utf8), .tiff), (Array("MM\0*".utf8), .tiff),
    ]
    for (bytes, format) in cases { #expect(PhotoFormat(sniffing: bytes[...]) == format, "\(bytes)") }
  }

  @Test func originsAreKeptForEachField() {
    var origins: Origins = [.title: Origin(layer: .listing, file: "a.yaml", line: 2)]
    origins[.price] = Origin(layer: .override, file: "b.yaml", line: 9_000_000)
    #expect(origins[.title] == Origin(layer: .listing, file: "a.yaml", line: 2) && origins[.photos] == nil)
    #expect(origins[.price]?.file == "b.yaml" && origins[.price]?.line == (1 << 23) - 1)
    origins[.title] = nil
    #expect(origins[.title] == nil && !origins.isEmpty)
  }

  @Test func problemsSortByTheirPlace() {
    let one = Problem(.error, rule: "r", file: "a.yaml", line: 2, column: 3, message: "m")
    let two = Problem(.warning, rule: "q", file: "a.yaml", line: 10, column: 1, message: "m")
    let whole = Problem(.error, rule: "r", file: "a.yaml", message: "m")
    #expect([two, one, whole].sorted() == [whole, one, two])
    #expect(one.place == "a.yaml:2:3" && whole.place == "a.yaml")
  }
}
