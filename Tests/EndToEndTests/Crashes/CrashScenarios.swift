import Foundation

extension CrashScenario {
  static let all: [CrashScenario] =
    posting + losing + unsettled + overtaken + deciding + selling + noticing + journal + daemon

  static let posting: [CrashScenario] = [
    CrashScenario(name: "first post"),
    CrashScenario(
      name: "price",
      prepare: { shop in
        try await shop.run(.apply)
        try shop.edit("35.00", "33.00")
      }),
    CrashScenario(
      name: "photo",
      prepare: { shop in
        try await shop.run(.apply)
        let photos = shop.shop.path + "/listings/photos/"
        try FileManager.default.removeItem(atPath: photos + "lamp.png")
        try FileManager.default.copyItem(atPath: photos + "trek-520.png", toPath: photos + "lamp.png")
      }),
    CrashScenario(
      name: "replace", environment: ["HAWKER_FIXED_FIELDS": "category"],
      prepare: { shop in
        try await shop.run(.apply)
        try shop.edit("category: lighting", "category: furniture\nreplace: allow")
      }, mayDouble: true, staysLive: true),
    CrashScenario(
      name: "adoption",
      prepare: { shop in
        try await shop.run(.apply)
        let id = try shop.posts()[0].id
        let state = shop.shop.path + "/state/sandbox/"
        for name in try FileManager.default.contentsOfDirectory(atPath: state) where name != "marketplaces" {
          try FileManager.default.removeItem(atPath: state + name)
        }
        // As posts that no hawker made.
        try FileManager.default.removeItem(atPath: state + "marketplaces/.hawker")
        try shop.edit("id: lamp", "id: lamp\nadopt: { \(shop.market): \"\(id)\" }")
      },
      // What it found there is looked at before it is changed.
      afterwards: { _ in [.apply] }),
    CrashScenario(
      name: "moved from",
      prepare: { shop in
        try await shop.run(.apply)
        try moveLamp(shop)
      }, shows: ["brass"]),
  ]

  static let losing: [CrashScenario] = [
    CrashScenario(
      name: "file gone",
      prepare: { shop in
        try shop.addTable()
        try await shop.run(.apply)
        try shop.removeLamp()
      }, shows: ["walnut-table"]),
    CrashScenario(
      name: "sold",
      prepare: { shop in
        try shop.addTable()
        try await shop.run(.apply)
        try shop.edit("id: lamp", "id: lamp\nstatus: sold")
      }, shows: ["walnut-table"]),
    CrashScenario(
      name: "forget",
      prepare: { shop in
        try shop.addTable()
        try shop.edit("id: lamp", "id: lamp\nstatus: draft")
        try await shop.run(.apply)
        try shop.edit("draft", "available")
        try await shop.run(.apply)
        try shop.edit("available", "draft")
        try await shop.run(.apply)
        try shop.removeLamp()
      }, shows: ["walnut-table"]),
    returned("back before the withdrawal", diesAt: "withdraw-intended"),
    returned("back after the withdrawal", diesAt: "withdraw-answered"),
  ]

  /// A withdrawal that was cut off, of a listing that is wanted again.
  static func returned(_ name: String, diesAt point: String) -> CrashScenario {
    CrashScenario(
      name: name,
      prepare: { shop in
        try shop.addTable()
        try await shop.run(.apply)
        let text = try shop.shop.read("listings/lamp.yaml")
        try shop.removeLamp()
        try await shop.run(.apply, crashAt: point)
        try shop.shop.write("listings/lamp.yaml", text)
      }, shows: ["lamp", "walnut-table"])
  }

  static let deciding: [CrashScenario] = [
    CrashScenario(
      name: "hold and release",
      prepare: { shop in
        try await shop.run(.apply)
        try shop.edit("35.00", "33.00")
      }, act: { _ in [Line("hold", "lamp"), .apply, Line("release", "lamp")] },
      afterwards: { _ in [Line("release", "lamp")] }),
    CrashScenario(
      name: "approve",
      prepare: { shop in
        try shop.shop.add(8)
        try await shop.run(.apply)
        for number in 0..<6 { try shop.shop.remove("listings/lamp-\(number).yaml") }
        let plan = try await shop.run(Line("plan", "--format", "json")).out
        let json = try JSONSerialization.jsonObject(with: Data(plan.utf8)) as? [String: Any]
        try shop.shop.write("plan-id", json?["plan_id"] as? String ?? "none")
      }, act: { shop in [Line("approve", try shop.shop.read("plan-id")), .apply] },
      afterwards: { shop in [Line("approve", try shop.shop.read("plan-id"))] }, shows: ["lamp", "lamp-6", "lamp-7"]),
    CrashScenario(
      name: "resolve: posted",
      prepare: { shop in try await shop.run(open("drop-after")) },
      act: { shop in [Line("resolve", "lamp", "--posted", try shop.posts()[0].id)] }),
    CrashScenario(
      name: "resolve: not posted",
      prepare: { shop in try await shop.run(open("drop-before")) },
      act: { _ in [Line("resolve", "lamp", "--not-posted")] },
      afterwards: { _ in [Line("resolve", "lamp", "--not-posted")] }),
  ]

