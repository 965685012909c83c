import ArgumentParser

@main struct Hawker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hawker")
}
