import Foundation

extension CrashScenario {
  /// Neither the answer nor a look-up comes through.
  static func open(_ fault: String) -> Line {
    Line("apply", "--yes", "--no-wait").with(faults: "\(fault)@create status-500@list status-500@read")
  }

  static let unsettled: [CrashScenario] = [
    CrashScenario(name: "answer lost", act: { _ in [Line.apply.with(faults: "drop-after@create")] }),
    CrashScenario(name: "answer torn", act: { _ in [Line.apply.with(faults: "truncate@create")] }),
    CrashScenario(name: "never arrived", prepare: { shop in try await shop.run(open("drop-before")) }),
    CrashScenario(
      name: "never arrived, and edited",
      prepare: { shop in
        try await shop.run(open("drop-before"))
        try shop.edit("35.00", "33.00")
      }),
    CrashScenario(
      name: "made twice",
      prepare: { shop in try await shop.run(Line.apply.with(faults: "duplicate@create"), crashAt: "finish-before") },
      mayDouble: true),
    CrashScenario(
      name: "made twice, and commands before the next apply",
      prepare: { shop in
        try await shop.run(Line.apply.with(faults: "duplicate@create"), crashAt: "finish-before")
        try await shop.run(Line("hold", "lamp"))
      }, act: { _ in [Line("release", "lamp"), .apply] }, afterwards: { _ in [Line("release", "lamp")] },
      mayDouble: true),
    CrashScenario(
      name: "made twice, and moved",
      prepare: { shop in
        try await shop.run(Line.apply.with(faults: "duplicate@create"), crashAt: "finish-before")
        try moveLamp(shop)
      }, shows: ["brass"], mayDouble: true),
    CrashScenario(
      name: "two matches",
      prepare: { shop in try await shop.run(open("drop-after@create duplicate")) },
      afterwards: { shop in
        let ids = Set(try shop.posts().map(\.id)).sorted()
        try shop.takeOffByHand(ids[1])
        return [.apply, Line("resolve", "lamp", "--posted", ids[0])]
      }, mayDouble: true),
  ]

  static func moveLamp(_ shop: CrashShop) throws {
    let text = try shop.shop.read("listings/lamp.yaml")
    try shop.removeLamp()
    try shop.shop.write("listings/brass.yaml", text.replacing("id: lamp", with: "id: brass\nmoved_from: lamp"))
  }

  /// What the files say has changed before it was known what became of the request.
  static let overtaken: [CrashScenario] = [
    CrashScenario(
      name: "moved while unsettled",
      prepare: { shop in
        try await shop.run(open("drop-after"))
        try moveLamp(shop)
      }, shows: ["brass"]),
    CrashScenario(
      name: "moved, and never arrived",
      prepare: { shop in
        try await shop.run(open("drop-before"))
        try moveLamp(shop)
      }, shows: ["brass"]),
    CrashScenario(
      name: "gone while unsettled",
      prepare: { shop in
        try await shop.run(open("drop-after"))
        try shop.removeLamp()
        try shop.addTable()
      }, shows: ["walnut-table"]),
    CrashScenario(
      name: "compacted while unsettled", prepare: { shop in try await shop.run(open("drop-after")) },
      act: { _ in [Line("state", "compact"), .apply] }),
    replaced("replaced, answer lost", "drop-after"),
    replaced("replaced, never arrived", "drop-before"),
    replaced("replaced, answer lost, file gone", "drop-after", thenGone: true),
    replaced("replaced, never arrived, file gone", "drop-before", thenGone: true),
  ]

  static func replaced(_ name: String, _ fault: String, thenGone: Bool = false) -> CrashScenario {
    let environment = ["HAWKER_FIXED_FIELDS": "category"]
    return CrashScenario(
      name: name, environment: environment,
      prepare: { shop in
        try shop.addTable()
        try await shop.run(.apply)
        try shop.edit("category: lighting", "category: furniture\nreplace: allow")
        try await shop.run(open(fault), environment: environment)
        if thenGone { try shop.removeLamp() }
      }, shows: thenGone ? ["walnut-table"] : ["lamp", "walnut-table"], mayDouble: true, staysLive: !thenGone)
  }
}
