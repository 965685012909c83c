import ArgumentParser
import Listings
import Marketplaces
import Planning

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what apply would do, from files and journal alone; touches nothing.",
    discussion: "No network, no credentials, no lock; with --refresh, live copies are read first.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: SelectionOptions

  @Flag(help: "Against the built-in sandbox's own journal.")
  var sandbox = false

  @Option(help: "How the plan is written.")
  var format: Format = .text

  @Flag(help: "Reads the live copies first; nothing is recorded.")
  var refresh = false

  @Flag(help: "Exit 2 when changes are pending.")
  var detailedExitcode = false

  @Option(help: "Saves the plan, as JSON, for `apply --plan`.")
  var out: String?

  @Flag(help: "Shows unchanged posts too.")
  var verbose = false

  func run() async throws {
    let setting = try Setting.read(global, sandbox: sandbox)
    let live = refresh ? try await LiveAccounts(setting) : nil
    let planned = try await setting.plan(selection.selection(), looking: live.map { live in { live.accounts } })
    await live?.close()
    let plan = planned.plan
    try show(plan)
    if let out { try SavedPlan.save(plan, to: out) }
    var codes = plan.exitCodes
    if planned.failures.contains(where: { $0.code == "unauthorized" }) {
      codes.insert(.connect)
    }
    if detailedExitcode, plan.hasChanges { codes.insert(.pending) }
    // A big shop's values need not be taken apart one by one before the process ends.
    withExtendedLifetime(planned) { Exit.now(codes) }
  }

  private func show(_ plan: Plan) throws {
    switch format {
    case .text: Console.out(PlanText(isVerbose: verbose, isColoured: global.isColoured).render(plan))
    case .json: Console.out(PlanJSON.render(plan, hawker: Version.text) + "\n")
    }
  }
}
