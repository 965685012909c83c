import CLibCurl

/// One request on its way: an easy handle and what its callbacks need. It belongs to the loop's thread, and libcurl
/// calls back on that thread only, from within `curl_multi_perform`.
final class Transfer {
  let easy: UnsafeMutableRawPointer
  private let lines: Lines
  private var line: Lines.Ends?
  var order: Order?
  var limits = Client.Limits()
  /// Of the request's body, how much libcurl has taken.
  var taken = 0
  /// How often libcurl was about to send the request.
  private var starts = 0
  /// It was not sent, because its kept connection turned out to be none.
  private(set) var needsFreshConnection = false
  var head: [UInt8] = []
  var body: [UInt8] = []
  /// The empty line after the headers has come.
  var isHeadWhole = false
  var isTooLarge = false
  var headers: UnsafeMutablePointer<curl_slist>?
  var mime: OpaquePointer?
  let reason: UnsafeMutablePointer<CChar>

  init(_ lines: Lines) {
    self.lines = lines
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

  /// After connecting, before the first byte: the boundary between "certainly not sent" and "may have been seen". Here
  /// for the second time, libcurl wants to send the request again, because a kept connection died under it.
  func mayStart(on ends: Lines.Ends) -> Bool {
    leaveLine()
    if starts > 0, order?.request.isRepeatable != true { return false }
    guard lines.begin(ends) else {
      needsFreshConnection = starts == 0
      return false
    }
    line = ends
    starts += 1
    return true
  }

  private func leaveLine(isHTTP2: Bool = false) {
    if let line { lines.end(line, isHTTP2: isHTTP2) }
    line = nil
  }

  func setSocketCallbacks() {
    let table = Unmanaged.passUnretained(lines).toOpaque()
    curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, table)
    curl_set_open_callback(easy, openSocket)
    curl_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, table)
    curl_set_close_callback(easy, closeSocket)
  }

  static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
    var pointer: UnsafeMutableRawPointer?
    curl_get_pointer(easy, CURLINFO_PRIVATE, &pointer)
    return pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Makes the handle ready for another request; its connection stays with the loop.
  func clear() {
    leaveLine()
    curl_easy_reset(easy)
    curl_slist_free_all(headers)
    curl_mime_free(mime)
    (headers, mime, order) = (nil, nil, nil)
    (taken, starts) = (0, 0)
    (isHeadWhole, isTooLarge, needsFreshConnection) = (false, false, false)
    head.removeAll(keepingCapacity: true)
    body = []
    reason.pointee = 0
  }

  func result(_ code: CURLcode) -> Result<Response, CurlFailure> {
    guard code == CURLE_OK else { return .failure(failure(code)) }
    // A connection that closes within the headers is a whole answer to libcurl, with a status and no body.
    guard isHeadWhole else {
      return .failure(CurlFailure(.cut, wasSent: wasSent, message: "the connection closed within the answer's headers"))
    }
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
    leaveLine(isHTTP2: kind == .http2)
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
