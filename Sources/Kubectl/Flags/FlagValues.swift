import Documents
import Simulation

/// The flags of one command line, read.
struct FlagValues {
  private let known: [String: Flag]
  private var given: [String: [String]] = [:]
  /// Names in the order in which they were first given.
  private(set) var order: [String] = []

  init(_ flags: [Flag]) {
    known = Dictionary(flags.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func flag(_ name: String) -> Flag? { known[name] }
  func changed(_ name: String) -> Bool { given[name] != nil }

  func string(_ name: String) -> String { given[name]?.last ?? known[name]?.fallback ?? "" }
  func bool(_ name: String) -> Bool { GoNumber.bool(string(name)) ?? false }
  func int(_ name: String) -> Int {
    switch GoNumber.int(string(name), bits: 64) {
    case .success(let value): Int(value)
    case .failure: 0
    }
  }
  func span(_ name: String) -> Span { GoDuration.parse(string(name)) ?? .zero }

  /// All values of a repeatable flag.
  func strings(_ name: String) -> [String] {
    guard let flag = known[name] else { return [] }
    let texts = given[name] ?? (flag.fallback.isEmpty ? [] : [flag.fallback])
    return flag.kind == .list ? texts.flatMap(Self.fields) : texts
  }

  /// Takes one value; the answer is pflag's complaint about it, or nil.
  mutating func set(_ flag: Flag, _ text: String) -> String? {
    if let problem = Self.problem(of: text, as: flag.kind) {
      return "invalid argument \(Go.quoted(text)) for \(Go.quoted(flag.display)) flag: \(problem)"
    }
    if given[flag.name] == nil { order.append(flag.name) }
    if flag.kind == .array || flag.kind == .list {
      given[flag.name, default: []].append(text)
    } else {
      given[flag.name] = [text]
    }
    return nil
  }

  private static func problem(of text: String, as kind: Flag.Kind) -> String? {
    switch kind {
    case .string, .array, .list: return nil
    case .bool:
      return GoNumber.bool(text) == nil
        ? "strconv.ParseBool: parsing \(Go.quoted(text)): invalid syntax" : nil
    case .duration:
      return GoDuration.parse(text) == nil ? GoDuration.complaint(text) : nil
    case .int, .int64, .int32, .uint16:
      let bits = kind == .int32 ? 32 : kind == .uint16 ? 16 : 64
      if case .failure(let error) = GoNumber.int(text, bits: bits, signed: kind != .uint16) {
        let function = kind == .uint16 ? "ParseUint" : "ParseInt"
        return "strconv.\(function): parsing \(Go.quoted(text)): \(error.text)"
      }
      return nil
    }
  }

  /// Splits at commas as Go's CSV reader does, so that quotes protect commas.
  static func fields(_ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    guard text.contains("\"") else {
      return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    var fields: [String] = []
    var field = ""
    var quoted = false
    for character in text {
      switch character {
      case "\"": quoted.toggle()
      case "," where !quoted:
        fields.append(field)
        field = ""
      default: field.append(character)
      }
    }
    return fields + [field]
  }
}
