/// hawker.yaml, a default, or one edit too many.
extension Drill {
  private static let lastGood = "the last good one stays in force"
  private static let withoutDefault =
    "sed -i 's/marketplaces: .facebook, offerup./marketplaces: [facebook]/' hawker.yaml"

  static let config: [Drill] = [
    Drill(
      name: "an account is taken out, but defaults name it", strike: "sed -i '/^  offerup:/d' hawker.yaml", status: 4,
      says: ["there is no account offerup"], daemon: .says(lastGood)),
    Drill(
      name: "an account is taken out", strike: "\(withoutDefault); sed -i '/^  offerup:/d' hawker.yaml", status: 3,
      says: ["hawker.yaml no longer has the account offerup", "release --scope"],
      daemon: .says("guard scope: {n} posts outside of what hawker.yaml covers (hawker release --sandbox --scope)")),
    Drill(
      name: "an account has another name",
      strike:
        "sed -i 's/^  offerup:/  ou:/; s/marketplaces: .facebook, offerup./marketplaces: [facebook, ou]/' hawker.yaml",
      status: 3, says: ["it was posted as the account offerup", "0 create"], daemon: .says("guard scope: {n} posts")),
    Drill(
      name: "an account is of another marketplace",
      strike: "sed -i 's/^  offerup: .*/  offerup: { marketplace: facebook, page_id: \"10001\" }/' hawker.yaml",
      status: 3,
      says: ["it was posted when offerup was an account of offerup"], daemon: .says("guard scope: {n} posts")),
    Drill(
      name: "an account is disabled",
      strike: "sed -i 's/marketplace: offerup/marketplace: offerup, enabled: false/' hawker.yaml",
      status: 0, says: [], daemon: .says("in force from now on")),
    Drill(
      name: "the default of marketplaces is empty",
      strike: "sed -i 's/marketplaces: .facebook, offerup./marketplaces: []/' hawker.yaml", status: 3,
      says: ["{n} listings no longer name facebook"], daemon: .says("guard emptied: all {n} posts on facebook")),
    Drill(
      name: "the default of marketplaces lost one", strike: withoutDefault, status: 3,
      says: ["{n} listings no longer name offerup"], daemon: .says("guard emptied: all {n} posts on offerup")),
    Drill(
      name: "listings names another folder",
      strike: "mkdir elsewhere; sed -i 's/^listings: .*/listings: elsewhere/' hawker.yaml",
      status: 3, says: ["is outside of the listings root now"], daemon: .says("guard scope: {2n} posts")),
    Drill(
      name: "listings names another folder, which has no mark", venue: .beside,
      strike:
        "cp -a listings elsewhere; rm elsewhere/.hawker; sed -i 's/^listings: .*/listings: elsewhere/' hawker.yaml",
      undo: "cp -a ../saved/. .; rm -rf elsewhere", status: 3, says: ["its mark is gone"], daemon: .says("guard root")),
    Drill(
      name: "hawker.yaml is empty", strike: ": > hawker.yaml", status: 4, says: ["hawker.yaml must be a map"],
      daemon: .says(lastGood)),
    Drill(
      name: "hawker.yaml is broken", strike: "echo 'accounts: [' >> hawker.yaml", status: 4,
      says: ["the config has errors; nothing was done"], daemon: .says(lastGood)),
    Drill(
      name: "hawker.yaml has a key too many", strike: "echo 'gards: {}' >> hawker.yaml", status: 4, says: ["gards"],
      daemon: .says(lastGood)),
    Drill(
      name: "hawker.yaml is deleted", venue: .beside, strike: "rm hawker.yaml", status: 4,
      says: ["hawker.yaml is not there, and this shop had one"],
      daemon: .says(lastGood)),
    Drill(
      name: "hawker.yaml is a folder", strike: "rm hawker.yaml; mkdir hawker.yaml",
      undo: "rmdir hawker.yaml; cp -a ../saved/. .", status: 4, says: ["can't be read"], daemon: .says(lastGood)),
    Drill(
      name: "the default currency is another", strike: "sed -i 's/currency: USD/currency: CAD/' hawker.yaml", status: 3,
      says: ["is another currency"], daemon: .says("guard price_drop")),
  ]

  /// Listings and their defaults.
  static let edits: [Drill] = [
    Drill(
      name: "_defaults.yaml is broken", strike: "echo 'condition: [' > listings/_defaults.yaml",
      undo: "rm listings/_defaults.yaml", status: 4, says: ["listings/_defaults.yaml:"],
      daemon: .says("listings/_defaults.yaml:")),
    Drill(
      name: "_defaults.yaml is deleted",
      before: "grep location hawker.yaml | sed 's/^ *//' > listings/_defaults.yaml; sed -i '/location/d' hawker.yaml; "
        + "cp -a hawker.yaml listings ../saved/",
      strike: "rm listings/_defaults.yaml", status: 4, says: ["offerup wants a location", "0 update"],
      daemon: .says("offerup wants a location")),
    Drill(
      name: "a default changes every post",
      strike: "echo 'location: { latitude: 1.5, longitude: 2.5 }' > listings/_defaults.yaml",
      undo: "rm listings/_defaults.yaml", status: 3, says: ["{n} of {n} posts would change, limit", "hawker approve "],
      daemon: .says("guard updates: {n} of {n} posts on offerup")),
    Drill(
      name: "a default says draft", strike: "echo 'status: draft' > listings/_defaults.yaml",
      undo: "rm listings/_defaults.yaml", status: 3, says: ["a default marks {n} as draft", "--allow-withdraw {2n}"],
      daemon: .says("a default says draft")),
    Drill(
      name: "hawker.yaml's defaults say sold", strike: "sed -i 's/^defaults:/&\\n  status: sold/' hawker.yaml",
      status: 3,
      says: ["a default marks {n} as sold"], daemon: .says("a default says sold")),
    Drill(
      name: "every price is cut by nine tenths",
      strike: "sed -i 's/^price: \\([0-9]*\\)[0-9][.]/price: \\1./; s/^price: [.]/price: 0./' listings/*.yaml",
      status: 3,
      says: ["% less, limit 50 % (hawker release lamp)"], daemon: .says("guard price_drop")),
    Drill(
      name: "every id is edited", strike: "sed -i 's/^id: /id: new-/' listings/*.yaml", status: 3,
      says: ["id changed? add `moved_from: lamp`", "0 create", "0 withdraw"], daemon: .says("held by id-changed")),
    Drill(
      name: "every file says the same id", strike: "sed -i 's/^id: .*/id: lamp/' listings/*.yaml", status: 4,
      says: ["the id lamp stands also at"], daemon: .says("the id lamp stands also at")),
  ]
}
