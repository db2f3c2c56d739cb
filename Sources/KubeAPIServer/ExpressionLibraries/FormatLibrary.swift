import CEL
import KubeObjects

/// The forms of names and other texts that Kubernetes knows.
enum FormatLibrary {
  struct Format: OpaqueDatum {
    let name: String
    var typeName: String { "kubernetes.NamedFormat" }
    func isEqual(_ other: any OpaqueDatum) -> Bool { (other as? Format)?.name == name }
  }

  private static let type = Type.opaque("kubernetes.NamedFormat")

  private static let checks: [(name: String, problems: @Sendable (String) -> [String])] = [
    ("dns1123Label", { NameRule.dns1123Label.problems($0) }),
    ("dns1123Subdomain", { NameRule.dns1123Subdomain.problems($0) }),
    ("dns1035Label", { NameRule.dns1035Label.problems($0) }),
    ("qualifiedName", { NameRule.qualifiedName.problems($0) }),
    ("dns1123LabelPrefix", { NameRule.dns1123Label.problems(prefix($0)) }),
    ("dns1123SubdomainPrefix", { NameRule.dns1123Subdomain.problems(prefix($0)) }),
    ("dns1035LabelPrefix", { NameRule.dns1035Label.problems(prefix($0)) }),
    ("labelValue", { NameRule.labelValue.problems($0) }),
    (
      "uri",
      {
        let why = $0.isEmpty ? "empty url" : "invalid URI for request"
        return isURI($0) ? [] : ["parse \($0.goQuoted): \(why)"]
      }
    ),
    ("uuid", { TextFormat.accepts($0, "uuid") ? [] : ["does not match the UUID format"] }),
    ("byte", { TextFormat.accepts($0, "byte") ? [] : ["invalid base64"] }),
    ("date", { TextFormat.accepts($0, "date") ? [] : ["invalid date"] }),
    ("datetime", { TextFormat.accepts($0, "date-time") ? [] : ["invalid datetime"] }),
  ]

  private static func prefix(_ text: String) -> String {
    text.hasSuffix("-") ? text.dropLast() + "a" : text
  }

  private static func isURI(_ text: String) -> Bool {
    text.hasPrefix("/") || text.contains("://")
  }

  static let all: [Function] =
    checks.map { check in
      Function("format.\(check.name)", [Overload("format_\(check.name)", [], type)]) { _ in
        .opaque(Format(name: check.name))
      }
    } + [
      Function("format.named", [Overload("format_named", [.string], .optional(type))]) { values in
        guard let name = values[0].string else { return nil }
        return .optional(
          checks.contains { $0.name == name } ? .opaque(Format(name: name)) : nil)
      },
      .member("validate", "format_validate", [type, .string], .optional(.list(.string))) {
        values in
        guard case .opaque(let datum) = values[0], let format = datum as? Format,
          let text = values[1].string,
          let check = checks.first(where: { $0.name == format.name })
        else { return nil }
        let problems = check.problems(text)
        return .optional(problems.isEmpty ? nil : .list(problems.map { .string($0) }))
      },
    ]
}
