package import Shell
import Simulation

/// What Tab offers in a shell: commands, variables, files, and what programs say of their own
/// arguments.
package struct ShellCompletion {
  private let shell: Interpreter
  private let process: Process
  private var machine: Machine { process.machine }

  package init(_ shell: Interpreter, _ process: Process) {
    self.shell = shell
    self.process = process
  }

  /// The start of the word before the cursor and the candidates for it, each whole.
  /// `programsAnswer` is what bash-completion adds to bash.
  package func candidates(
    for text: String, programsAnswer: Bool = true
  ) -> (wordStart: String.Index, candidates: [String]) {
    let line = PartialLine(text)
    let start = text.utf8.index(text.startIndex, offsetBy: line.wordStart)
    var words = line.words
    if let first = words.first, words.count > 1, let alias = shell.aliases[first] {
      words = alias.split(separator: " ").map(String.init) + words.dropFirst()
    }
    if line.isCommandPosition, !line.current.contains("/") {
      return (start, commands(line.current))
    }
    if line.quoting != .single, let variables = variables(line.current) {
      return (start, variables)
    }
    if programsAnswer, let name = words.first, !line.isRedirectionTarget,
      machine.programs[name]?.completesItself == true, !machine.isContainer
    {
      switch answers(of: name, Array(words.dropFirst())) {
      case .words(let words) where !words.isEmpty: return (start, words)
      case .filesEnding(let endings):
        return (
          start,
          files(line.current).filter { name in
            name.hasSuffix("/") || endings.contains { name.dropLast().hasSuffix("." + $0) }
          }
        )
      default: break
      }
    }
    return (start, files(line.current))
  }

  /// The names of variables that a word ending in `$NAME` or `${NAME` may go on with.
  private func variables(_ word: String) -> [String]? {
    guard let dollar = word.lastIndex(of: "$") else { return nil }
    var name = word[word.index(after: dollar)...]
    let isBraced = name.first == "{"
    if isBraced { name = name.dropFirst() }
    guard name.allSatisfy({ $0 == "_" || $0.isLetter || $0.isNumber }) else { return nil }
    let head = word[..<dollar] + (isBraced ? "${" : "$")
    return shell.variableNames.filter { $0.hasPrefix(name) }
      .map { head + $0 + (isBraced ? "}" : "") }
  }

  private enum Offer {
    case words([String])
    case filesEnding([String])
  }

  private func commands(_ beginning: String) -> [String] {
    var names = Set(shell.builtins.keys).union(shell.aliases.keys).union(shell.functions.keys)
    let path = shell.environment["PATH"] ?? Machine.standardPath
    for folder in path.split(separator: ":") {
      let found = try? machine.files.names(in: String(folder), of: shell.directory, process.caller)
      names.formUnion(found ?? [])
    }
    return names.filter { $0.hasPrefix(beginning) }.sorted().map { $0 + " " }
  }

  /// What a program's own completion says, as its bash script would use it.
  private func answers(of program: String, _ words: [String]) -> Offer {
    var answer: Machine.Outcome?
    machine.run(
      [program, "__completeNoDesc"] + words, environment: shell.environment,
      directory: shell.directory, caller: process.caller
    ) { answer = $0 }
    machine.timeline.settle()
    var lines = (answer?.output ?? "").split(separator: "\n").map(String.init)
    guard let last = lines.popLast(), last.hasPrefix(":"), let code = Int(last.dropFirst()) else {
      return .words([])
    }
    // cobra's directives: bit 3 means that the lines are endings of files, bit 1 no blank after the
    // word.
    if code & 8 != 0 { return .filesEnding(lines) }
    let end = code & 2 == 0 ? " " : ""
    let current = words.last ?? ""
    return .words(
      lines.filter { $0.hasPrefix(current) }.map { $0.hasSuffix("=") ? $0 : $0 + end })
  }

  private func files(_ beginning: String) -> [String] {
    let folder = beginning.lastIndex(of: "/").map { String(beginning[...$0]) } ?? ""
    let name = beginning.dropFirst(folder.count)
    var path = folder.isEmpty ? "." : folder
    if path.hasPrefix("~/") {
      path = (shell.environment["HOME"] ?? "") + "/" + path.dropFirst(2)
    }
    let (files, directory) = (machine.files, shell.directory)
    let names = (try? files.names(in: path, of: directory, process.caller)) ?? []
    return names.filter { $0.hasPrefix(name) && (!$0.hasPrefix(".") || name.hasPrefix(".")) }.map {
      let status = files.status(path + "/" + $0, in: directory, process.caller)
      return folder + $0 + (status?.kind == .directory ? "/" : " ")
    }
  }
}
