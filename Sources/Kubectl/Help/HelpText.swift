/// The help of one command, in kubectl's layout.
struct HelpText {
  private let path: [CommandSpecification]

  init(_ path: [CommandSpecification]) { self.path = path }

  private var command: CommandSpecification { path[path.count - 1] }
  private var words: String { path.map(\.name).joined(separator: " ") }

  var text: String {
    (command.about.isEmpty ? command.summary + "." : command.about) + "\n\n" + usage
  }

  /// All of it but the opening words.
  var usage: String {
    var parts: [String] = []
    if path.count == 1 {
      parts += Commands.groups.map { group in
        ([group.title] + Self.list(group.commands, among: command.subcommands)).joined(
          separator: "\n")
      }
    }
    if !command.aliases.isEmpty {
      parts.append("Aliases:\n" + ([command.name] + command.aliases).joined(separator: ", "))
    }
    if !command.examples.isEmpty {
      parts.append(
        "Examples:\n"
          + command.examples.map { "  # \($0.note)\n  \($0.line)" }.joined(separator: "\n  \n"))
    }
    if path.count > 1, !command.subcommands.isEmpty {
      parts.append(
        (["Available Commands:"] + Self.list(command.subcommands, among: command.subcommands))
          .joined(separator: "\n"))
    }
    if !command.flags.isEmpty {
      let flags = command.flags.sorted { $0.name < $1.name }
      parts.append("Options:\n" + flags.map(Self.option).joined(separator: "\n\n"))
    }
    parts.append("Usage:\n  \(usageLine) [options]")
    var footer = ""
    if !command.subcommands.isEmpty {
      footer = "Use \"\(words) <command> --help\" for more information about a given command.\n"
    }
    footer += "Use \"kubectl options\" for a list of global command-line options "
    parts.append(footer + "(applies to all commands).")
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var usageLine: String {
    let parents = path.dropLast().map(\.name).joined(separator: " ")
    if path.count == 1 { return command.name + " " + command.usage }
    return parents + " " + command.usage
  }

  private static func list(
    _ commands: [CommandSpecification], among siblings: [CommandSpecification]
  ) -> [String] {
    // cobra pads names to the longest among all siblings, and to eleven at least.
    let width = max(11, siblings.map(\.name.count).max() ?? 0) + 3
    return commands.map { command in
      let blanks = String(repeating: " ", count: max(0, width - command.name.count))
      return "  " + command.name + blanks + command.summary
    }
  }

  static func option(_ flag: Flag) -> String {
    let shown: String
    switch flag.kind {
    case .array, .list: shown = "[\(flag.fallback)]"
    case .string: shown = "'\(flag.fallback)'"
    default: shown = flag.fallback.isEmpty ? "0" : flag.fallback
    }
    let names = flag.shorthand.map { "-\($0), --\(flag.name)" } ?? "--\(flag.name)"
    return "    \(names)=\(shown):\n\t\(FlagHelp.text(flag.name))"
  }
}
