import CLibCurl
import Glibc

/// The open sockets, and what went over each. It belongs to the loop's thread.
///
/// libcurl takes a kept connection on which bytes have come meanwhile for a living one, and those bytes for the answer
/// to the next request: the second half of a doubled answer, or the 408 with which a server ends an idle connection,
/// would name the id of a post that was never made. So a kept connection is looked at in the moment before it is used.
final class Lines {
  /// What libcurl tells of a connection. Two to different hosts may share it: then one more connection is made.
  struct Ends: Hashable {
    let here: Int32
    let there: Int32
  }

  private struct Line {
    let socket: Int32
    var requests = 0
    var underWay = 0
    /// Its answers say whose they are, and frames may come at any time.
    var isHTTP2 = false
  }

  /// Not connected yet, or not used.
  private var fresh: [Int32] = []
  private var lines: [Ends: Line] = [:]

  func opened(_ socket: Int32) { fresh.append(socket) }

  func closed(_ socket: Int32) {
    if let index = fresh.firstIndex(of: socket) {
      fresh.remove(at: index)
    } else if let ends = lines.first(where: { $0.value.socket == socket })?.key {
      lines[ends] = nil
    }
  }

  /// Whether a request may go over this connection; if so, it is under way from here on.
  func begin(_ ends: Ends) -> Bool {
    adopt(ends)
    guard let line = lines[ends] else { return true }
    // With HTTP/1 there is one at a time. On a connection's first use a ticket of TLS may wait to be read.
    if line.requests > 0, line.underWay == 0, !line.isHTTP2, !isSilent(line.socket) { return false }
    lines[ends]?.requests += 1
    lines[ends]?.underWay += 1
    return true
  }

  func end(_ ends: Ends, isHTTP2: Bool) {
    lines[ends]?.underWay -= 1
    if isHTTP2 { lines[ends]?.isHTTP2 = true }
  }

  private func adopt(_ ends: Ends) {
    guard let index = fresh.firstIndex(where: { localPort($0) == ends.here }) else { return }
    lines[ends] = Line(socket: fresh.remove(at: index))
  }

  /// Nothing has come, not even the end.
  private func isSilent(_ socket: Int32) -> Bool {
    var byte: UInt8 = 0
    return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0
      && (errno == EAGAIN || errno == EINTR)
  }

  private func localPort(_ socket: Int32) -> Int32? {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout.size(ofValue: address))
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
    }
    // At the same place for both families.
    return code == 0 ? Int32(UInt16(bigEndian: address.sin6_port)) : nil
  }
}

private func lines(_ pointer: UnsafeMutableRawPointer?) -> Lines? {
  pointer.map { Unmanaged<Lines>.fromOpaque($0).takeUnretainedValue() }
}

func openSocket(
  _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let address = address?.pointee else { return CURL_SOCKET_BAD }
  let socket = socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
  if socket >= 0 { lines(context)?.opened(socket) }
  return socket
}

func closeSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
  lines(context)?.closed(socket)
  return close(socket)
}
