import Glibc
import Listings

/// Where a listing file is.
struct FileSite {
  /// Relative to the listings root.
  let folder: String
  /// As messages name it.
  let shown: String
}

/// What one listing file came to in this scan.
enum LoadedFile: Sendable {
  case known(FileCache)
  /// Its bytes could not be had: nothing to keep for the next scan.
  case refused(FileResult)
  /// It was listed, and is not there any more.
  case vanished
}

/// Loads listing files. A value without state of its own, so that several tasks can do it at once.
struct FileLoading: Sendable {
  let surroundings: Surroundings
  let sources: [Source]
  let clock: @Sendable () -> Int64
  let shelf: SharedShelf

  /// Loads one file, or takes over what the last scan made of it.
  func load(
    _ name: String, of work: FolderWork, in folder: borrowing Descriptor, _ buffer: inout FileBuffer
  ) -> LoadedFile {
    if let old = work.old[name], !old.wasFresh, old.generation == work.base.generation,
      let status = Files.status(name, in: folder.number), Stamp(status) == old.stamp,
      old.photos.isEmpty || photoPrint(old.photos) == old.photoPrint
    {
      return .known(old)
    }
    let now = clock()
    let site = work.site(of: name)
    switch buffer.read(name, in: folder.number) {
    case .vanished: return .vanished
    case .read(let count, let stamp):
      var (result, photos) = interpret(buffer.bytes.span.extracting(0..<count), name, site, on: work.base)
      if result.problems.count > 1 { result.problems.sort() }
      return .known(
        FileCache(
          stamp: stamp, wasFresh: stamp.isFresh(at: now), generation: work.base.generation, result: result,
          photos: photos, photoPrint: photos.isEmpty ? 0 : photoPrint(photos)))
    case let outcome:
      return .refused(
        FileResult(
          problems: [Loader.problem(outcome, site.shown)], frozen: Loader.stem(name), hidesListings: true))
    }
  }

  // MARK: Bytes → result

  func interpret(
    _ bytes: Span<UInt8>, _ name: String, _ site: FileSite, on base: Foundation
  ) -> (FileResult, [Resolver.PhotoUse]) {
    let shown = site.shown
    let parsed = ListingFile(
      bytes, file: shown, keys: KeySet.listing, source: Source.own)
    var result = FileResult()
    result.problems = parsed.problems
    result.hidesListings = parsed.hidesListings
    if parsed.drafts.isEmpty, !parsed.hidesListings {
      result.hidesListings = true
      result.problems.append(
        Problem(
          .error, rule: Rule.noDocument.rawValue, file: shown, line: 1, column: 1,
          message: "the file holds no listing; write one, or remove the file to take its posts down"))
    }
    if result.hidesListings || base.isBroken { result.frozen = parsed.identifiers + Loader.stem(name) }
    var resolver = Resolver(self, file: shown, folder: site.folder)
    for draft in parsed.drafts {
      guard let id = id(of: draft, isAlone: parsed.drafts.count == 1, name, &result, &resolver) else {
        continue
      }
      let mark = draft.entries.find(.id)?.mark ?? draft.mark
      result.places.append(FileResult.Place(id: id, line: Int(mark.line), column: Int(mark.column)))
      if base.isBroken {
        result.frozen.append(id)
      } else if let listing = resolver.resolve(draft, id: id, on: base) {
        result.listings.append(listing)
      } else {
        result.frozen.append(id)
        if case .text(let old)? = draft.entries.find(.movedFrom)?.value { result.frozen.append(old) }
      }
    }
    result.problems += resolver.problems
    return (result, resolver.references)
  }

  /// The draft's id: as written, or the file's stem. Without one, the file's listings can't be told.
  private func id(
    of draft: Draft, isAlone: Bool, _ name: String, _ result: inout FileResult, _ resolver: inout Resolver
  ) -> String? {
    if case .text(let id)? = draft.entries.find(.id)?.value { return id }
    let stem = isAlone ? Loader.stem(name).first : nil
    if let stem, !draft.entries.isInvalid(ListingKey.id.rawValue) { return stem }
    result.hidesListings = true
    result.frozen += Loader.stem(name)
    if !draft.entries.isInvalid(ListingKey.id.rawValue) {
      let end = name.utf8.lastIndex(of: 0x2E) ?? name.endIndex
      let hint = Interpreter.repair(String(name[..<end]))
      resolver.note(
        .idMissing, draft.mark,
        stem == nil && !Loader.stem(name).isEmpty
          ? "each of several documents in a file needs its id; add a line id: …"
          : "the listing has no id, and the file's name can't be one; add a line id: \(hint.isEmpty ? "…" : hint)")
    }
    return nil
  }

  /// What the photos that a file names come to now: changed bytes, a new match, a missing file all change it.
  private func photoPrint(_ uses: [Resolver.PhotoUse]) -> Int {
    var hasher = Hasher()
    var glances = 0
    for use in uses {
      do throws(PhotoShelf.Refusal) {
        for photo in try shelf.photos(use.text, from: use.folder, &glances) { hasher.combine(photo) }
      } catch {
        hasher.combine(error)
      }
    }
    return hasher.finalize()
  }
}

extension Loader {
  static func problem(_ outcome: FileBuffer.Outcome, _ file: String) -> Problem {
    let (rule, message): (Rule, String) =
      switch outcome {
      case .notRegular: (.fileType, "it is no regular file; put the file itself here, or rename it")
      case .tooLarge: (.fileSize, "the file is larger than 256 KiB; split it, or shorten it")
      case .changing: (.fileChanging, "the file keeps changing while it is read; wait until it is written")
      case .failed(let reason):
        (.fileUnreadable, "the file can't be read: \(reason); mend that, its listings stay as they are")
      case .vanished, .read: (.fileUnreadable, "the file went away while it was read")
      }
    return Problem(.error, rule: rule.rawValue, file: file, message: message)
  }
}
