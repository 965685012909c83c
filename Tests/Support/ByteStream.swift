import CLibSSL
import Glibc

/// The bytes of one connection, with or without TLS. It lives on its connection's thread.
struct ByteStream: ~Copyable {
  let descriptor: Int32
  private let ssl: OpaquePointer?

  /// Nil when the client doesn't go through with the handshake.
  init?(_ descriptor: Int32, as identity: TestIdentity?) {
    self.descriptor = descriptor
    guard let identity else {
      ssl = nil
      return
    }
    // OpenSSL writes without MSG_NOSIGNAL; the thread ends with the connection.
    var pipe = sigset_t()
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, nil)
    let ssl = SSL_new(identity.context)
    SSL_set_fd(ssl, descriptor)
    guard SSL_accept(ssl) == 1 else {
      SSL_free(ssl)
      return nil
    }
    self.ssl = ssl
  }

  deinit { SSL_free(ssl) }

  /// Nil when the client is gone.
  func receive() -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = ssl.map { Int(SSL_read($0, &chunk, Int32(chunk.count))) } ?? recv(descriptor, &chunk, chunk.count, 0)
    return count > 0 ? Array(chunk[..<count]) : nil
  }

  /// Whether all of it could be sent.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { piece in
        ssl.map { Int(SSL_write($0, piece.baseAddress, Int32(piece.count))) }
          ?? Glibc.send(descriptor, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Waits, but no longer than until the client has gone or said something.
  func pause(milliseconds: Int32) {
    var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&end, 1, milliseconds)
  }

  /// Until the server stops, or the connection is reset.
  func waitForTheEnd() {
    var end = pollfd(fd: descriptor, events: 0, revents: 0)
    poll(&end, 1, -1)
  }

  /// The end of the connection will be a reset.
  func prepareReset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
  }

  /// Says goodbye as TLS wants it, so that an end is not taken for a cut.
  func finish() {
    if let ssl { SSL_shutdown(ssl) }
  }
}
