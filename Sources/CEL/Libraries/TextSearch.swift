/// Looks for texts in texts, by code points, as the language counts them.
enum TextSearch {
  static func first(_ part: String, in text: String, from start: Int = 0) -> Int? {
    first(Array(part.unicodeScalars), in: Array(text.unicodeScalars), from: start)
  }

  static func first(
    _ part: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int
  ) -> Int? {
    guard start >= 0, start + part.count <= text.count else { return nil }
    for place in start...(text.count - part.count) where isAt(place, part, text) { return place }
    return nil
  }

  static func last(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], before: Int) -> Int? {
    guard part.count <= text.count else { return nil }
    var place = min(before, text.count - part.count)
    while place >= 0 {
      if isAt(place, part, text) { return place }
      place -= 1
    }
    return nil
  }

  private static func isAt(
    _ place: Int, _ part: [Unicode.Scalar], _ text: [Unicode.Scalar]
  ) -> Bool {
    for (index, scalar) in part.enumerated() where text[place + index] != scalar { return false }
    return true
  }

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// The parts between separators; at most `limit`, when that is not negative.
  static func split(_ text: String, _ separator: String, limit: Int) -> [String] {
    if limit == 0 { return [] }
    let scalars = Array(text.unicodeScalars)
    let mark = Array(separator.unicodeScalars)
    var parts: [String] = []
    var start = 0
    if mark.isEmpty {
      while start < scalars.count, limit < 0 || parts.count < limit - 1 {
        parts.append(String(scalars[start]))
        start += 1
      }
      if start < scalars.count { parts.append(self.text(scalars[start...])) }
      return parts
    }
    while limit < 0 || parts.count < limit - 1,
      let place = first(mark, in: scalars, from: start)
    {
      parts.append(self.text(scalars[start..<place]))
      start = place + mark.count
    }
    return parts + [self.text(scalars[start...])]
  }

  static func replace(_ text: String, _ old: String, _ new: String, limit: Int) -> String {
    if old.isEmpty {
      var result = ""
      var count = 0
      for scalar in text.unicodeScalars {
        if limit < 0 || count < limit { result += new }
        count += 1
        result.unicodeScalars.append(scalar)
      }
      if limit < 0 || count < limit { result += new }
      return result
    }
    return split(text, old, limit: limit < 0 ? -1 : limit + 1).joined(separator: new)
  }
}
