/// kubectl options, plugin, help and alpha.
enum OptionsCommand {
  static let specification: CommandSpecification = CommandSpecification(
    name: "options", usage: "options",
    summary: "Print the list of flags inherited by all commands",
    about: "Print the list of flags inherited by all commands.",
    run: { call in
      let flags = [Flag].global.sorted { $0.name < $1.name }
      call.output.print(
        "The following options can be passed to any command:\n\n"
          + flags.map(HelpText.option).joined(separator: "\n\n") + "\n")
    })

  static let plugin: CommandSpecification = CommandSpecification(
    name: "plugin", usage: "plugin [flags]",
    summary: "Provides utilities for interacting with plugins",
    about: "Provides utilities for interacting with plugins.",
    subcommands: [
      CommandSpecification(
        name: "list", usage: "list [flags]",
        summary: "List all visible plugin executables on a user's PATH",
        about: "List all available plugin files on a user's PATH.",
        flags: Flag.list("name-only:bool"),
        run: { call in
          var found: [String] = []
          for folder in (call.surroundings.environment["PATH"] ?? "").split(separator: ":") {
            for name in (try? call.surroundings.names(in: String(folder))) ?? []
            where name.hasPrefix("kubectl-") {
              found.append(call.values.bool("name-only") ? name : "\(folder)/\(name)")
            }
          }
          guard !found.isEmpty else {
            throw CommandError.text("unable to find any kubectl plugins in your PATH")
          }
          call.output.line("The following compatible plugins are available:\n")
          for name in found { call.output.line(name) }
        })
    ], isErrorAlone: true)

  static let help: CommandSpecification = CommandSpecification(
    name: "help", usage: "help [command] [flags]", summary: "Help about any command",
    about: "Help provides help for any command in the application.",
    run: { call in
      var path = [Commands.root]
      for word in call.arguments {
        guard let next = path[path.count - 1].subcommand(word) else {
          call.output.complainLine(
            "Unknown help topic [\(call.arguments.map { "`\($0)`" }.joined(separator: " "))]\n\n")
          call.output.complain(HelpText([Commands.root]).usage)
          return
        }
        path.append(next)
      }
      call.output.print(HelpText(path).text)
    })

  static let alpha: CommandSpecification = CommandSpecification(
    name: "alpha", usage: "alpha", summary: "Commands for features in alpha",
    about:
      "These commands correspond to alpha features that are not enabled in Kubernetes clusters "
      + "by default.",
    run: { call in
      call.output.complainLine("No alpha commands are available in this version of kubectl")
    })
}
