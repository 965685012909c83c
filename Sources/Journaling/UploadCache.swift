import Listings
import Synchronization

/// `uploads.jsonl`: ids of photos that marketplaces keep for a day, so that a create that was cut off need not upload
/// them again. No truth: it is never synced, and a line that is not intact is left out. Lines are framed like the
/// journal's, because a wrong id would put another thing's photo into a post.
package final class UploadCache: Sendable {
  package struct Upload: Hashable, Sendable {
    package let remoteID: String
    package let at: Timestamp
  }

  private struct State {
    var uploads: [String: Upload] = [:]
    var file: Int32 = -1
    var end = 0
  }

  /// Older uploads are not worth keeping.
  private static let lasting: Duration = .seconds(86_400)
  private let path: String
  private let disk: any Disk
  private let state = Mutex(State())

  /// Call it with the journal's lock held. What can't be read or written is done without.
  package init(_ directory: String, now: Timestamp, disk: any Disk = LocalDisk()) {
    path = directory + "/uploads.jsonl"
    self.disk = disk
    state.withLock { state in
      load(&state, now)
      rewrite(&state)
    }
  }

  deinit { state.withLock { if $0.file >= 0 { disk.close($0.file) } } }

  package subscript(name: String) -> Upload? { state.withLock { $0.uploads[name] } }

  /// A nil id takes it out.
  package func keep(_ name: String, _ remoteID: String?, at: Timestamp) {
    state.withLock { state in
      state.uploads[name] = remoteID.map { Upload(remoteID: $0, at: at) }
      guard state.file >= 0 else { return }
      let line = UploadCache.line(name, remoteID, at)
      CrashPoint.reach("upload-keep-before")
      do throws(DiskError) {
        try disk.write(line, to: state.file, at: state.end, path: path)
        state.end += line.count
        CrashPoint.reach("upload-keep-after")
      } catch {
        disk.close(state.file)
        state.file = -1
      }
    }
  }

  private func load(_ state: inout State, _ now: Timestamp) {
    guard let bytes = try? disk.read(path, limit: 64 << 20) else { return }
    var lines = LineReader(bytes: bytes)
    while let range = lines.next() {
      guard let envelope = Envelope(bytes, range), envelope.kind == "upload", let json = try? envelope.json(bytes),
        let name = json["name"]?.string, now.duration(since: envelope.at) < UploadCache.lasting
      else { continue }
      state.uploads[name] = json["remote_id"]?.string.map { Upload(remoteID: $0, at: envelope.at) }
    }
  }

  /// Starts the file anew with what is still good.
  private func rewrite(_ state: inout State) {
    var bytes: [UInt8] = []
    for (name, upload) in state.uploads { bytes += UploadCache.line(name, upload.remoteID, upload.at) }
    do throws(DiskError) {
      // Beside, and moved into place: killed here a second time, it still knows what the first one had uploaded.
      let temporary = path + ".tmp"
      state.file = try disk.open(temporary, create: true)
      try disk.truncate(state.file, to: 0, path: temporary)
      try disk.write(bytes, to: state.file, at: 0, path: temporary)
      CrashPoint.reach("uploads-written")
      try disk.rename(temporary, to: path)
      CrashPoint.reach("uploads-rewritten")
      state.end = bytes.count
    } catch {
      if state.file >= 0 { disk.close(state.file) }
      state.file = -1
    }
  }

  private static func line(_ name: String, _ remoteID: String?, _ at: Timestamp) -> [UInt8] {
    let body = encodeBody("upload") { json in
      json.field("name", name)
      json.optional("remote_id", remoteID)
    }
    var chain = Chain()
    var line: [UInt8] = []
    chain.write(body, at: at.description, to: &line)
    return line
  }
}
