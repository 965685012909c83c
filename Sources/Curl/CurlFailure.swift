import CLibCurl

/// Why there is no answer.
package struct CurlFailure: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// No such host, refused, or a proxy in the way.
    case couldNotConnect
    /// The secure connection could not be made, or the certificate is not trusted.
    case tls
    case timedOut
    /// The connection ended before the whole answer was there.
    case cut
    /// The answer is larger than the client takes.
    case tooLarge
    case cancelled
    /// Not an address, or one that must not be used.
    case badURL
    case other
  }

  package let kind: Kind
  /// Whether the server may have seen any of the request. False: certainly nothing of it.
  package let wasSent: Bool
  /// For a person; it holds no path, no query and no header.
  package let message: String

  package init(_ kind: Kind, wasSent: Bool, message: String) {
    self.kind = kind
    self.wasSent = wasSent
    self.message = message
  }

  static func cancelled(wasSent: Bool) -> CurlFailure {
    CurlFailure(.cancelled, wasSent: wasSent, message: "cancelled")
  }
}

extension CurlFailure.Kind {
  init(_ code: CURLcode) {
    switch code {
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PROXY:
      self = .couldNotConnect
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
      self = .tls
    case CURLE_OPERATION_TIMEDOUT: self = .timedOut
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SEND_FAIL_REWIND,
      CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_ABORTED_BY_CALLBACK, CURLE_SSL_SHUTDOWN_FAILED:
      self = .cut
    // Not CURLE_UNSUPPORTED_PROTOCOL: the address was checked, so that is an answer in something that is not HTTP.
    case CURLE_URL_MALFORMAT: self = .badURL
    default: self = .other
    }
  }
}
