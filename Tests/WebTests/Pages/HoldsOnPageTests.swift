import Journaling
import Listings
import Marketplaces
import Planning
import Testing

@testable import Web

/// Whatever holds a post: the page says why, and shows what settles it.
struct HoldsOnPageTests {
  private func settling(_ holder: Action.Holder, isRecorded: Bool = true) -> Settling {
    Settling(
      .init(holder: holder, listing: "lamp", account: "offerup", isRecorded: isRecorded, plan: "0123456789ab"), at: "x")
  }

  @Test(arguments: Action.Holder.allCases)
  func everyHolderHasAWayOut(holder: Action.Holder) {
    let way = settling(holder)
    #expect(!way.title.isEmpty)
    #expect(!way.moves.isEmpty || way.advice?.isEmpty == false)
    // A command that settles it has its button, and the other way round.
    // But for a retry, which passes by itself, and for what is looked at first.
    if ![.retry, .drift, .conflict].contains(holder) { #expect(way.moves.isEmpty == way.commands.isEmpty) }
  }

  @Test func theButtonsAreThoseOfTheDecisions() {
    #expect(settling(.withdrawals).moves.map(\.decision) == ["approve"])
    #expect(settling(.updates).moves[0].fields.map(\.value) == ["0123456789ab"])
    #expect(settling(.scope).moves.map(\.decision) == ["release-scope", "release-scope"])
    #expect(settling(.gone).moves.map(\.decision) == ["release", "sold"])
    #expect(settling(.unsettled).moves.map(\.decision) == ["resolve", "resolve"])
    #expect(settling(.retry).moves.map(\.decision) == ["retry"])
    #expect(settling(.hold).moves.map(\.decision) == ["release"])
    #expect(settling(.hold, isRecorded: false).moves.isEmpty)
    let remote = settling(.unsettled).moves[0].inputs.first
    #expect(remote?.name == "remote" && remote?.isRequired == true)
    #expect(settling(.unsettled).moves[1].fields.contains { $0.name == "not_posted" && $0.value == "1" })
  }

  @Test func whatCantBeTakenBackIsAskedFirst() {
    for holder in [Action.Holder.withdrawals, .emptied, .updates, .scope] {
      #expect(settling(holder).moves.allSatisfy { $0.confirm != nil && $0.isDangerous })
    }
    #expect(Move.sold("lamp", nil, at: "x").confirm != nil)
  }

  @Test func aHeldListingShowsWhyItsButtonAndItsCommand() {
    var shop = Sample()
    shop.add("guitar", "Guitar", price: 21_000, posted: Sample.content("Guitar", price: 56_000))
    let html = shop.page()
    #expect(html.contains("A large price drop") && html.contains("62 %"))
    #expect(html.contains("Accept the new price") && html.contains("hawker release guitar"))
    // On both accounts alike: one decision.
    #expect(
      HTMLTags(html).all.count {
        $0.attributes["id"]?.hasPrefix("held__price_drop__guitar") == true && $0.name == "form"
      }
        == 1)
    #expect(html.contains("1 thing needs you"))
    #expect(shop.page("/listings/guitar").contains("Accept the new price"))
  }

  @Test func aMassLossIsOneQuestionForThePlanOfNow() {
    var shop = Sample()
    for number in 0..<12 { shop.record("lamp-\(number)", "facebook", .live, Sample.content("Lamp \(number)")) }
    shop.mode = .once
    let view = shop.view
    let html = shop.page()
    let plan = String((view.plan?.id ?? "").dropFirst(7).prefix(12))
    #expect(html.contains("hawker approve \(plan)"))
    let approvals = HTMLTags(html).all.filter { $0.attributes["name"] == "plan" }
    #expect(approvals.map { $0.attributes["value"] } == [plan])
    #expect(html.contains("and 7 more"))
  }

  @Test func aPostThatIsGoneCanBePostedAgainOrSaidToBeSold() {
    var shop = Sample()
    shop.add("lamp", "Lamp")
    shop.record("lamp", "offerup", .gone, nil)
    let html = shop.page()
    #expect(html.contains("No longer on offerup") && html.contains("Post it again") && html.contains("Sold on offerup"))
  }

  @Test func theSellersOwnHoldIsLiftedWhereItStands() {
    var shop = Sample()
    shop.add("lamp", "Lamp", price: 3300, posted: Sample.content("Lamp"))
    shop.entries = [.held(PostKey(listing: "lamp", account: "facebook"), by: "hold", until: nil, text: "on loan")]
    let recorded = shop.page("/listings/lamp")
    #expect(recorded.contains("On loan") && recorded.contains(">Release</button>"))
    shop.entries = []
    shop.listings[0].hold = "on loan"
    let inFile = shop.page("/listings/lamp")
    #expect(
      inFile.contains("Take `hold:` out of its file".replacing("`", with: "&#96;"))
        && !inFile.contains(">Release</button>"))
  }
}
