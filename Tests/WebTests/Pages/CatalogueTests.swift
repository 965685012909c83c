import Journaling
import Listings
import Planning
import Support
import Testing

@testable import Web

/// A catalogue that is made from the one before says what one says that is made from nothing.
@Suite struct CatalogueTests {
  private struct Chance {
    var state: UInt64 = 20_261_124
    mutating func below(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
  }

  /// One change of the kind that a shop sees: a file comes, changes or goes; a post is made, found or taken off.
  private static func change(_ shop: inout Sample, _ chance: inout Chance) {
    let id = "lamp-\(chance.below(12))"
    let place = shop.listings.firstIndex { $0.id == id }
    switch chance.below(7) {
    case 0 where place == nil: shop.add(id, "Lamp \(chance.below(1000))")
    case 0, 1: if let place { shop.listings[place].posts[0].content?.title = "Better \(chance.below(1000))" }
    case 2: if let place { shop.listings.remove(at: place) }
    case 3: if let place { shop.listings[place].tags = ["tag\(chance.below(5))"] }
    case 4: if let place { shop.listings[place].status = [.draft, .available, .sold][chance.below(3)] }
    case 5:
      shop.records.removeAll { $0.key.listing == id }
      if chance.below(3) > 0 {
        shop.record(id, "offerup", chance.below(2) == 0 ? .live : .rejected, Sample.content("Was \(id)")) {
          $0.remoteID = "remote-\(chance.below(1000))"
        }
      }
    default:
      shop.problems = [
        Problem(.error, rule: "price", file: "listings/\(id).yaml", message: "no price", listing: id)
      ]
    }
  }

  @Test func oneMadeFromTheLastIsOneMadeAnew() {
    var (shop, chance) = (Sample(), Chance())
    var last: Catalogue?
    for round in 0..<200 {
      Self.change(&shop, &chance)
      var view = shop.view
      (view.planNumber, view.scanNumber) = (round, round)
      let stamp = Catalogue.Stamp(view)
      let (fresh, next) = (Catalogue(view, stamp), Catalogue(view, stamp, after: last))
      #expect(next.rows == fresh.rows && next.places == fresh.places, "round \(round)")
      #expect(next.counts == fresh.counts && next.live == fresh.live && next.errors == fresh.errors)
      #expect(next.planned == fresh.planned && next.held.map(\.actions) == fresh.held.map(\.actions))
      last = next
    }
    #expect(last?.rows.isEmpty == false)
  }

  /// While a plan is carried out, only the journal goes on.
  @Test func whatIsRecordedUnderOnePlanIsSeen() throws {
    var shop = Sample()
    shop.add("lamp", "Lamp")
    var view = shop.view
    (view.planNumber, view.scanNumber) = (7, 3)
    let shelf = Shelf()
    #expect(shelf.catalogue(of: view).live.isEmpty)
    shop.record("lamp", "offerup", .live, Sample.content("Lamp")) { $0.remoteID = "remote-77" }
    view.ledger = shop.view.ledger
    let catalogue = shelf.catalogue(of: view)
    #expect(catalogue.live == ["offerup": 1])
    let row = try #require(catalogue["lamp"])
    #expect(row.facets.contains(.live) && Search("remote-77 LAMP").finds(row))
    #expect(catalogue.rows == Catalogue(view, Catalogue.Stamp(view)).rows && row.facets.contains(.waiting))
  }

  @Test func aPlansNameIsMadeOncePerPlan() {
    var shop = Sample()
    shop.add("lamp", "Lamp")
    let names = PlanNames()
    var view = shop.view
    view.planNumber = 1
    let first = names.id(of: view)
    #expect(first == view.plan?.id)
    shop.add("other", "Other")
    view.plan = shop.view.plan
    view.planNumber = 2
    #expect(names.id(of: view) == view.plan?.id && names.id(of: view) != first)
    view.planNumber = nil
    view.plan = nil
    #expect(names.id(of: view) == nil)
  }
}
