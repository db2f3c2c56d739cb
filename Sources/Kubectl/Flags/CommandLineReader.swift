import Documents

/// Reads a command line as cobra and pflag do: which command it names, its flags wherever they
/// stand, and what is left over.
struct CommandLineReader {
  struct Reading {
    var path: [CommandSpecification]
    var values: FlagValues
    var arguments: [String]
    /// How many arguments came before `--`, or nil without one.
    var dash: Int?
    var wantsHelp: Bool

    var command: CommandSpecification { path[path.count - 1] }
    var commandPath: String { path.map(\.name).joined(separator: " ") }
  }

  let root: CommandSpecification

  func read(_ words: [String]) throws -> Reading {
    let (path, rest) = find(words)
    let command = path[path.count - 1]
    let name = path.map(\.name).joined(separator: " ")
    if path.count == 1, let first = positional(rest, flags: command.allFlags).first {
      throw CommandError.text(unknown(first, in: root))
    }
    var reading = Reading(
      path: path, values: FlagValues(command.allFlags), arguments: [], dash: nil, wantsHelp: false)
    do {
      try parse(rest, into: &reading)
    } catch let complaint as Complaint {
      throw CommandError.text("\(complaint.text)\n\(Self.advice(after: name))")
    }
    return reading
  }

  /// Two commands have a FlagErrorFunc of their own.
  private static func advice(after name: String) -> String {
    switch name {
    case "kubectl diff": "See '\(name) -h' for help and examples"
    case "kubectl options": "Run '\(name)' without flags."
    default: "See '\(name) --help' for usage."
    }
  }

  /// What is wrong with the flags of a line, in pflag's words.
  func complaint(about words: [String]) -> String? {
    let (path, rest) = find(words)
    var reading = Reading(
      path: path, values: FlagValues(path[path.count - 1].allFlags), arguments: [], dash: nil,
      wantsHelp: false)
    do {
      try parse(rest, into: &reading)
      return nil
    } catch { return (error as? Complaint)?.text }
  }

  private struct Complaint: Error { let text: String }

  /// The command that the words name, and the words without its names.
  func find(_ words: [String]) -> (path: [CommandSpecification], rest: [String]) {
    var path = [root]
    var rest = words
    while let next = positional(rest, flags: path[path.count - 1].allFlags).first,
      let command = path[path.count - 1].subcommand(next)
    {
      rest = removing(next, from: rest, flags: path[path.count - 1].allFlags)
      path.append(command)
    }
    return (path, rest)
  }

  private func takesNext(_ word: String, _ flags: [Flag]) -> Bool {
    if word.contains("=") { return false }
    if word.hasPrefix("--") {
      let name = word.dropFirst(2)
      return flags.first { $0.name == name }?.bare == nil && name != "help"
    }
    guard word.hasPrefix("-"), word.count == 2, let letter = word.last else { return false }
    return letter != "h" && flags.first { $0.shorthand == letter }?.bare == nil
  }

  private func positional(_ words: [String], flags: [Flag]) -> [String] {
    var found: [String] = []
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" { break }
      if word.hasPrefix("-"), word != "-" {
        if takesNext(word, flags) {
          if words.count - index <= 1 { break }
          index += 1
        }
      } else if !word.isEmpty {
        found.append(word)
      }
    }
    return found
  }

  private func removing(_ name: String, from words: [String], flags: [Flag]) -> [String] {
    var index = 0
    while index < words.count {
      let word = words[index]
      if word == "--" { break }
      if word.hasPrefix("-"), takesNext(word, flags) {
        index += 2
      } else if word == name {
        var rest = words
        rest.remove(at: index)
        return rest
      } else {
        index += 1
      }
    }
    return words
  }

  private func parse(_ words: [String], into reading: inout Reading) throws {
    var words = words[...]
    while let word = words.popFirst() {
      if word == "--" {
        reading.dash = reading.arguments.count
        reading.arguments += words
        return
      }
      if word.hasPrefix("--") {
        try long(word, &words, into: &reading)
      } else if word.hasPrefix("-"), word.count > 1 {
        try short(word, &words, into: &reading)
      } else {
        reading.arguments.append(word)
        // What `exec POD CMD -flags` means is settled by the command itself.
      }
      if reading.wantsHelp { return }
    }
  }

  private func long(_ word: String, _ words: inout ArraySlice<String>, into reading: inout Reading)
    throws
  {
    let body = word.dropFirst(2)
    guard let first = body.first, first != "-", first != "=" else {
      throw Complaint(text: "bad flag syntax: \(word)")
    }
    let equals = body.firstIndex(of: "=")
    let name = String(body[..<(equals ?? body.endIndex)]).replacing("_", with: "-")
    guard let flag = reading.values.flag(name) else {
      if name == "help" {
        let text = equals.map { String(body[$0...].dropFirst()) } ?? "true"
        guard let wants = GoNumber.bool(text) else { throw Self.noTruth(text) }
        reading.wantsHelp = wants
        return
      }
      throw Complaint(text: "unknown flag: --\(name)")
    }
    let value: String
    if let equals {
      value = String(body[equals...].dropFirst())
    } else if let bare = flag.bare {
      value = bare
    } else if let next = words.popFirst() {
      value = next
    } else {
      throw Complaint(text: "flag needs an argument: \(word)")
    }
    if let problem = reading.values.set(flag, value) { throw Complaint(text: problem) }
  }

  private func short(_ word: String, _ words: inout ArraySlice<String>, into reading: inout Reading)
    throws
  {
    var cluster = word.dropFirst()
    while let letter = cluster.first {
      guard let flag = reading.command.allFlags.first(where: { $0.shorthand == letter }) else {
        if letter == "h" {
          let text =
            cluster.count > 2 && cluster.dropFirst().first == "="
            ? String(cluster.dropFirst(2)) : "true"
          guard let wants = GoNumber.bool(text) else { throw Self.noTruth(text) }
          reading.wantsHelp = wants
          return
        }
        throw Complaint(text: "unknown shorthand flag: '\(letter)' in -\(cluster)")
      }
      let rest = cluster.dropFirst()
      let value: String
      if rest.count > 1, rest.first == "=" {
        value = String(rest.dropFirst())
        cluster = ""
      } else if let bare = flag.bare {
        value = bare
        cluster = rest
      } else if !rest.isEmpty {
        value = String(rest)
        cluster = ""
      } else if let next = words.popFirst() {
        value = next
        cluster = ""
      } else {
        throw Complaint(text: "flag needs an argument: '\(letter)' in -\(cluster)")
      }
      if let problem = reading.values.set(flag, value) { throw Complaint(text: problem) }
    }
  }

  private static func noTruth(_ text: String) -> Complaint {
    Complaint(
      text: "invalid argument \(Go.quoted(text)) for \"-h, --help\" flag: strconv.ParseBool: "
        + "parsing \(Go.quoted(text)): invalid syntax")
  }

  private func unknown(_ word: String, in command: CommandSpecification) -> String {
    var text = "unknown command \(Go.quoted(word)) for \(Go.quoted(command.name))"
    let near = command.subcommands.filter { candidate in
      Self.distance(word, candidate.name) <= 2
        || candidate.name.lowercased().hasPrefix(word.lowercased())
    }
    if !near.isEmpty {
      text += "\n\nDid you mean this?\n" + near.map { "\t\($0.name)\n" }.joined()
    }
    return text
  }

  /// Levenshtein's, without regard to case.
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.lowercased().prefix(64))
    let b = Array(b.lowercased().prefix(64))
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }
}
