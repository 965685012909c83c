import CLibCurl

// What libcurl calls. Free functions: a closure formed in isolated code would carry that isolation onto this thread.
extension Transfer {
  fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    isTooLarge = body.count + bytes.count > limits.body
    if !isTooLarge { body.append(contentsOf: bytes) }
    return !isTooLarge
  }

  fileprivate func take(header line: UnsafeRawBufferPointer) -> Bool {
    // A status line begins another answer: an interim one (100) went before.
    if line.starts(with: "HTTP/".utf8) {
      head.removeAll(keepingCapacity: true)
      isHeadWhole = false
    }
    if line.first == 0x0D || line.first == 0x0A { isHeadWhole = true }
    isTooLarge = head.count + line.count > limits.head
    if !isTooLarge { head.append(contentsOf: line) }
    return !isTooLarge
  }

  fileprivate func give(into room: UnsafeMutableRawBufferPointer) -> Int {
    guard case .bytes(let bytes)? = order?.request.body else { return 0 }
    let count = min(room.count, bytes.count - taken)
    bytes.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[taken..<taken + count])) }
    taken += count
    return count
  }
}

private func transfer(_ pointer: UnsafeMutableRawPointer?) -> Transfer? {
  pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

func takeBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  let taken = transfer(context)?.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? false
  return taken ? size * count : Int(CURL_WRITEFUNC_ERROR)
}

func takeHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  let taken = transfer(context)?.take(header: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? false
  return taken ? size * count : Int(CURL_WRITEFUNC_ERROR)
}

func giveBody(
  _ room: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  transfer(context)?.give(into: UnsafeMutableRawBufferPointer(start: room, count: size * count)) ?? 0
}

func aboutToSend(
  _ context: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?,
  _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
  transfer(context)?.mayStart(on: Lines.Ends(here: localPort, there: remotePort)) == true
    ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
