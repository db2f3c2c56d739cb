import Shell

/// A program's arguments parted into options and operands, as getopt_long does it.
///
/// The grammar is a list of words, one per option: all its names parted by commas, the first being
/// the one to ask for; `=` at the end when it takes a value, `?` when it may:
/// `"n,lines= r,recursive"`.
struct Options {
  private(set) var operands: [String] = []
  /// Options in the order given.
  private(set) var given: [(name: String, value: String?)] = []

  private struct Rule {
    let name: String
    let takesValue: Bool
    let mayTakeValue: Bool
  }

  /// `numbers` names the option that `-5` means. With `stopsEarly` the first operand ends
  /// the options.
  init(
    _ arguments: [String], _ grammar: String, numbers: String? = nil, stopsEarly: Bool = false,
    status: ExitStatus = 1
  ) throws {
    let rules = Self.rules(grammar)
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        break
      }
      if argument.hasPrefix("--") {
        try long(String(argument.dropFirst(2)), rules, &rest, status)
      } else if argument.hasPrefix("-"), argument != "-" {
        if let numbers, let count = Int(argument.dropFirst()), count >= 0 {
          given.append((numbers, "\(count)"))
        } else {
          try short(argument.dropFirst(), rules, &rest, status)
        }
      } else {
        operands.append(argument)
        if stopsEarly {
          operands += rest
          break
        }
      }
    }
  }

  private static func rules(_ grammar: String) -> [String: Rule] {
    var rules: [String: Rule] = [:]
    for word in grammar.split(separator: " ") {
      let takes = word.last == "="
      let may = word.last == "?"
      let names = (takes || may ? word.dropLast() : word).split(separator: ",").map(String.init)
      for name in names {
        rules[name] = Rule(name: names[0], takesValue: takes, mayTakeValue: may)
      }
    }
    return rules
  }

  private mutating func long(
    _ text: String, _ rules: [String: Rule], _ rest: inout ArraySlice<String>,
    _ status: ExitStatus
  ) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let matches = rules.keys.filter { $0.count > 1 && $0.hasPrefix(name) }.sorted()
    if name == "help", rules["help"] == nil { throw ManualRequest() }
    let meant = Set(matches.compactMap { rules[$0]?.name })
    guard
      let rule = rules[name].flatMap({ name.count > 1 ? $0 : nil })
        ?? (meant.count == 1 ? matches.first.flatMap { rules[$0] } : nil)
    else {
      if matches.isEmpty {
        throw UsageError("unrecognized option '--\(name)'", status: status)
      }
      let possible = matches.map { " '--\($0)'" }.joined()
      throw UsageError(
        "option '--\(name)' is ambiguous; possibilities:\(possible)", status: status)
    }
    if parts.count == 2 {
      guard rule.takesValue || rule.mayTakeValue else {
        throw UsageError("option '--\(name)' doesn't allow an argument", status: status)
      }
      given.append((rule.name, String(parts[1])))
    } else if rule.takesValue {
      guard let value = rest.popFirst() else {
        throw UsageError("option '--\(name)' requires an argument", status: status)
      }
      given.append((rule.name, value))
    } else {
      given.append((rule.name, nil))
    }
  }

  private mutating func short(
    _ text: Substring, _ rules: [String: Rule], _ rest: inout ArraySlice<String>,
    _ status: ExitStatus
  ) throws {
    var letters = text
    while let letter = letters.popFirst() {
      guard let rule = rules[String(letter)] else {
        throw UsageError("invalid option -- '\(letter)'", status: status)
      }
      if rule.takesValue {
        if !letters.isEmpty {
          given.append((rule.name, String(letters)))
        } else if let value = rest.popFirst() {
          given.append((rule.name, value))
        } else {
          throw UsageError("option requires an argument -- '\(letter)'", status: status)
        }
        return
      }
      if rule.mayTakeValue {
        given.append((rule.name, letters.isEmpty ? nil : String(letters)))
        return
      }
      given.append((rule.name, nil))
    }
  }

  func has(_ name: String) -> Bool { given.contains { $0.name == name } }
  /// The last value given.
  subscript(_ name: String) -> String? { given.last { $0.name == name }?.value }
  func values(_ name: String) -> [String] { given.filter { $0.name == name }.compactMap(\.value) }
  /// The one of these names that was given last.
  func last(of names: String...) -> String? { given.last { names.contains($0.name) }?.name }
}

/// `--help` was asked for.
struct ManualRequest: Error {}
