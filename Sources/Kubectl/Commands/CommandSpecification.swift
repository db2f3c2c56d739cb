/// One command of kubectl: what it is called, what it accepts and what it does.
struct CommandSpecification: Sendable {
  let name: String
  var aliases: [String] = []
  /// The usage line after `kubectl`.
  var usage: String
  /// What the list of commands says of it.
  var summary: String
  /// What its own help opens with; the summary when empty.
  var about: String = ""
  var examples: [(note: String, line: String)] = []
  var flags: [Flag] = []
  /// Flags that must be given.
  var required: [String] = []
  var subcommands: [CommandSpecification] = []
  /// Where help goes when a group is called without a subcommand, and whether that is an error.
  var isErrorAlone = false
  /// Whether that help goes to standard output even though it is an error.
  var helpsOnOutput = false
  /// Whether an unknown subcommand gets that help, too, and no complaint.
  var helpsStrangers = false
  /// The exit status of its failures.
  var failureStatus: Int32 = 1
  var run: (@Sendable (Invocation) async throws -> Void)?

  /// Its own flags, then everybody's; its own win.
  var allFlags: [Flag] {
    let own = Set(flags.map(\.name))
    let letters = Set(flags.compactMap(\.shorthand))
    return flags + (ChangeCause.commands.contains(name) ? ChangeCause.flags : [])
      + [Flag].global.filter { flag in
        !own.contains(flag.name) && !(flag.shorthand.map(letters.contains) ?? false)
      }
  }

  func subcommand(_ word: String) -> CommandSpecification? {
    subcommands.first { $0.name == word || $0.aliases.contains(word) }
  }
}
