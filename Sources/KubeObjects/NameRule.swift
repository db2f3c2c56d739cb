/// A rule for the spelling of names; `problems` says in upstream's words what is wrong with one.
package enum NameRule: Hashable, Sendable {
  /// `my-name`, at most 63 bytes.
  case dns1123Label
  /// Labels joined by dots, at most 253 bytes.
  case dns1123Subdomain
  /// As dns1123Label, but beginning with a letter.
  case dns1035Label
  /// `example.com/MyName`: label and annotation keys, taints.
  case qualifiedName
  case labelValue
  /// The names of ports: at most 15 bytes with a letter in them.
  case portName
  case configMapKey
  case environmentVariable
  case httpHeader
  /// `*.example.com`.
  case wildcardSubdomain
  /// As dns1123Subdomain, with underscores: what resolvers search.
  case searchDomain
  /// A part of a URL's path, as RBAC's and CSI's names.
  case pathSegment
  /// Why a condition is as it is, in one word.
  case conditionReason
  /// A C identifier.
  case cIdentifier

  package func problems(_ text: String) -> [String] { isPlain(text) ? [] : complaints(text) }

  func complaints(_ text: String) -> [String] {
    switch self {
    case .dns1123Label: Self.label1123(text)
    case .dns1123Subdomain: Self.subdomain(text)
    case .dns1035Label: Self.label1035(text)
    case .qualifiedName: Self.qualified(text)
    case .labelValue: Self.labelValueProblems(text)
    case .portName: Self.port(text)
    case .configMapKey: Self.configKey(text)
    case .environmentVariable: Self.environment(text)
    case .httpHeader: Self.header(text)
    case .wildcardSubdomain: Self.wildcard(text)
    case .searchDomain: Self.search(text)
    case .pathSegment: Self.segment(text)
    case .conditionReason: Self.reason(text)
    case .cIdentifier: Self.identifier(text)
    }
  }

  package func allows(_ text: String) -> Bool { problems(text).isEmpty }
}

extension NameRule {
  static func tooLong(_ limit: Int) -> String { "must be no more than \(limit) characters" }
  // The newer half of upstream's rules, those of labels, counts in bytes.
  static func tooManyBytes(_ limit: Int) -> String { "must be no more than \(limit) bytes" }

  /// validation.RegexError: the sentence, the examples, the expression.
  package static func mismatch(_ sentence: String, _ expression: String, _ examples: String...)
    -> String
  {
    guard !examples.isEmpty else {
      return sentence + " (regex used for validation is '" + expression + "')"
    }
    return sentence + " (e.g. " + examples.map { "'\($0)', " }.joined(separator: " or ")
      + "regex used for validation is '" + expression + "')"
  }

  private static func label1123(_ text: String) -> [String] {
    var found: [String] = []
    if text.utf8.count > 63 { found.append(tooLong(63)) }
    if !isLabel(text.utf8[...]) {
      // What would do as a subdomain is told so.
      if isSubdomain(text) {
        found.append("must not contain dots")
      } else {
        found.append(
          mismatch(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
              + "'-', and must start and end with an alphanumeric character",
            "[a-z0-9]([-a-z0-9]*[a-z0-9])?", "my-name", "123-abc"))
      }
    }
    return found
  }

  private static func subdomain(_ text: String) -> [String] {
    var found: [String] = []
    if text.utf8.count > 253 { found.append(tooLong(253)) }
    if !isSubdomain(text) {
      found.append(
        mismatch(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
            + "'-' or '.', and must start and end with an alphanumeric character",
          #"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"#, "example.com"))
    }
    return found
  }

  private static func label1035(_ text: String) -> [String] {
    var found: [String] = []
    if text.utf8.count > 63 { found.append(tooLong(63)) }
    if !isLabel(text.utf8[...]) || !(text.utf8.first.map(isLower) ?? false) {
      found.append(
        mismatch(
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
            + "with an alphabetic character, and end with an alphanumeric character",
          "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123"))
    }
    return found
  }

  private static func qualified(_ text: String) -> [String] {
    let sentence =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
      + "alphanumeric character"
    let expression = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    var found: [String] = []
    var name = parts.last ?? text.utf8[...]
    switch parts.count {
    case 1: break
    case 2:
      let prefix = String(Substring(parts[0]))
      name = parts[1]
      if prefix.isEmpty {
        found.append("prefix part must be non-empty")
      } else {
        if prefix.utf8.count > 253 { found.append("prefix part " + tooManyBytes(253)) }
        if let problem = subdomain(prefix).last, !isSubdomain(prefix) {
          found.append("prefix part " + problem)
        }
      }
    default:
      return [
        "a valid label key "
          + mismatch(sentence, expression, "MyName", "my.name", "123-abc")
          + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
      ]
    }
    if name.isEmpty {
      found.append("name part must be non-empty")
    } else if name.count > 63 {
      found.append("name part " + tooManyBytes(63))
    }
    if !isWord(name) {
      found.append("name part " + mismatch(sentence, expression, "MyName", "my.name", "123-abc"))
    }
    return found
  }

  private static func labelValueProblems(_ text: String) -> [String] {
    var found: [String] = []
    if text.utf8.count > 63 { found.append(tooManyBytes(63)) }
    if !text.isEmpty && !isWord(text.utf8[...]) {
      found.append(
        mismatch(
          "a valid label must be an empty string or consist of alphanumeric characters, '-', "
            + "'_' or '.', and must start and end with an alphanumeric character",
          "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", "MyValue", "my_value", "12345"))
    }
    return found
  }

  private static func port(_ text: String) -> [String] {
    var found: [String] = []
    if text.utf8.count > 15 { found.append("must be no more than 15 characters") }
    if !text.utf8.allSatisfy({ isLower($0) || isDigit($0) || $0 == dash }) {
      found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    }
    if !text.utf8.contains(where: isLower) {
      found.append("must contain at least one letter (a-z)")
    }
    if text.contains("--") { found.append("must not contain consecutive hyphens") }
    if let first = text.utf8.first, let last = text.utf8.last, first == dash || last == dash {
      found.append("must not begin or end with a hyphen")
    }
    return found
  }
}
