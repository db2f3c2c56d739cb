import Documents

/// An expression of Calico over labels: `app == 'web' && has(tier) && env not in {'a', 'b'}`.
struct CalicoSelector {
  /// Whose labels it is about.
  enum Scope { case pods, namespaces }

  private indirect enum Node {
    case all
    /// What belongs to no namespace: no Pod.
    case global
    case has(String)
    case compare(String, (String?) -> Bool)
    case not(Node)
    case and([Node])
    case or([Node])
  }

  private let root: Node
  private let scope: Scope

  /// nil when the text is no expression.
  init?(_ text: String, over scope: Scope) {
    var reader = Reader(text)
    guard let root = reader.expression(depth: 0), reader.isAtEnd else { return nil }
    self.root = root
    self.scope = scope
  }

  func matches(_ pod: PolicyParty.Pod) -> Bool { matches(root, pod) }

  private func matches(_ node: Node, _ pod: PolicyParty.Pod) -> Bool {
    switch node {
    case .all: true
    case .global: false
    case .has(let key): label(key, pod) != nil
    case .compare(let key, let holds): holds(label(key, pod))
    case .not(let inner): !matches(inner, pod)
    case .and(let nodes): nodes.allSatisfy { matches($0, pod) }
    case .or(let nodes): nodes.contains { matches($0, pod) }
    }
  }

  /// A Pod's own labels, and those that Calico adds to it.
  private func label(_ key: String, _ pod: PolicyParty.Pod) -> String? {
    switch (scope, key) {
    case (.namespaces, "projectcalico.org/name"): return pod.namespace
    case (.namespaces, _): return pod.namespaceLabels?[key]?.string
    case (.pods, "projectcalico.org/namespace"): return pod.namespace
    case (.pods, "projectcalico.org/orchestrator"): return "k8s"
    case (.pods, "projectcalico.org/serviceaccount"): return pod.serviceAccount
    case (.pods, _):
      if key.hasPrefix("pcns.") { return pod.namespaceLabels?[String(key.dropFirst(5))]?.string }
      return pod.labels?[key]?.string
    }
  }

  /// Reads from left to right; `&&` binds closer than `||`.
  private struct Reader {
    private var rest: Substring
    private static let depthLimit = 50

    init(_ text: String) { rest = text[...] }

    var isAtEnd: Bool {
      mutating get {
        skip()
        return rest.isEmpty
      }
    }

    private mutating func skip() { rest = rest.drop { $0.isWhitespace } }

    private mutating func take(_ word: String) -> Bool {
      skip()
      guard rest.hasPrefix(word) else { return false }
      rest = rest.dropFirst(word.count)
      return true
    }

    mutating func expression(depth: Int) -> Node? {
      list("||", depth) { $0.conjunction(depth: depth) }.map { $0.count == 1 ? $0[0] : .or($0) }
    }

    private mutating func conjunction(depth: Int) -> Node? {
      list("&&", depth) { $0.operation(depth: depth) }.map { $0.count == 1 ? $0[0] : .and($0) }
    }

    private mutating func list(
      _ separator: String, _ depth: Int, _ part: (inout Reader) -> Node?
    ) -> [Node]? {
      guard depth < Self.depthLimit, let first = part(&self) else { return nil }
      var found = [first]
      while take(separator) {
        guard let next = part(&self) else { return nil }
        found.append(next)
      }
      return found
    }

    private mutating func operation(depth: Int) -> Node? {
      if take("!") {
        guard depth < Self.depthLimit else { return nil }
        return operation(depth: depth + 1).map { .not($0) }
      }
      if take("(") {
        guard let inner = expression(depth: depth + 1), take(")") else { return nil }
        return inner
      }
      if take("all()") { return .all }
      if take("global()") { return .global }
      if take("has(") {
        guard let key = key(), take(")") else { return nil }
        return .has(key)
      }
      return key().flatMap { comparison($0) }
    }

    private mutating func comparison(_ key: String) -> Node? {
      if take("==") { return text().map { value in .compare(key) { $0 == value } } }
      // What has no such label is unlike every value.
      if take("!=") { return text().map { value in .compare(key) { $0 != value } } }
      if take("contains") {
        return text().map { part in .compare(key) { $0?.contains(part) ?? false } }
      }
      if take("starts with") {
        return text().map { part in .compare(key) { $0?.hasPrefix(part) ?? false } }
      }
      if take("ends with") {
        return text().map { part in .compare(key) { $0?.hasSuffix(part) ?? false } }
      }
      let isNegated = take("not")
      guard take("in"), let values = values() else { return nil }
      return .compare(key) { ($0.map(values.contains) ?? false) != isNegated }
    }

    private mutating func key() -> String? {
      skip()
      let name = rest.prefix { $0.isLetter || $0.isNumber || "_./-".contains($0) }
      rest = rest.dropFirst(name.count)
      return name.isEmpty ? nil : String(name)
    }

    private mutating func text() -> String? {
      skip()
      guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
      rest = rest.dropFirst()
      let value = rest.prefix { $0 != quote }
      rest = rest.dropFirst(value.count)
      return take(String(quote)) ? String(value) : nil
    }

    private mutating func values() -> Set<String>? {
      guard take("{") else { return nil }
      var found: Set<String> = []
      if take("}") { return found }
      repeat {
        guard let value = text() else { return nil }
        found.insert(value)
      } while take(",")
      return take("}") ? found : nil
    }
  }
}
