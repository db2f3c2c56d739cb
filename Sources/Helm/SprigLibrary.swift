import Documents
import Linux
import Simulation

/// The functions that Helm's templates have beside Go's: sprig's and Helm's own.
final class SprigLibrary: TemplateLibrary {
  /// What `lookup` was asked.
  struct Question: Hashable {
    let apiVersion: String
    let kind: String
    let namespace: String
    let name: String
  }

  let now: Moment
  let random: () -> UInt64
  /// Files of every chart, by its prefix.
  var files: [String: [String: String]] = [:]
  var wanted: Set<Question> = []
  var found: [Question: Value] = [:]
  private var depth = 0

  /// Names of members that stand for values with methods.
  static let filesMark = "\u{1}files"
  static let versionsMark = "\u{1}versions"

  init(now: Moment, random: @escaping () -> UInt64) {
    self.now = now
    self.random = random
  }

  typealias Failure = GoTemplate.Failure
  typealias Function = @Sendable (SprigLibrary, [Value?]) throws(Failure) -> Value?

  static let functions: [String: Function] = {
    var all: [String: Function] = [:]
    for table in [texts, numbers, lists, maps, encodings, tests] {
      all.merge(table) { first, _ in first }
    }
    for name in [
      "toJson", "fromJson", "toPrettyJson", "first", "rest", "last", "initial", "append", "prepend",
      "reverse", "uniq", "without", "has", "compact", "slice", "merge", "mergeOverwrite",
      "regexMatch", "regexFind", "regexReplaceAll", "regexReplaceAllLiteral", "deepCopy", "toDate",
    ] {
      let word = "must" + name.prefix(1).uppercased() + name.dropFirst()
      all[word] = all[name]
    }
    return all
  }()

  let changing: Set<String> = ["set", "unset", "merge", "mergeOverwrite"]
  let names: Set<String> = Set(functions.keys).union(["include", "tpl", "lookup"])

  func call(
    _ name: String, _ given: [Value?], _ run: inout TemplateRun
  ) throws(Failure) -> Value? {
    switch name {
    case "include":
      guard given.count == 2, let called = given[0]?.string else {
        throw Failure(message: "wrong number of args for include: want 2 got \(given.count)")
      }
      return .string(try run.text(of: called, given[1]).withoutAbsence)
    case "tpl": return .string(try expand(given, run))
    case "lookup":
      guard given.count == 4 else {
        throw Failure(message: "wrong number of args for lookup: want 4 got \(given.count)")
      }
      let words = given.map { $0?.string ?? "" }
      let question = Question(
        apiVersion: words[0], kind: words[1], namespace: words[2], name: words[3])
      if let known = found[question] { return known }
      wanted.insert(question)
      return .emptyObject
    default:
      guard let function = Self.functions[name] else {
        throw Failure(message: "function \(GoText.quote(name)) not defined")
      }
      return try function(self, given)
    }
  }

  /// `tpl`: a text as a template of its own, with everything that is defined.
  private func expand(_ given: [Value?], _ run: TemplateRun) throws(Failure) -> String {
    guard given.count == 2, let text = given[0]?.string else {
      throw Failure(
        message: "wrong type for value; expected string; got \(GoFormat.type(given.first ?? nil))")
    }
    guard depth < 50 else { throw Failure(message: "exceeded maximum template depth (100000)") }
    depth += 1
    defer { depth -= 1 }
    var templates = run.template
    let name = "gotpl"
    do throws(Failure) {
      try templates.add(text, name: name)
    } catch {
      throw Failure(message: "cannot parse template \(GoText.quote(text)): \(error.message)")
    }
    var inner = TemplateRun(
      templates, missing: .zero, steps: run.steps, limit: Rendering.steps)
    do throws(Failure) {
      try inner.execute(name, given[1] ?? .null)
    } catch {
      throw Failure(
        message: "error during tpl function execution for \(GoText.quote(text)): \(error.message)")
    }
    return inner.output.withoutAbsence
  }

  // MARK: methods

  func method(
    _ name: String, of receiver: Value, _ given: [Value?]
  ) throws(Failure) -> Value? {
    if let prefix = receiver[Self.filesMark]?.string {
      let word: Value? = given.first ?? nil
      return file(name, prefix, receiver, word?.string ?? "")
    }
    if name == "Has", let versions = receiver[Self.versionsMark]?.array {
      let wanted: Value = (given.first ?? nil) ?? .null
      return Value.bool(versions.contains { $0 == wanted })
    }
    if name == "String", given.isEmpty { return receiver["Version"] }
    return nil
  }

