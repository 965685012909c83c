import Foundation
import Listings
import Testing

@testable import Sandbox

@Suite struct StrictJSON {
  static let good = [
    "{}", "[]", "null", " true ", "0", "-0", "12.50e-3", "\"\"", "\"\\u00e9\\n\\/\\ud83d\\ude00\"",
    "{\"a\":[1,{\"b\":\"c\"}]}", "[1 , 2\n]", "\"é😀\"", "\"\\u0000\"",
  ]
  static let bad = [
    "", "{", "{a:1}", "01", "1.", ".5", "+1", "1e", "- 1", "nul", "truee", "\"\n\"", "\"\\x\"",
    "\"\\u12\"", "\"a", "[1 2]", "{\"a\" 1}", "1 2", "\"\\ud83d\"", "\"\\ude00\"", "[1}", "NaN",
  ]

  /// Foundation is asked too, so that this reader is not judged by its own author alone.
  @Test(arguments: good) func whatFoundationReadsItReads(_ text: String) throws {
    let ours = try JSONReading.value(of: Array(text.utf8))
    let options: JSONSerialization.ReadingOptions = [.fragmentsAllowed]
    let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: options) as? NSObject
    let written = try JSONSerialization.jsonObject(with: Data(ours.bytes), options: options) as? NSObject
    #expect(theirs != nil && theirs == written)
  }

  @Test(arguments: bad) func whatFoundationRefusesItRefuses(_ text: String) {
    #expect(throws: JSONReading.Failure.self) { try JSONReading.value(of: Array(text.utf8)) }
    #expect(throws: (any Error).self) {
      try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
    }
  }

  /// A comma at the end is an error that Foundation lets through.
  @Test func mistakesThatFoundationLetsThroughAreRefusedToo() {
    for text in ["[1,]", "{\"a\":1,}"] {
      #expect(throws: JSONReading.Failure.self) { try JSONReading.value(of: Array(text.utf8)) }
    }
    let invalid: [UInt8] = [0x22, 0xC3, 0x28, 0x22]
    #expect(throws: JSONReading.Failure.self) { try JSONReading.value(of: invalid) }
    #expect(throws: JSONReading.Failure.self) { try JSONReading.value(of: Array("{\"a\":1,\"a\":1}".utf8)) }
    let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
    #expect(throws: JSONReading.Failure.self) { try JSONReading.value(of: Array(deep.utf8)) }
  }

  @Test func anIntegerIsOnlyWhatIsWrittenAsOne() throws {
    #expect(JSON.number("45000").integer == 45000)
    for text in ["45000.0", "4.5e4", "99999999999999999999"] { #expect(JSON.number(text).integer == nil) }
  }
}

@Suite struct Forms {
  private func parts(_ body: String, type: String = "multipart/form-data; boundary=B") -> [FormPart]? {
    FormPart.parts(of: Array(body.utf8), contentType: type)
  }

  @Test func aFormIsReadPartByPart() throws {
    let body =
      "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--B\r\n"
      + "content-type: image/png\r\ncontent-disposition: form-data; name=\"b\"; filename=\"x;y\"\r\n\r\n\r\n-B\r\r\n--B--\r\n"
    let found = try #require(parts(body))
    #expect(found.map(\.name) == ["a", "b"] && found.map(\.isFile) == [false, true])
    #expect(found.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one", "\r\n-B\r"])
    #expect(parts(body, type: "multipart/form-data; boundary=\"B\"") != nil)
  }

  @Test(arguments: [
    "", "--B", "--B\r\n", "--C--\r\n", "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none",
    "--B\r\nContent-Type: x\r\n\r\none\r\n--B--", "--B\r\nno head\r\n--B--",
  ])
  func aBrokenFormIsRefused(_ body: String) {
    #expect(parts(body) == nil)
    #expect(parts(body, type: "multipart/form-data") == nil)
  }

  @Test func aFieldsTextIsDecoded() {
    let fields = FormReading.fields(of: "a=1+2%26&b=&c")
    #expect(fields?.map(\.value) == ["1 2&", "", ""])
    for wrong in ["a=%", "a=%4", "a=%zz", "a=%ff"] { #expect(FormReading.fields(of: wrong) == nil) }
    #expect(FormReading.encoded("a b/é~") == "a%20b%2F%C3%A9~")
  }
}

@Suite struct Remembering {
  static let start = Timestamp(milliseconds: 1_795_363_200_000)

