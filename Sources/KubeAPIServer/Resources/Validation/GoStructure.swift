import Documents
import KubeObjects

/// The shape in which upstream's internal structure of a kind is printed inside messages: its
/// fields in their order, absent ones too.
final class GoStructure: Sendable {
  enum Form: Sendable {
    /// Printed as it is; absent as the text given.
    case plain(zero: String)
    case structure(GoStructure)
    case pointer(GoStructure)
    case list(GoStructure)
    /// An amount, which is never absent.
    case quantity
    /// Not printed at all when absent, as JSON's omitempty.
    case omitted
    /// A pointer's own members stand among the fields of the owner.
    case embedded(GoStructure)
  }
  struct Field: Sendable {
    /// As printed.
    var name: String
    /// As the API has it.
    var key: String
    var form: Form
  }
  let fields: [Field]

  init(_ fields: [Field]) { self.fields = fields }

  /// From a compact description: `Name:key=zero`, the key being Name with a small first letter when
  /// left out. Zeros: `n` null, `s` "", `0`, `f` false, `q` amount, `-` left out.
  init(_ text: String, _ nested: [String: Form] = [:]) {
    fields = text.split(separator: " ").map { word in
      let parts = word.split(separator: "=")
      let names = (parts.first ?? "").split(separator: ":")
      let name = String(names.first ?? "")
      let key = names.count > 1 ? String(names[1]) : Self.smallFirst(name)
      if let form = nested[name] { return Field(name: name, key: key, form: form) }
      let form: Form =
        switch parts.count > 1 ? parts[1] : "n" {
        case "s": .plain(zero: "\"\"")
        case "0": .plain(zero: "0")
        case "f": .plain(zero: "false")
        case "q": .quantity
        case "-": .omitted
        default: .plain(zero: "null")
        }
      return Field(name: name, key: key, form: form)
    }
  }

  private static func smallFirst(_ name: String) -> String {
    name.prefix(1).lowercased() + name.dropFirst()
  }

  /// The whole structure on one line.
  func printed(_ value: Value) -> String {
    if value.isNull { return "null" }
    var out = "{"
    write(value, to: &out)
    return out + "}"
  }

  private func write(_ value: Value, to out: inout String) {
    for field in fields {
      let member = value[field.key].flatMap { $0.isNull ? nil : $0 }
      if case .embedded(let inner) = field.form {
        inner.write(value, to: &out)
        continue
      }
      guard let text = text(field.form, member) else { continue }
      if out.last != "{" { out += "," }
      out += field.name.goJSON + ":" + text
    }
  }

  private func text(_ form: Form, _ member: Value?) -> String? {
    switch form {
    case .plain(let zero): member?.goJSON ?? zero
    case .omitted: member?.goJSON
    case .quantity: member?.goJSON ?? "\"0\""
    case .structure(let inner): inner.printed(member ?? [:])
    case .pointer(let inner): member.map { inner.printed($0) } ?? "null"
    case .list(let inner):
      member?.array.map { "[" + $0.map { inner.printed($0) }.joined(separator: ",") + "]" }
        ?? "null"
    case .embedded: nil
    }
  }
}

extension GoStructure {
  static let ownerReference = GoStructure(
    "apiVersion=s kind=s name=s uid=s controller=- blockOwnerDeletion=-")
  static let profile = GoStructure("Type=s LocalhostProfile")
  static let securityContext = GoStructure(
    "Capabilities Privileged SELinuxOptions:seLinuxOptions WindowsOptions RunAsUser RunAsGroup "
      + "RunAsNonRoot ReadOnlyRootFilesystem AllowPrivilegeEscalation ProcMount SeccompProfile "
      + "AppArmorProfile",
    [
      "Capabilities": .pointer(GoStructure("Add Drop")),
      "SELinuxOptions": .pointer(GoStructure("User=s Role=s Type=s Level=s")),
      "WindowsOptions": .pointer(
        GoStructure(
          "GMSACredentialSpecName:gmsaCredentialSpecName GMSACredentialSpec:gmsaCredentialSpec "
            + "RunAsUserName HostProcess")),
      "SeccompProfile": .pointer(GoStructure("Type=s LocalhostProfile")),
      "AppArmorProfile": .pointer(GoStructure("Type=s LocalhostProfile")),
    ])
}
