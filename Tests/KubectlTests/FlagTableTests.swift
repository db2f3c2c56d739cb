import Documents
import Testing

@testable import Kubectl

/// Every flag of every command of kubectl 1.33, and whether it has its effect or what is said.
@Suite struct FlagTableTests {
  static let commands: [String] = Array((Fixture.value("flags.json").object ?? [:]).keys)

  @Test("a command has kubectl's flags, and says of those without effect that they have none")
  func table() async throws {
    #expect(Self.commands.count > 100)
    for command in Self.commands {
      var specification = Commands.root
      for word in command.split(separator: " ") {
        specification = try #require(specification.subcommand(String(word)), "\(command)")
      }
      for (name, verdict) in Fixture.value("flags.json")[command]?.object ?? [:] {
        let parts = name.split(separator: ",").map(String.init)
        let flag = try #require(
          specification.allFlags.first { $0.name == parts[0] }, "\(command) --\(name)")
        #expect(
          flag.shorthand.map(String.init) == (parts.count > 1 ? parts[1] : nil),
          "\(command) --\(name)")
        let said = Unsimulated.message("kubectl \(command)", flag.name) ?? "supported"
        #expect(said == verdict.string, "\(command) --\(name)")
      }
    }
  }

  @Test("a flag without effect ends the command with its message")
  func refusal() async throws {
    let station = Workstation()
    let result = try await station.kubectl("kustomize --network .")
    #expect(result.status == 1)
    #expect(result.errors == "error: drydock: not simulated: functions of a kustomization\n")
  }
}
