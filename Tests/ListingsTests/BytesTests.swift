import Listings
import Support
import Testing

/// What is read and written eight bytes at a time, against the same byte by byte.
@Suite struct BytesTests {
  @Test func aDigestTakes64DigitsAndNothingElse() {
    let digest = Digest(of: "a")
    let hex = Array(digest.hex.utf8)
    #expect(digest.hex == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")
    for place in hex.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = hex
        changed[place] = byte
        let isDigit = Character(Unicode.Scalar(byte)).isHexDigit && byte < 0x80
        let read = Digest(hex: changed.span)
        #expect((read != nil) == isDigit)
        if isDigit { #expect(read?.hex == String(decoding: changed, as: UTF8.self).lowercased()) }
      }
    }
  }

  @Test func aTimeTakesDigitsWhereTheyBelong() {
    let text = Array("2026-11-22T16:05:09.070Z".utf8)
    for place in text.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = text
        changed[place] = byte
        let isDigit = (0x30...0x39).contains(byte) && (0x30...0x39).contains(text[place])
        let read = Timestamp(changed.span)
        if byte == text[place] {
          #expect(read == Timestamp(milliseconds: 1_795_363_509_070))
        } else if !isDigit {
          #expect((read != nil) == (place == 10 && byte == 0x74))
        } else if let read {
          #expect(read.description == String(decoding: changed, as: UTF8.self))
        }
      }
    }
  }

  @Test func everyTimeIsReadAsItWasWritten() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<10_000 {
      let time = Timestamp(milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
      #expect(Timestamp(time.description) == time)
    }
    for text in ["2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z", "2026-01-32T00:00:00.000Z"] {
      #expect(Timestamp(text) == nil)
    }
    for text in ["2026-01-01T24:00:00.000Z", "2026-01-01T00:60:00.000Z", "2026-01-01T00:00:61.000Z"] {
      #expect(Timestamp(text) == nil)
    }
  }

  /// Every byte at every place of a text, so that each is met at each place of a word.
  @Test func specialBytesAreFoundWhereverTheyStand() {
    for count in 0..<20 {
      for place in 0..<count {
        for byte in UInt8.min...UInt8.max {
          var text = [UInt8](repeating: 0x80, count: count)
          text[place] = byte
          let isSpecial = byte < 0x20 || byte == 0x22 || byte == 0x5C
          #expect(text.span.plainEnd(0..<count) == (isSpecial ? place : count))
        }
      }
    }
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var random = SeededRandom(seed: 4)
    for _ in 0..<2000 {
      let scalars = (0..<Int.random(in: 0...30, using: &random)).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &random) ? 0x80 : 0x1_F6FF), using: &random))
      }
      let text = String(String.UnicodeScalarView(scalars))
      var json = JSONWriter()
      json.value(text)
      #expect(try JSONValue(parsing: json.bytes) == .string(text))
      #expect(json.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
  }
}
