/// A piece of help, given while something it is about is not right yet.
package struct Hint: Hashable, Sendable {
  /// Markdown.
  package var text: String
  /// Ids of checks: it helps while one of them does not hold. Empty for always.
  package var about: [String]

  /// Reads `[service, port] Text…`; the brackets are left out for a hint that always helps.
  init(_ item: String) {
    guard item.hasPrefix("["), let close = item.firstIndex(of: "]"),
      item[close...].dropFirst().first == " "
    else {
      (text, about) = (item, [])
      return
    }
    let ids = item[..<close].dropFirst()
    text = String(item[close...].dropFirst(2))
    about = ids.split(separator: ",").map { String($0.trimmed) }
  }

  /// Whether it may help, given the checks that do not hold.
  package func helps(_ open: Set<String>) -> Bool {
    about.isEmpty || about.contains(where: open.contains)
  }
}
