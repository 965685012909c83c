/// A page as a browser takes it apart, for tests: its tags, what they stand in, and whether all are closed in order.
struct HTMLTags {
  struct Tag {
    var name: String
    var attributes: [String: String] = [:]
    var parents: [String]

    func isInside(_ name: String) -> Bool { parents.contains(name) }
  }

  private(set) var all: [Tag] = []
  private(set) var isWellFormed = true
  private static let void: Set<String> = ["meta", "link", "input", "img", "!doctype", "path", "rect", "polyline"]

  var names: Set<String> { Set(all.map(\.name)) }
  var attributeNames: Set<String> { Set(all.flatMap(\.attributes.keys)) }

  init(_ html: String) {
    let text = Array(html.unicodeScalars)
    var place = 0
    var open: [String] = []
    while place < text.count {
      guard text[place] == "<" else {
        if text[place] == ">" { isWellFormed = false }
        place += 1
        continue
      }
      var tag = Tag(name: "", parents: open)
      let isEnd = place + 1 < text.count && text[place + 1] == "/"
      place += isEnd ? 2 : 1
      while place < text.count, text[place] != ">", text[place] != " ", text[place] != "/" {
        tag.name.unicodeScalars.append(text[place])
        place += 1
      }
      HTMLTags.attributes(text, &place, &tag)
      place += 1
      if isEnd {
        if open.popLast() != tag.name { isWellFormed = false }
      } else {
        all.append(tag)
        if !HTMLTags.void.contains(tag.name) { open.append(tag.name) }
      }
    }
    if !open.isEmpty { isWellFormed = false }
  }

  private static func attributes(_ text: [Unicode.Scalar], _ place: inout Int, _ tag: inout Tag) {
    while place < text.count, text[place] != ">" {
      guard text[place] != " ", text[place] != "/", text[place] != "\n" else {
        place += 1
        continue
      }
      var (name, value) = ("", "")
      while place < text.count, text[place] != "=", text[place] != " ", text[place] != ">" {
        name.unicodeScalars.append(text[place])
        place += 1
      }
      if place + 1 < text.count, text[place] == "=", text[place + 1] == "\"" {
        place += 2
        while place < text.count, text[place] != "\"" {
          value.unicodeScalars.append(text[place])
          place += 1
        }
        place += 1
      }
      tag.attributes[name] = value
    }
  }
}
