import CLibCurl

/// One request on its way: an easy handle and what its callbacks need. It belongs to the loop's thread, and libcurl
/// calls back on that thread only, from within `curl_multi_perform`.
final class Transfer {
  let easy: UnsafeMutableRawPointer
  var order: Order?
  var limits = Client.Limits()
  /// Of the request's body, how much libcurl has taken.
  var taken = 0
  /// How often libcurl was about to send the request.
  var starts = 0
  var head: [UInt8] = []
  var body: [UInt8] = []
  var isTooLarge = false
  var headers: UnsafeMutablePointer<curl_slist>?
  var mime: OpaquePointer?
  let reason: UnsafeMutablePointer<CChar>

  init() {
    guard let easy = curl_easy_init() else { fatalError("libcurl has no memory for a handle") }
    self.easy = easy
    reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
    reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    clear()
    curl_easy_cleanup(easy)
    reason.deallocate()
  }

  /// Whether the server may have seen any of the request.
  var wasSent: Bool { starts > 0 }

  static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
    var pointer: UnsafeMutableRawPointer?
    curl_get_pointer(easy, CURLINFO_PRIVATE, &pointer)
    return pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Makes the handle ready for another request; its connection stays with the loop.
  func clear() {
    curl_easy_reset(easy)
    curl_slist_free_all(headers)
    curl_mime_free(mime)
    (headers, mime, order) = (nil, nil, nil)
    (taken, starts, isTooLarge) = (0, 0, false)
    head.removeAll(keepingCapacity: true)
    body = []
    reason.pointee = 0
  }

  func result(_ code: CURLcode) -> Result<Response, CurlFailure> {
    guard code == CURLE_OK else { return .failure(failure(code)) }
    var status = 0
    var version = 0
    curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    curl_get_long(easy, CURLINFO_HTTP_VERSION, &version)
    let kind: Response.Version =
      switch version {
      case Int(CURL_HTTP_VERSION_1_0), Int(CURL_HTTP_VERSION_1_1): .http1
      case Int(CURL_HTTP_VERSION_2_0): .http2
      default: .other
      }
    return .success(Response(status: status, version: kind, headers: Headers(raw: head), body: body))
  }

  private func failure(_ code: CURLcode) -> CurlFailure {
    if isTooLarge {
      return CurlFailure(
        .tooLarge, wasSent: wasSent, message: "the answer is larger than \(limits.body >> 20) MiB (or its headers are)")
    }
    let told = reason.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: reason)
    let safe = told.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    return CurlFailure(CurlFailure.Kind(code), wasSent: wasSent, message: String(String.UnicodeScalarView(safe)))
  }
}
