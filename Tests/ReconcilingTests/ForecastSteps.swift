import Glibc
import Journaling
import Listings
import Planning
import Support

@testable import Reconciling

/// What may happen to a shop between two plans.
extension ForecastShop {
  static let config = """
    version: 1
    accounts:
      facebook: { marketplace: facebook, page_id: "1" }
      offerup: { marketplace: offerup }
      other: { marketplace: offerup }
    categories:
      chairs: { facebook: CHAIRS, offerup: chairs }
      lamps: { facebook: LAMPS, offerup: lamps }

    """

  static let folders = ["listings", "listings/a", "listings/b"]

  func listing(_ id: String, _ random: inout SeededRandom) -> String {
    let category = ["chairs", "lamps", "lamps", "hats"].randomElement(using: &random) ?? "chairs"
    let status = ["", "", "", "", "", "status: sold\n", "status: draft\n", "protect: true\n"]
    let accounts = ["[facebook]", "[facebook, offerup]", "[facebook, offerup, other]", "{ offerup: { price: 71.00 } }"]
    let photos = [
      "", "photos: [https://example.com/\(id).jpg]\n", "photos: [photos/1.jpg]\n", "photos: [photos/*.jpg]\n",
    ]
    return "id: \(id)\ntitle: Thing \(Int.random(in: 10...99, using: &random))\n"
      + "description: A thing that is long enough to be shared, \(id).\nprice: \(Int.random(in: 50...99, using: &random)).00\n"
      + "category: \(category)\nmarketplaces: \(accounts.randomElement(using: &random) ?? "")\n"
      + (status.randomElement(using: &random) ?? "") + (photos.randomElement(using: &random) ?? "")
  }

  func fill(_ random: inout SeededRandom) {
    write("hawker.yaml", ForecastShop.config)
    for number in 1...2 { writePhoto(number, "first") }
    for number in 0..<Int.random(in: 3...14, using: &random) {
      let folder = ForecastShop.folders[number % 3]
      write("\(folder)/t\(number).yaml", listing("t\(number)", &random))
    }
  }

  func writePhoto(_ number: Int, _ text: String) { write("listings/a/photos/\(number).jpg", "GIF87a" + text) }

  /// The listing files that are there.
  var files: [String] {
    ForecastShop.folders.flatMap { folder in
      (0..<30).map { "\(folder)/t\($0).yaml" }.filter { !stamp($0).isEmpty }
    }
  }

  /// Does one thing; its name.
  func step(_ random: inout SeededRandom) async throws -> String {
    let file = files.randomElement(using: &random) ?? "listings/t0.yaml"
    let text = read(file) ?? ""
    switch Int.random(in: 0..<27, using: &random) {
    case 0: write(file, text.replacing("price: ", with: "price: 1"))
    case 1:
      // The same size, and its time put back.
      let before = stamp(file)
      write(file, text.replacing("Thing ", with: "Thong "))
      setBack(file, to: before)
    case 2: write(file, text + "# a word\n", byRename: true)
    case 3: for file in files { write(file, read(file) ?? "") }
    case 4: unlink(path(file))
    case 5:
      let number = Int.random(in: 14..<30, using: &random)
      write("\(ForecastShop.folders[number % 3])/t\(number).yaml", listing("t\(number)", &random))
    case 6: rename(path(file), path("listings/b/t\(Int.random(in: 0..<30, using: &random)).yaml"))
    case 7: swap(file, files.randomElement(using: &random) ?? file)
    case 8: write("listings/t29.yaml", text)
    case 9: write(file, text.replacing("id: t", with: "id: u"))
    case 10: write("listings/t28.yaml", listing("v\(files.count)", &random) + "moved_from: t1\n")
    case 11: write("listings/a/_defaults.yaml", "condition: \(Bool.random(using: &random) ? "fair" : "good")\n")
    case 12: unlink(path("listings/a/_defaults.yaml"))
    case 13: writePhoto(1, ["first", "other", "third"].randomElement(using: &random) ?? "")
    case 14: unlink(path("listings/a/photos/2.jpg"))
    case 15: writePhoto(3, "new")
    case 16: write(file, String(text.prefix(40)))
    case 17: write("hawker.yaml", ForecastShop.config + configured(&random))
    case 18: now = now.advanced(by: .seconds(Int64.random(in: 1...90_000, using: &random)))
    case 19: try await recordSomething(&random)
    case 20: damage(&random)
    case 21: write(file, listing(String(file.dropLast(5).split(separator: "/").last ?? ""), &random))
    case 22: symlink("t0.yaml", path("listings/t27.yaml"))
    default:
      let refused = Int.random(in: 0..<40, using: &random)
      try await apply(fails: { $0.listing == "t\(refused)" })
      return "apply"
    }
    return file
  }

  private func swap(_ one: String, _ other: String) {
    rename(path(one), path("listings/held"))
    rename(path(other), path(one))
    rename(path("listings/held"), path(other))
  }

  private func configured(_ random: inout SeededRandom) -> String {
    [
      "", "sync: { rollout: 50% }\n", "guards: { updates: 10%, price_drop: 5% }\n", "defaults: { condition: fair }\n",
      "defaults: { description: The same for all. }\n",
    ].randomElement(using: &random) ?? ""
  }

  private func recordSomething(_ random: inout SeededRandom) async throws {
    guard let record = ledger?.records.values.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else {
      return
    }
    let (key, id) = (record.key, record.remoteID ?? "r")
    let entries: [Entry] = [
      .held(key, by: "hold", until: nil, text: "wait"), .released(key), .observed(key, .gone),
      .observed(key, .live(remoteID: id, url: "https://x")), .observed(key, .drift(["price"], values: ["price": "1"])),
      .observed(key, .drift([])), .sold(listing: key.listing, account: key.account, price: nil), .forgotten(key),
      .intent(
        Intent(
          op: "lost\(now.milliseconds)", action: .update, key: key, marketplace: record.marketplace,
          content: record.content, remoteID: id, file: record.file, at: now)), .protected(listing: key.listing, true),
    ]
    try await self.record([entries.randomElement(using: &random) ?? .released(key)])
  }

  /// Spoils the cache: a byte, its end, one of its files.
  private func damage(_ random: inout SeededRandom) {
    let name = path("state/cache/" + (Bool.random(using: &random) ? PlanCache.indexName : PlanCache.contentsName))
    var status = stat()
    guard stat(name, &status) == 0, status.st_size > 0 else { return }
    let place = Int.random(in: 0..<Int(status.st_size), using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: truncate(name, off_t(place))
    case 1: unlink(name)
    default:
      guard let file = fopen(name, "r+") else { return }
      fseek(file, place, SEEK_SET)
      let byte = fgetc(file)
      fseek(file, place, SEEK_SET)
      fputc(byte ^ (1 << Int32.random(in: 0..<8, using: &random)), file)
      fclose(file)
    }
  }
}
