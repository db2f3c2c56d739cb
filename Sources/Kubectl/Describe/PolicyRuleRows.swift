import Documents

/// Rules of roles taken apart, merged and sorted as kubectl shows them (BreakdownRule,
/// CompactRules, SortableRuleSlice).
enum PolicyRuleRows {
  private struct Row {
    var verbs: [String]
    var group: String?
    var resource: String?
    var name: String?
    var url: String?

    /// The text of the whole rule, by which upstream sorts.
    var key: String {
      func list(_ text: String?) -> String { "[\(text ?? "")]" }
      return "&PolicyRule{Verbs:\(Go.list(verbs)),APIGroups:\(list(group)),"
        + "Resources:\(list(resource)),ResourceNames:\(list(name)),"
        + "NonResourceURLs:\(list(url)),}"
    }

    var cells: String {
      "\(shown)\t[\(url ?? "")]\t[\(name ?? "")]\t\(Go.list(verbs))"
    }

    /// `deployments.apps/scale`.
    private var shown: String {
      guard let resource else { return "" }
      let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
      var text = parts.first ?? resource
      if let group, !group.isEmpty { text += "." + group }
      return parts.count == 2 ? text + "/" + parts[1] : text
    }
  }

  /// Lines of four cells: resources, URLs, names, verbs.
  static func lines(_ rules: [Value]) -> [String] {
    var rows: [Row] = []
    var places: [String: Int] = [:]
    for rule in rules {
      let verbs = texts(rule["verbs"])
      for url in texts(rule["nonResourceURLs"]) {
        for verb in verbs { rows.append(Row(verbs: [verb], url: url)) }
      }
      let names = texts(rule["resourceNames"])
      for group in texts(rule["apiGroups"]) {
        for resource in texts(rule["resources"]) {
          for name in names.isEmpty ? [String?.none] : names.map({ $0 }) {
            let key = "\(group)\u{0}\(resource)\u{0}\(name ?? "\u{0}")"
            let place = places[key] ?? rows.count
            if place == rows.count {
              places[key] = place
              rows.append(Row(verbs: [], group: group, resource: resource, name: name))
            }
            for verb in verbs where !rows[place].verbs.contains(verb) {
              rows[place].verbs.append(verb)
            }
          }
        }
      }
    }
    return rows.map { (key: Array($0.key.utf8), cells: $0.cells) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.cells)
  }

  private static func texts(_ value: Value?) -> [String] {
    (value?.array ?? []).compactMap(\.string)
  }
}
