import Foundation
import Glibc

/// A folder of its own for one test.
package struct TemporaryFolder: Sendable {
  package let path: String

  package struct Failure: Error { let message: String }

  /// `parent`: a file system that has what the test needs.
  package init(in parent: String = "/tmp") throws {
    var template = Array("\(parent)/hawker-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(message: String(cString: strerror(errno))) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Writes a file directly in the folder; its path.
  @discardableResult
  package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = "\(path)/\(name)"
    guard let stream = fopen(file, "w") else { throw Failure(message: "\(file): \(String(cString: strerror(errno)))") }
    defer { fclose(stream) }
    guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw Failure(message: "\(file): not written") }
    return file
  }

  /// Removes the folder and all below it.
  package func remove() { try? FileManager.default.removeItem(atPath: path) }
}
