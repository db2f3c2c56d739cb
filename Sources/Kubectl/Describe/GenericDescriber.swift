import Documents

/// Describes what has no description of its own, member by member.
struct GenericDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out)
    members(
      object, level: 0, out,
      skipping: [
        ".metadata.name", ".metadata.namespace", ".metadata.labels",
        ".metadata.annotations", ".metadata.managedFields",
      ], path: "")
    await context.events(of: object, out)
  }

  private func members(
    _ object: Value, level: Int, _ out: DescribeWriter, skipping skipped: Set<String>, path: String
  ) {
    guard level < 60, let members = object.object else { return }
    // The order is that of the words shown, not of the names.
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      let inner = "\(path).\(key)"
      if skipped.contains(inner) { continue }
      let label = Self.label(key)
      switch value {
      case .object(let children):
        let shown = children.filter { !skipped.contains("\(inner).\($0.key)") }
        _ = shown
        out.line(level, "\(label):")
        self.members(value, level: level + 1, out, skipping: skipped, path: inner)
      case .array(let items):
        out.line(level, "\(label):")
        elements(items, level: level + 1, out)
      default:
        out.line(level, "\(label):\t\(Self.text(value))")
      }
    }
  }

  private func elements(_ items: [Value], level: Int, _ out: DescribeWriter) {
    for item in items {
      if item.object != nil {
        members(item, level: level, out, skipping: [], path: "")
      } else if case .array(let inner) = item, level < 60 {
        elements(inner, level: level + 1, out)
      } else {
        out.line(level, Self.text(item))
      }
    }
  }

  private static func text(_ value: Value) -> String {
    value.isNull ? "<nil>" : DescribeText.text(value)
  }

  private static let words: Set<String> = ["API", "URL", "UID", "OSB", "GUID"]

  /// `creationTimestamp` as `Creation Timestamp`, `apiVersion` as `API Version`. A name with other
  /// characters than letters and `-` stays as it is (smartLabelFor).
  static func label(_ name: String) -> String {
    guard name.allSatisfy({ $0.isLetter || $0 == "-" }) else { return name }
    return camelParts(name).map { part in
      words.contains(part.uppercased())
        ? part.uppercased() : part.prefix(1).uppercased() + part.dropFirst()
    }.joined(separator: " ")
  }

  private enum Class { case lower, upper, other }

  /// Splits where the class of characters changes; the last capital of a run goes with the small
  /// letters after it.
  private static func camelParts(_ name: String) -> [String] {
    var runs: [(kind: Class, text: String)] = []
    for character in name {
      let kind: Class = character.isLowercase ? .lower : character.isUppercase ? .upper : .other
      if runs.last?.kind == kind {
        runs[runs.count - 1].text.append(character)
      } else {
        runs.append((kind, String(character)))
      }
    }
    for index in runs.indices.dropLast()
    where runs[index].kind == .upper && runs[index + 1].kind == .lower {
      guard let last = runs[index].text.popLast() else { continue }
      runs[index + 1].text.insert(last, at: runs[index + 1].text.startIndex)
    }
    return runs.map(\.text).filter { !$0.isEmpty }
  }
}