  static let selling: [CrashScenario] = [
    CrashScenario(
      name: "sold by the seller",
      prepare: { shop in
        try shop.addTable()
        try await shop.run(.apply)
      }, act: { _ in [Line("sold", "lamp"), .apply] },
      afterwards: { shop in
        if try !shop.shop.read("listings/lamp.yaml").contains("status: sold") {
          try shop.edit("id: lamp", "id: lamp\nstatus: sold")
        }
        return [Line("sold", "lamp")]
      },
      shows: ["walnut-table"]),
    CrashScenario(
      name: "put back",
      prepare: { shop in
        try shop.addTable()
        try await shop.run(.apply)
        try await Task.sleep(for: .milliseconds(300))
        let posts = try shop.posts()
        for post in posts where post.listing == "lamp" {
          try shop.editThere(post.id, "\"price\":3500", "\"price\":3100")
        }
        for post in posts where post.listing == "walnut-table" { try shop.takeOffByHand(post.id) }
      }, act: { _ in [Line("apply", "--yes", "--enforce")] },
      afterwards: { _ in [Line("apply", "--yes", "--enforce"), Line("release", "walnut-table")] },
      shows: ["lamp", "walnut-table"]),
    CrashScenario(
      name: "pull",
      prepare: { shop in
        try await shop.run(.apply)
        for post in try shop.posts() { try shop.editThere(post.id, "\"price\":3500", "\"price\":3100") }
      }, act: { _ in [Line("pull", "lamp", "--yes"), .apply] }, afterwards: { _ in [Line("pull", "lamp", "--yes")] }),
  ]

  static let journal: [CrashScenario] = [
    CrashScenario(
      name: "compaction",
      prepare: { shop in
        try await shop.run(.apply)
        for _ in 0..<4 { try await shop.run(Line("state", "compact")) }
      }, act: { _ in [Line("state", "compact")] }),
    CrashScenario(
      name: "torn journal",
      prepare: { shop in
        try await shop.run(.apply)
        let journal = "state/sandbox/journal-000001.jsonl"
        try shop.shop.write(journal, try shop.shop.read(journal) + "{\"seq\":99,\"batch\":4\u{0}\u{0}")
        try shop.edit("35.00", "33.00")
      }),
    CrashScenario(
      name: "outcome refused by the disk", prepare: { shop in try await EmergencyScene.prepare(shop) },
      act: { shop in [try EmergencyScene.line(shop)] }, shows: ["lamp", "walnut-table"]),
    CrashScenario(
      name: "emergency file",
      prepare: { shop in
        try await EmergencyScene.prepare(shop)
        try await shop.run(try EmergencyScene.line(shop))
      }, shows: ["lamp", "walnut-table"]),
  ]

  static func daemon(until point: String) -> Lines {
    { _ in
      var line = Line("run")
      line.lastPoint = point
      return [line]
    }
  }

  static let daemon: [CrashScenario] = [
    CrashScenario(name: "daemon: first post", act: daemon(until: "create-recorded")),
    CrashScenario(
      name: "daemon: grace",
      prepare: { shop in
        try shop.addTable()
        try await shop.run(.apply)
        try shop.removeLamp()
      }, act: daemon(until: "withdraw-recorded"), shows: ["walnut-table"]),
  ]
}

/// A journal that takes an intent and then, by the size of its file, no outcome.
enum EmergencyScene {
  static func prepare(_ shop: CrashShop) async throws {
    try await shop.run(.apply)
    // The journal has to be larger than the emulator's own file, which the limit holds for too.
    let reason = String(repeating: "wait ", count: 2000)
    try await shop.run(CrashScenario.Line("hold", "lamp", "--reason", reason))
    try await shop.run(CrashScenario.Line("release", "lamp"))
    try shop.addTable()
    let trial = try shop.copy()
    defer { trial.remove() }
    try await trial.run(.apply)
    var size = 0
    for line in try trial.shop.read("state/sandbox/journal-000001.jsonl").split(separator: "\n") {
      size += line.utf8.count + 1
      if line.contains("\"kind\":\"intent\""), line.contains("walnut-table") { break }
    }
    try shop.shop.write("limit", String(size + 40))
  }

  static func line(_ shop: CrashShop) throws -> CrashScenario.Line {
    var line = CrashScenario.Line.apply
    line.wrapper = ["/usr/bin/prlimit", "--fsize=\(try shop.shop.read("limit"))"]
    return line
  }
}