  private func post(_ number: Int, reference: String? = nil, isLive: Bool = true) -> Change {
    let listing = SandboxListing(
      marketplace: "offerup", account: "seller", remoteID: "ou\(number)", reference: reference, title: "T",
      description: "", price: 1, currency: "USD", category: "c", condition: "used", place: nil, photos: [],
      createdAt: Remembering.start, updatedAt: Remembering.start, isSold: false, isLive: isLive)
    return .post(Post(number: number, listing: listing, visibleAt: Remembering.start, key: nil))
  }

  @Test func aReplayOfTheEssenceIsTheSameStore() {
    var store = Store()
    for number in 1...200 { store.apply(post(number, reference: "r\(number % 3)")) }
    for number in 1...150 { store.apply(post(number, reference: "r\(number % 3)", isLive: false)) }
    var again = Store()
    for change in store.essence { again.apply(change) }
    #expect(again.posts == store.posts && again.next == 201)
    #expect(again.liveCount(of: "seller") == 50 && store.liveCount(of: "seller") == 50)
    for store in [store, again] {
      let page = store.page(of: "seller", before: 160, limit: 5, at: Remembering.start)
      #expect(page.posts.map(\.number) == [159, 158, 157, 156, 155] && page.more)
      let last = store.page(of: "seller", before: 153, limit: 5, at: Remembering.start)
      #expect(last.posts.map(\.number) == [152, 151] && !last.more)
      let found = store.posts(reference: "r0", of: "seller", at: Remembering.start).map(\.number)
      #expect(found.allSatisfy { $0 > 150 } && found.count == 16)
    }
  }

  @Test func aChangeIsWrittenAndReadBack() throws {
    let upload = Upload(
      number: 7, pageID: "10001", photo: "https://a.example/“x”", uploadedAt: Remembering.start, isPublished: true)
    for change in [post(3, reference: "a\u{1F}\n\"b"), .upload(upload), .numbered(9), post(4, isLive: false)] {
      #expect(Change(try JSONReading.value(of: change.json.bytes)) == change)
    }
  }

  @Test func expiredUploadsAreForgotten() {
    var store = Store()
    func upload(_ number: Int, hours: Int64) {
      let time = Remembering.start.advanced(by: .seconds(hours * 3600))
      store.apply(.upload(Upload(number: number, pageID: "1", photo: "p", uploadedAt: time, isPublished: false)))
    }
    for number in 1...1000 { upload(number, hours: 0) }
    upload(1001, hours: 24)
    #expect(store.uploads.count == 1001)
    upload(1002, hours: 25)
    #expect(store.uploads.count == 2)
  }

  @Test func theOldestWithdrawnAreForgottenAndTheNumbersGoOn() {
    var store = Store()
    let count = Store.archiveLimit + 10
    for number in 1...count {
      store.apply(post(number))
      store.apply(post(number, isLive: false))
    }
    #expect(store.posts.count == Store.archiveLimit && store.next == count + 1 && store.posts[10] == nil)
  }

  @Test func cursorsAreOpaqueAndChecked() {
    for number in [1, 17, 1_000_000] { #expect(Cursor.number(Cursor.text(number)) == number) }
    for wrong in ["", "1", "Q1Z", "QZ", "Q-5Z"] { #expect(Cursor.number(wrong) == nil) }
  }

  @Test func anAllowanceWithoutEndLetsAllThrough() {
    var allowance = Allowance(perSecond: .max)
    for second in [0, 1, .max, .min] as [Int64] {
      let isLetThrough = allowance.take(at: Timestamp(seconds: second))
      #expect(isLetThrough)
    }
    #expect(allowance.usage <= 1)
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808", "0"])
  func aProofOfAnotherTimeIsNone(_ time: String) {
    #expect(!AppProof.isGood("x", time: time, token: "t", at: Timestamp(seconds: 1_795_000_000)))
  }

  @Test func theLogKeepsTheLastAndCountsAll() {
    var requests = SandboxRequests()
    for index in 0..<(SandboxRequests.capacity + 5) {
      requests.note(
        SandboxRequest(
          marketplace: "offerup", operation: .list, method: "GET", path: "/\(index)", status: 200, effect: .none,
          faults: [], at: Remembering.start))
    }
    #expect(requests.count("offerup", .list) == SandboxRequests.capacity + 5)
    #expect(requests.log.count == SandboxRequests.capacity)
    #expect(requests.log.first?.path == "/5" && requests.log.last?.path == "/\(SandboxRequests.capacity + 4)")
  }
}
