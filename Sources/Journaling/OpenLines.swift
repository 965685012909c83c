import Listings

/// Lines whose links are still open: written by many threads at once, and then chained by one. All that a link changes is
/// its line's last bytes, so that almost the whole of its checksum is known before.
struct OpenLines {
  private var json: JSONWriter
  private let frame: [UInt8]
  private var links: [Link] = []

  struct Link: Sendable {
    /// Where the digits of `prev` begin.
    let place: Int
    /// Of the line up to there.
    var sum: CRC32C
  }

  /// `begun`: bytes that stand before the lines. All lines stand for one entry.
  init(_ begun: [UInt8], _ chain: Chain, _ at: Timestamp) {
    json = JSONWriter(reserving: begun.count + 2 * 1024 * 1024)
    json.frame(begun)
    frame = Array("{\"seq\":\(chain.sequence),\"batch\":\(chain.batch),\"at\":\"\(at)\",".utf8)
  }

  mutating func append(_ kind: StaticString, _ members: (inout JSONWriter) -> Void) {
    let start = json.bytes.count
    json.frame(frame)
    json.field("kind", "\(kind)")
    members(&json)
    json.frame(OpenLines.beforeLink)
    var sum = CRC32C()
    sum.update(json.bytes.span, start..<json.bytes.count)
    links.append(Link(place: json.bytes.count, sum: sum))
    json.frame(OpenLines.link)
  }

  private static let beforeLink = Array(",\"prev\":\"".utf8)
  private static let link = Array("00000000\",\"sum\":\"00000000\"}\n".utf8)

  var finished: Finished { Finished(bytes: json.bytes, links: links) }

  struct Finished: Sendable {
    fileprivate var bytes: [UInt8]
    fileprivate var links: [Link]

    /// The lines as they are behind the chain's last one.
    consuming func closed(_ chain: inout Chain) -> [UInt8] {
      for link in links {
        bytes.replace(at: link.place, word: EightBytes.hex(number: chain.sum))
        var sum = link.sum
        sum.update(bytes.span, link.place..<link.place + 9)
        chain.sum = sum.value
        bytes.replace(at: link.place + 17, word: EightBytes.hex(number: chain.sum))
      }
      return bytes
    }
  }
}
