import Mustache

/// The pages' templates, parsed once.
enum Template {
  private static let library: MustacheLibrary = {
    MustacheContentTypes.register(HTMLText(), named: "PAGE")
    var library = MustacheLibrary()
    for (name, text) in texts {
      do {
        try library.register("{{% CONTENT_TYPE:PAGE}}" + text, named: name)
      } catch {
        preconditionFailure("the template \(name) can't be parsed: \(error)")
      }
    }
    return library
  }()

  static let texts: [String: String] = Templates.frame.merging(Templates.parts) { $1 }.merging(Templates.pages) { $1 }

  static func render(_ name: String, _ model: some Any) -> String {
    library.render(Tree.of(model), withTemplate: name) ?? ""
  }
}

/// A model as Mustache looks it up: each struct's members in a dictionary, made once. (By itself it would reflect anew at
/// every tag, and look in the parents for what is nil.)
enum Tree {
  private struct Absent: MustacheCustomRepresentation {
    var representation: Any? { nil }
  }

  static func of(_ value: Any) -> Any {
    switch value {
    case let text as String: return text
    case let flag as Bool: return flag
    case let number as Int: return number
    case let list as [Any]: return list.map(of)
    default: return members(value)
    }
  }

  private static func members(_ value: Any) -> Any {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional { return mirror.children.first.map { of($0.value) } ?? Absent() }
    var members: [String: Any] = [:]
    for child in mirror.children {
      guard let label = child.label else { continue }
      members[label] = of(child.value)
    }
    return members
  }
}

/// Text of others in HTML, in an element or a quoted attribute. By scalars: the library's own looks for whole characters,
/// and a quote with a combining mark behind it is another one to it, but not to a browser.
struct HTMLText: MustacheContentType {
  func escapeText(_ text: String) -> String { HTMLText.escape(text) }

  static func escape(_ text: String) -> String {
    var text = text
    let isPlain = text.withUTF8 { bytes in
      for byte in bytes {
        switch byte {
        case 0x22, 0x26, 0x27, 0x3C, 0x3E, 0x60, 0x00...0x08, 0x0B...0x1F, 0x7F: return false
        // Controls of C1 and of the direction begin with these.
        case 0xC2, 0xE2: return false
        default: continue
        }
      }
      return true
    }
    if isPlain { return text }
    var safe = ""
    safe.reserveCapacity(text.utf8.count + 32)
    for scalar in text.unicodeScalars { append(scalar, to: &safe) }
    return safe
  }

  private static func append(_ scalar: Unicode.Scalar, to safe: inout String) {
    switch scalar.value {
    case 0x22: safe += "&quot;"
    case 0x26: safe += "&amp;"
    case 0x27: safe += "&#39;"
    case 0x3C: safe += "&lt;"
    case 0x3E: safe += "&gt;"
    case 0x60: safe += "&#96;"
    case 0x09, 0x0A: safe.unicodeScalars.append(scalar)
    case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: safe += "\u{FFFD}"
    // What turns the direction of the text behind it is shown, and turns nothing.
    case 0x202A...0x202E, 0x2066...0x2069: safe += "\\u{\(String(scalar.value, radix: 16))}"
    default: safe.unicodeScalars.append(scalar)
    }
  }
}
