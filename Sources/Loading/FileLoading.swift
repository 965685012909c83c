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
  /// As the last scan, or an earlier run, knew it.
  case known(FileCache, isRead: Bool)
  /// Read anew; with what an earlier run knew of it.
  case parsed(FileCache, FileSeed?)
  /// As an earlier run knew it, and not looked into.
  case passed(Passing.File)
  /// Its bytes could not be had: nothing to keep for the next scan.
  case refused(FileResult)
  /// It was listed, and is not there any more.
  case vanished
}

/// Loads listing files. A value without state of its own, so that several tasks can do it at once.
struct FileLoading: Sendable {
  let surroundings: Surroundings
  let sources: [Source]
  let clock: @Sendable () -> FileTime
  let shelf: SharedShelf
  /// Files that a cache has a note of are passed over when they are as they were.
  var passesOver = false
  /// The digests of files are wanted, for the next cache.
  var isKept = false

  /// Loads one file, or takes over what the last scan, or an earlier run, made of it.
  func load(
    _ index: Int, of work: FolderWork, in folder: borrowing Descriptor, _ buffer: inout FileBuffer
  ) -> LoadedFile {
    let name = work.names[index]
    if let old = work.old[name], !old.wasFresh, old.generation == work.base.generation,
      let status = Files.status(name, in: folder.number), Stamp(status) == old.stamp,
      old.photos.isEmpty || photoPrint(old.photos) == old.photoPrint
    {
      return .known(old, isRead: false)
    }
    let seed = work.seeds?.file(name, near: index)
    if let seed, let known = unread(seed, name, of: work, in: folder) { return known }
    let now = clock()
    let site = work.site(of: name)
    switch buffer.read(name, in: folder.number) {
    case .vanished: return .vanished
    case .read(let count, let stamp):
      let digest = isKept || seed != nil ? Digest(of: buffer.bytes[..<count]) : nil
      if let seed, seed.digest == digest, photosAgree(seed),
        let known = taken(seed, at: stamp, wasFresh: stamp.isFresh(at: now), isRead: true, of: work)
      {
        return known
      }
      var (result, photos) = interpret(buffer.bytes.span.extracting(0..<count), name, site, on: work.base)
      if result.problems.count > 1 { result.problems.sort() }
      return .parsed(
        FileCache(
          stamp: stamp, wasFresh: stamp.isFresh(at: now), generation: work.base.generation, result: result,
          photos: photos, photoPrint: photos.isEmpty ? nil : photoPrint(photos), digest: digest), seed)
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
        // Of a listing without an id all else that is wrong is told all the same.
        if !base.isBroken { _ = resolver.resolve(draft, id: nil, on: base) }
        continue
      }
      // Of the one listing there is, though its bytes don't name it.
      if parsed.drafts.count == 1, !parsed.hidesListings {
        for index in result.problems.indices where result.problems[index].listing == nil {
          result.problems[index].listing = id
        }
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
      // Its name before may have been the id, but for a capital.
      if Interpreter.isIdentifier(hint) { result.frozen.append(hint) }
      resolver.note(
        .idMissing, draft.mark,
        stem == nil && !Loader.stem(name).isEmpty
          ? "each of several documents in a file needs its id; add a line id: …"
          : "the listing has no id, and the file's name can't be one; add a line id: \(hint.isEmpty ? "…" : hint)")
    }
    return nil
  }

  /// What the photos that a file names come to now: changed bytes, a new match, a missing file all change it.
  func photoPrint(_ uses: [Resolver.PhotoUse]) -> Digest {
    var packer = Packer()
    var glances = 0
    for use in uses {
      do throws(PhotoShelf.Refusal) {
        for photo in try shelf.photos(use.text, from: use.folder, &glances) {
          packer.text(photo.reference.description)
          packer.optional(photo.path)
          packer.number(photo.size)
        }
        packer.byte(0xFF)
      } catch {
        packer.text(error.rule.rawValue)
        packer.text(error.message)
        packer.byte(0xFE)
      }
    }
    return Digest(of: packer.bytes)
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
