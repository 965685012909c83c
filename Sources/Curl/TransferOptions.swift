import CLibCurl

extension Transfer {
  /// Sets every option: `clear` has taken back those of the request before.
  func prepare(_ order: Order, limits: Client.Limits, freshly: Bool) throws(CurlFailure) {
    self.order = order
    self.limits = limits
    let request = order.request
    curl_set_text(easy, CURLOPT_URL, request.url)
    curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    curl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
    curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    curl_set_text(easy, CURLOPT_USERAGENT, "hawker")
    // A resolver that hangs must not hold the loop up when its request ends: its thread is left to finish alone.
    curl_set_long(easy, CURLOPT_QUICK_EXIT, 1)
    curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
    curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
    if let authorities = limits.authorities { curl_set_text(easy, CURLOPT_CAINFO, authorities) }
    curl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if order.isLoopback {
      curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
      curl_set_text(easy, CURLOPT_PROXY, "")
    } else {
      curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "https")
      curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
      // Until it is known whether the host speaks HTTP/2: rather share its connection than open a second one.
      curl_set_long(easy, CURLOPT_PIPEWAIT, 1)
    }
    curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, limits.connecting.wholeMilliseconds)
    curl_set_long(easy, CURLOPT_TIMEOUT_MS, min(request.timeout, limits.longest).wholeMilliseconds)
    if freshly { curl_set_long(easy, CURLOPT_FRESH_CONNECT, 1) }
    curl_set_pointer(easy, CURLOPT_ERRORBUFFER, reason)
    setCallbacks()
    try setBody(of: request)
    try setHeaders(request.headers)
  }

  private func setCallbacks() {
    let me = Unmanaged.passUnretained(self).toOpaque()
    curl_set_pointer(easy, CURLOPT_PRIVATE, me)
    curl_set_pointer(easy, CURLOPT_WRITEDATA, me)
    curl_set_transfer_callback(easy, CURLOPT_WRITEFUNCTION, takeBody)
    curl_set_pointer(easy, CURLOPT_HEADERDATA, me)
    curl_set_transfer_callback(easy, CURLOPT_HEADERFUNCTION, takeHeader)
    curl_set_pointer(easy, CURLOPT_PREREQDATA, me)
    curl_set_prereq_callback(easy, aboutToSend)
    setSocketCallbacks()
  }

  private func setHeaders(_ fields: [(name: String, value: String)]) throws(CurlFailure) {
    // "Expect:" alone keeps libcurl from asking for leave (100-continue) and waiting a second for it.
    for line in fields.map({ $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }) + ["Expect:"] {
      guard let longer = curl_slist_append(headers, line) else { throw outOfMemory }
      headers = longer
    }
    curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
  }

  private func setBody(of request: Request) throws(CurlFailure) {
    switch request.body {
    case .none where request.method == .get:
      curl_set_long(easy, CURLOPT_HTTPGET, 1)
    case .none where request.method == .delete:
      curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    case .none: try setBody([], of: request)
    case .bytes(let bytes): try setBody(bytes, of: request)
    case .multipart(let fields, let file): try setForm(fields, file)
    }
  }

  private func setBody(_ bytes: [UInt8], of request: Request) throws(CurlFailure) {
    curl_set_long(easy, CURLOPT_POST, 1)
    if request.method != .post { curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
    curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
    if request.isRepeatable {
      // One piece with the headers, and libcurl's own to send again.
      let code = bytes.withUnsafeBytes { body in
        curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress))
      }
      guard code == CURLE_OK else { throw outOfMemory }
    } else {
      // libcurl has no way back to the body's start, so it can't send the request again by itself.
      curl_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
      curl_set_transfer_callback(easy, CURLOPT_READFUNCTION, giveBody)
    }
  }

  private func setForm(_ fields: [(name: String, value: String)], _ file: Request.File) throws(CurlFailure) {
    mime = curl_mime_init(easy)
    for (name, value) in fields {
      let part = curl_mime_addpart(mime)
      curl_mime_name(part, name)
      guard curl_mime_data(part, value, value.utf8.count) == CURLE_OK else { throw outOfMemory }
    }
    let part = curl_mime_addpart(mime)
    curl_mime_name(part, file.field)
    switch file.source {
    case .bytes(let bytes):
      let code = bytes.withUnsafeBytes {
        curl_mime_data(part, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
      guard code == CURLE_OK else { throw outOfMemory }
    case .path(let path):
      guard curl_mime_filedata(part, path) == CURLE_OK else {
        throw CurlFailure(.other, wasSent: false, message: "the file \(path) can't be read")
      }
    }
    curl_mime_filename(part, file.name)
    curl_mime_type(part, file.mediaType)
    curl_set_pointer(easy, CURLOPT_MIMEPOST, UnsafeMutableRawPointer(mime))
  }

  private var outOfMemory: CurlFailure { CurlFailure(.other, wasSent: false, message: "out of memory") }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int {
    max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
  }
}
