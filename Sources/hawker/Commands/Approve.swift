import ArgumentParser
import Planning

struct Approve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Lets through what a guard held in exactly that plan, for an hour.",
    discussion: "PLAN is the `plan_id` of `hawker plan --format json`, or its first digits, as held actions name it.")

  @OptionGroup var global: GlobalOptions

  @Flag(help: "In the sandbox's journal.")
  var sandbox = false

  @Argument(help: "The plan's id.")
  var plan: String

  func run() async throws {
    try await Decisions(global, sandbox: sandbox).carryOut(.approve(plan: plan))
  }
}