  private func file(
    _ name: String, _ prefix: String, _ receiver: Value, _ word: String
  ) -> Value? {
    let all = files[prefix] ?? [:]
    let pattern = receiver["\u{1}glob"]?.string
    let chosen = all.filter { file in
      pattern.map { Self.matches($0[...], file.key[...]) } ?? true
    }
    switch name {
    case "Get": return .string(chosen[word] ?? "")
    case "GetBytes": return .string(chosen[word] ?? "")
    case "Glob": return [Self.filesMark: .string(prefix), "\u{1}glob": .string(word)]
    case "Lines":
      return .array(
        (chosen[word] ?? "").split(separator: "\n", omittingEmptySubsequences: false).map {
          .string(String($0))
        })
    case "AsConfig", "AsSecrets":
      var members = Value.emptyObject
      for (path, text) in chosen {
        let base = path.split(separator: "/").last.map(String.init) ?? path
        members[base] = .string(name == "AsConfig" ? text : Base64.encode(Array(text.utf8)))
      }
      return .string(Self.yaml(members))
    default: return nil
    }
  }

  /// `*` within a folder, `**` across folders.
  private static func matches(_ pattern: Substring, _ path: Substring) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    if first == "*" {
      let isDeep = pattern.hasPrefix("**")
      let rest = pattern.dropFirst(isDeep ? 2 : 1)
      if matches(isDeep && rest.first == "/" ? rest.dropFirst() : rest, path) { return true }
      guard let next = path.first, isDeep || next != "/" else { return false }
      return matches(pattern, path.dropFirst())
    }
    guard let next = path.first, first == "?" || first == next else { return false }
    return matches(pattern.dropFirst(), path.dropFirst())
  }

  static func yaml(_ value: Value?) -> String {
    var text = YAML.text(value ?? .null)
    while text.last == "\n" { text.removeLast() }
    return text
  }
}

extension String {
  /// Helm takes Go's word for an absent value away.
  var withoutAbsence: String {
    contains("<no value>")
      ? split(separator: "<no value>", omittingEmptySubsequences: false).joined() : self
  }
}

/// Arguments of functions, taken as sprig takes them.
enum Argument {
  typealias Failure = GoTemplate.Failure

  static func text(_ given: [Value?], _ index: Int) throws(Failure) -> String {
    guard index < given.count else {
      throw Failure(message: "wrong number of args: want \(index + 1) got \(given.count)")
    }
    guard let value = given[index], !value.isNull else {
      throw Failure(message: "invalid value; expected string")
    }
    guard let text = value.string else {
      throw Failure(
        message: "wrong type for value; expected string; got \(GoFormat.type(value))")
    }
    return text
  }

  /// As strval makes one of anything.
  static func shown(_ value: Value?) -> String {
    guard let value, !value.isNull else { return "" }
    return GoFormat.text(value)
  }

  static func whole(_ given: [Value?], _ index: Int) -> Int64 {
    index < given.count ? whole(given[index]) : 0
  }

  static func whole(_ value: Value?) -> Int64 {
    switch value {
    case .int(let number): number
    case .double(let number): Int64(exactly: number.rounded(.towardZero)) ?? 0
    case .bool(let flag): flag ? 1 : 0
    case .string(let text):
      Int64(text) ?? Double(text).flatMap { Int64(exactly: $0.rounded(.towardZero)) } ?? 0
    default: 0
    }
  }

  static func fraction(_ value: Value?) -> Double {
    switch value {
    case .int(let number): Double(number)
    case .double(let number): number
    case .string(let text): Double(text) ?? 0
    case .bool(let flag): flag ? 1 : 0
    default: 0
    }
  }

  static func list(_ given: [Value?], _ index: Int) throws(Failure) -> [Value] {
    guard index < given.count else {
      throw Failure(message: "wrong number of args: want \(index + 1) got \(given.count)")
    }
    switch given[index] {
    case .array(let elements): return elements
    case nil, .null: return []
    case let other?:
      throw Failure(message: "Cannot find list in type \(GoFormat.type(other))")
    }
  }

  static func map(_ given: [Value?], _ index: Int) throws(Failure) -> Mapping {
    guard index < given.count else {
      throw Failure(message: "wrong number of args: want \(index + 1) got \(given.count)")
    }
    switch given[index] {
    case .object(let members): return members
    case nil, .null:
      return [:]
    case let other?:
      throw Failure(
        message: "wrong type for value; expected map[string]interface {}; got "
          + GoFormat.type(other))
    }
  }

  static func isEmpty(_ value: Value?) -> Bool { !TemplateRun.isTrue(value) }
}
