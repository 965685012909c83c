import CLibSSL
import Glibc

/// A certificate for a test server on 127.0.0.1, of an authority that nobody but the test trusts; made anew in each
/// process, so nothing of it can expire in the repository.
///
/// Unchecked: OpenSSL's objects are not changed once they are made, and its contexts may be used by any thread.
package final class TestIdentity: @unchecked Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// As a client wants it.
    case good
    /// Ended yesterday.
    case expired
    /// Begins tomorrow.
    case early
    /// Its own issuer, so of no authority.
    case selfSigned
    /// For another host.
    case wrongHost
    /// Good, but the server speaks TLS 1.1 at most.
    case oldProtocol
  }

  let context: OpaquePointer

  package init(_ kind: Kind = .good, takesHTTP2: Bool = false) {
    let (ours, theirs) = (TestAuthority.shared.certificate, TestAuthority.shared.key)
    let isSelfSigned = kind == .selfSigned
    let day = 86_400
    let key = ssl_make_key()
    let certificate = ssl_make_certificate(
      key, "test server", kind == .wrongHost ? "DNS:shop.example,IP:127.0.0.2" : "IP:127.0.0.1",
      kind == .early ? day : -2 * day, kind == .expired ? -day : 2 * day, isSelfSigned ? nil : ours,
      isSelfSigned ? nil : theirs)
    guard let context = ssl_make_server(certificate, key, kind == .oldProtocol ? 1 : 0, takesHTTP2 ? 1 : 0) else {
      preconditionFailure("OpenSSL makes no context")
    }
    self.context = context
  }

  deinit { SSL_CTX_free(context) }
}

/// The authority, and the file that a client is told to trust.
package final class TestAuthority: @unchecked Sendable {
  package static let shared = TestAuthority()

  let key: OpaquePointer?
  let certificate: OpaquePointer?
  /// Of the certificate, in PEM.
  package let path: String

  private init() {
    key = ssl_make_key()
    certificate = ssl_make_certificate(key, "test authority", nil, -86_400, 86_400, nil, nil)
    var template = Array("/tmp/hawker-authority-XXXXXX".utf8CString)
    close(mkstemp(&template))
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    precondition(ssl_write_certificate(certificate, path) == 1, "\(path) can't be written")
    atexit { unlink(TestAuthority.shared.path) }
  }
}
