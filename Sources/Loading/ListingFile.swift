import Listings
import YAML

/// What one document says, before the layers below it are put underneath.
struct Draft {
  var entries: Entries
  /// Where the document's map begins.
  var mark: Mark
  var hasErrors: Bool
}

/// What one file says: a function of its bytes alone.
struct ListingFile {
  var drafts: [Draft] = []
  var problems: [Problem] = []
  /// Every id that could be read, of whole and of broken documents, with those in `moved_from`.
  var identifiers: [String] = []
  /// An error hides which listings the file holds.
  var hidesListings = false
  /// Where the document begins that is being read; nil between two.
  private var root: Mark?

  /// Reads a listing file, or with `KeySet.defaults` a `_defaults.yaml`.
  init(_ bytes: Span<UInt8>, file: String, keys: KeySet, source: Int32) {
    var interpreter = Interpreter(file: file, source: source, dialect: .listing)
    do throws(YAMLError) {
      try EventReader.read(bytes) { (events) throws(YAMLError) in
        while try events.next() != .streamEnd {
          if events.kind == .documentStart { try self.document(&events, keys, &interpreter) }
        }
      }
    } catch {
      interpreter.dropEchoes(of: error, from: root)
      // What follows a document's end belongs into it: what it lacks until then is no news.
      if root == nil, !drafts.isEmpty { drafts.removeLast() }
      interpreter.note(error)
      hidesListings = true
    }
    problems = interpreter.problems
    identifiers = interpreter.identifiers
    if interpreter.hidesListings { hidesListings = true }
    if hidesListings { identifiers += SpokenIDs.find(in: bytes) }
  }

  private mutating func document(
    _ events: inout EventReader, _ keys: KeySet, _ interpreter: inout Interpreter
  ) throws(YAMLError) {
    try events.next()
    let mark = interpreter.mark(events)
    let firstProblem = interpreter.problems.count
    interpreter.clearErrors()
    root = mark
    switch events.kind {
    case .mappingStart:
      let entries = try interpreter.map(keys, &events)
      drafts.append(Draft(entries: entries, mark: mark, hasErrors: interpreter.hasErrors))
      if case .text(let id) = entries.find(.id)?.value { interpreter.attribute(from: firstProblem, to: id) }
    case .scalar where interpreter.isNull(events): break
    default:
      hidesListings = true
      interpreter.note(.type, events, "\(keys.title) must be a map: lines of KEY: VALUE, with a space after the colon")
      try interpreter.skip(&events)
    }
    root = nil
  }
}
