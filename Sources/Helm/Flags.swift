/// Options and operands as cobra parts them.
///
/// The grammar is a list of words: all names of an option parted by commas, the last being the one
/// to ask for; `=` at the end when it takes a value.
struct Flags {
  private(set) var operands: [String] = []
  private(set) var given: [(name: String, value: String)] = []

  static let global =
    "n,namespace= kubeconfig= kube-context= debug h,help kube-as-user= kube-apiserver= kube-token= "
    + "registry-config= repository-cache= repository-config= burst-limit= qps="

  init(_ words: [String], _ grammar: String) throws {
    var rules: [String: (name: String, takesValue: Bool)] = [:]
    for word in grammar.split(separator: " ") {
      let takes = word.last == "="
      let names = (takes ? word.dropLast() : word).split(separator: ",").map(String.init)
      for name in names { rules[name] = (names.last ?? name, takes) }
    }
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(
          separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        guard let rule = rules[name], name.count > 1 else {
          throw HelmError("unknown flag: --\(name)")
        }
        if parts.count == 2 {
          given.append((rule.name, String(parts[1])))
        } else if rule.takesValue {
          guard let value = rest.popFirst() else {
            throw HelmError("flag needs an argument: --\(name)")
          }
          given.append((rule.name, value))
        } else {
          given.append((rule.name, "true"))
        }
        continue
      }
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        guard let rule = rules[String(letter)] else {
          throw HelmError("unknown shorthand flag: '\(letter)' in \(word)")
        }
        guard rule.takesValue else {
          given.append((rule.name, "true"))
          continue
        }
        if letters.first == "=" { letters.removeFirst() }
        let joined = String(letters)
        letters = ""
        guard let value = joined.isEmpty ? rest.popFirst() : joined else {
          throw HelmError("flag needs an argument: '\(letter)' in \(word)")
        }
        given.append((rule.name, value))
      }
    }
  }

  subscript(_ name: String) -> String? { given.last { $0.name == name }?.value }
  func has(_ name: String) -> Bool { self[name].map { $0 != "false" } ?? false }
  func values(_ name: String) -> [String] { given.filter { $0.name == name }.map(\.value) }
}
