import Glibc
import Listings

/// The layers under a folder's files: what its `_defaults.yaml` adds to those of the folder above.
extension Loader {
  mutating func foundation(
    _ names: FolderNames, _ folder: borrowing Descriptor, _ path: String, on lower: Foundation, old: FolderCache,
    _ cache: inout FolderCache, _ walk: inout Walk
  ) -> Foundation {
    guard names.hasDefaults else { return lower }
    let name = FolderNames.defaultsName
    let file = named(path.isEmpty ? name : "\(path)/\(name)")
    if let known = old.defaults, !known.wasFresh, known.under == lower.generation,
      let status = Files.status(name, in: folder.number), Stamp(status) == known.stamp
    {
      cache.defaults = known
    } else {
      cache.defaults = readDefaults(name, in: folder, file, path, on: lower)
    }
    guard let defaults = cache.defaults else {
      walk.vanished.append(named(path) + "/")
      return lower
    }
    walk.problems += defaults.problems
    if defaults.foundation.isBroken {
      walk.frozenFiles.insert(path.isEmpty && rootName.isEmpty ? "/" : named(path) + "/")
    }
    return defaults.foundation
  }

  /// Nil when the file vanished since it was listed.
  private mutating func readDefaults(
    _ name: String, in folder: borrowing Descriptor, _ file: String, _ path: String, on lower: Foundation
  ) -> DefaultsCache? {
    let now = clock()
    generations += 1
    var foundation = Foundation(generation: generations, entries: lower.entries, isBroken: true)
    switch Files.isOdd(name, in: folder.number) ? .notRegular : buffer.read(name, in: folder.number) {
    case .vanished: return nil
    case .read(let count, let stamp):
      let source = self.source(file, path)
      let parsed = ListingFile(
        buffer.bytes.span.extracting(0..<count), file: file, keys: KeySet.defaults, source: source)
      foundation.print = lower.print.map { Loader.print(of: buffer.bytes[..<count], file, on: $0) }
      var problems = parsed.problems
      for draft in parsed.drafts.prefix(1) {
        foundation.entries = draft.entries.merged(over: lower.entries)
        problems += unknownAccounts(draft.entries, file)
      }
      if parsed.drafts.count > 1 {
        problems.append(
          Problem(
            .error, rule: Rule.type.rawValue, file: file, line: Int(parsed.drafts[1].mark.line), column: 1,
            message: "_defaults.yaml holds one document; join them, or remove the line ---"))
      }
      foundation.isBroken = lower.isBroken || problems.contains { $0.severity == .error }
      return DefaultsCache(
        stamp: stamp, wasFresh: stamp.isFresh(at: now), under: lower.generation, foundation: foundation,
        problems: problems)
    case let outcome:
      let problem = Loader.problem(outcome, file)
      var nothing = stat()
      fstat(folder.number, &nothing)
      return DefaultsCache(
        stamp: Stamp(nothing), wasFresh: true, under: lower.generation, foundation: foundation, problems: [problem])
    }
  }

  private mutating func source(_ file: String, _ folder: String) -> Int32 {
    if let index = sourceIndexes[file] { return index }
    sourceIndexes[file] = Int32(sources.count)
    sources.append(Source(layer: .directory, file: file, folder: folder))
    return Int32(sources.count - 1)
  }

  private func unknownAccounts(_ entries: Entries, _ file: String) -> [Problem] {
    let names = surroundings.accounts.map(\.name)
    return LayerStack.Selection.all(of: entries.find(.marketplaces), isBelow: true)
      .filter { !names.contains($0.name) }.prefix(Interpreter.problemLimit)
      .map { selection in
        Problem(
          .error, rule: Rule.accountUnknown.rawValue, file: file, line: Int(selection.mark.line),
          column: Int(selection.mark.column),
          message: "hawker.yaml has no account \(Interpreter.shown(selection.name))"
            + Suggestion.text(for: selection.name, among: names))
      }
  }
}
