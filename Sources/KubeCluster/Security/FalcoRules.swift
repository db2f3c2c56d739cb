import Documents

/// The rules, macros and lists of Falco's files, later files changing earlier ones.
struct FalcoRules {
  struct Rule {
    var name: String
    var description: String
    var condition: FalcoCondition
    var output: String
    var priority: String
    var tags: [String] = []
    var isEnabled = true
  }

  private(set) var rules: [Rule] = []
  private(set) var macros: [String: FalcoCondition] = [:]
  private(set) var lists: [String: [String]] = [:]
  private var texts: [String: String] = [:]

  static let priorities = [
    "Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug",
  ]

  /// The values with the names of lists replaced by what is in them.
  func expanded(_ values: [String], depth: Int = 0) -> [String] {
    values.flatMap { value in
      guard depth < 16, let list = lists[value] else { return [value] }
      return expanded(list, depth: depth + 1)
    }
  }

  /// Reads one more file; throws what is wrong with it.
  mutating func read(_ text: String) throws(FalcoCondition.Problem) {
    let manifest = Manifest(text)
    if let problem = manifest.problems.first {
      throw .init(message: "LOAD_ERR_YAML_PARSE (Error when parsing YAML): \(problem.message)")
    }
    for document in manifest.documents {
      guard !document.value.isNull else { continue }
      guard let items = document.value.array else {
        throw .init(
          message:
            "LOAD_ERR_YAML_VALIDATE (Error validating internal structure of YAML file): Rules "
            + "content is not yaml array of objects")
      }
      for item in items { try add(item) }
    }
    for rule in rules {
      if let unknown = rule.condition.macros.first(where: { macros[$0] == nil }) {
        throw .init(
          message: "LOAD_ERR_COMPILE_CONDITION (Error compiling condition): Undefined macro "
            + "'\(unknown)' used in filter.")
      }
    }
  }

  private mutating func add(_ item: Value) throws(FalcoCondition.Problem) {
    let overrides = item["override"]?.object ?? [:]
    let appends = item["append"]?.bool == true
    func mode(_ member: String) -> String? { appends ? "append" : overrides[member]?.string }
    if let name = item["list"]?.string {
      let items = (item["items"]?.array ?? []).map { $0.string ?? JSON.text($0) }
      lists[name] = (mode("items") == "append" ? lists[name] ?? [] : []) + items
    } else if let name = item["macro"]?.string {
      try setMacro(name, item["condition"]?.string ?? "", mode("condition"))
    } else if let name = item["rule"]?.string {
      try setRule(name, item, mode)
    }
  }

  private mutating func setMacro(_ name: String, _ text: String, _ mode: String?)
    throws(FalcoCondition.Problem)
  {
    let whole = mode == "append" ? "(\(texts["macro \(name)"] ?? "")) \(text)" : text
    texts["macro \(name)"] = whole
    macros[name] = try FalcoCondition(whole)
  }

  private mutating func setRule(_ name: String, _ item: Value, _ mode: (String) -> String?)
    throws(FalcoCondition.Problem)
  {
    let index = rules.firstIndex { $0.name == name }
    var text = item["condition"]?.string
    if mode("condition") == "append", let more = text {
      text = "(\(texts["rule \(name)"] ?? "")) \(more)"
    }
    let isWhole = text != nil && item["output"] != nil && item["priority"] != nil
    guard isWhole || index != nil else {
      let missing = ["condition", "output", "desc", "priority"].first { item[$0] == nil } ?? "desc"
      // `enabled: false` alone speaks of a rule that must be there.
      throw .init(
        message: item["enabled"] != nil
          ? "Rule has 'enabled' key but no rule by that name already exists"
          : "LOAD_ERR_YAML_VALIDATE (Error validating internal structure of YAML file): Item has no "
            + "mapping for key '\(missing)'")
    }
    var rule =
      index.map { rules[$0] }
      ?? Rule(name: name, description: "", condition: .all([]), output: "", priority: "Notice")
    if let text {
      texts["rule \(name)"] = text
      rule.condition = try FalcoCondition(text)
    }
    if let output = item["output"]?.string {
      rule.output = mode("output") == "append" ? rule.output + " " + output : output
    }
    if let priority = item["priority"]?.string {
      guard let known = Self.priorities.first(where: { Self.fits(priority, $0) }) else {
        throw .init(
          message:
            "LOAD_ERR_YAML_VALIDATE (Error validating internal structure of YAML file): Invalid "
            + "priority")
      }
      rule.priority = known
    }
    rule.description = item["desc"]?.string ?? rule.description
    rule.tags = item["tags"]?.array?.compactMap(\.string) ?? rule.tags
    rule.isEnabled = item["enabled"]?.bool ?? rule.isEnabled
    if let index { rules[index] = rule } else { rules.append(rule) }
  }

  /// INFO is Informational.
  private static func fits(_ given: String, _ known: String) -> Bool {
    let given = given.lowercased()
    return given == known.lowercased() || given == "info" && known == "Informational"
  }
}
