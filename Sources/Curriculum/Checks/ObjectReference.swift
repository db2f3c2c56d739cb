/// Which object or objects are meant, as one would tell kubectl: `service/web -n shop`,
/// `pods -l app=web`.
package struct ObjectReference: Hashable, Sendable, CustomStringConvertible {
  /// As kubectl takes it: plural, singular or short.
  package var kind: String
  /// Empty for all of the kind.
  package var name: String
  package var namespace: String
  package var selector: String

  package init(kind: String, name: String, namespace: String, selector: String = "") {
    self.kind = kind
    self.name = name
    self.namespace = namespace
    self.selector = selector
  }

  init(_ form: Form?, namespace: String) {
    self.init(kind: "", name: "", namespace: namespace)
    guard let form, let text = form.string() else { return }
    var words = text.split(separator: " ")[...]
    while let word = words.popFirst() {
      switch word {
      case "-n": self.namespace = words.popFirst().map(String.init) ?? ""
      case "-l": selector = words.popFirst().map(String.init) ?? ""
      default:
        guard kind.isEmpty else {
          form.note("\"\(word)\" is not understood; write KIND/NAME [-n NAMESPACE] [-l SELECTOR]")
          continue
        }
        let parts = word.split(separator: "/", maxSplits: 1)
        kind = parts.first.map(String.init) ?? ""
        if parts.count > 1 { name = String(parts[1]) }
      }
    }
    if kind.isEmpty { form.note("an object such as deployment/web is expected here") }
  }

  package var description: String {
    var text = name.isEmpty ? kind : "\(kind)/\(name)"
    if !selector.isEmpty { text += " with labels \(selector)" }
    if namespace != "default", !namespace.isEmpty { text += " in namespace \(namespace)" }
    return text
  }
}
