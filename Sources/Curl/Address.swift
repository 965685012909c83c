import CLibCurl

extension Request {
  /// Refuses, before libcurl sees it, what must not be sent: an address that is none or that would carry a token over
  /// plain HTTP to another machine, and header lines that would become two. Whether the address is this machine's own.
  func check() throws(CurlFailure) -> Bool {
    let lines = headers.lazy.flatMap { [$0.name, $0.value] }
    guard lines.allSatisfy({ $0.utf8.allSatisfy { byte in byte >= 0x20 && byte != 0x7F || byte == 0x09 } }) else {
      throw CurlFailure(.other, wasSent: false, message: "a header holds a control character; it was not sent")
    }
    return try isLoopback()
  }

  /// Whether the address is this machine's own. Judged by libcurl's own reading of the address, so that the two can't
  /// differ; `localhost` never leaves the machine (libcurl resolves it by itself).
  private func isLoopback() throws(CurlFailure) -> Bool {
    guard let parsed = curl_url() else { throw Request.bad("no memory to read the address") }
    defer { curl_url_cleanup(parsed) }
    guard !url.utf8.contains(0), curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK,
      let scheme = Request.part(CURLUPART_SCHEME, of: parsed), let host = Request.part(CURLUPART_HOST, of: parsed)
    else { throw Request.bad("not an address of the form https://host/path") }
    let isLoopback = host == "localhost" || host == "[::1]" || Request.isLoopbackIPv4(host)
    switch scheme {
    case "https": return isLoopback
    case "http" where isLoopback: return true
    case "http": throw Request.bad("http:// is for this machine only, and \(host) is another: use https://")
    default: throw Request.bad("\(scheme):// is not served here: use https://")
    }
  }

  private static func bad(_ message: String) -> CurlFailure { CurlFailure(.badURL, wasSent: false, message: message) }

  private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text).lowercased()
  }

  /// libcurl writes every form of an IPv4 address (`127.1`, `0x7f000001`) as four decimal numbers.
  private static func isLoopbackIPv4(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
