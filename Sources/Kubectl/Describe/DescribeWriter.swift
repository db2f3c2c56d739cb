import Documents

/// Collects the lines of a description; tabs between labels and values are aligned by block.
final class DescribeWriter {
  private var aligned = ""
  private var pending = ""
  private let alignsTabs: Bool
  /// Steps by which everything is set in: each piece that is written, as upstream's nested writers
  /// do, and not each line.
  var nesting = 0

  /// A description in a listing of revisions keeps its tabs.
  init(alignsTabs: Bool = true) { self.alignsTabs = alignsTabs }

  /// Adds a text below `level` steps of indentation.
  func write(_ level: Int = 0, _ text: String) {
    pending += String(repeating: "  ", count: level + nesting) + TablePrinter.escaped(text)
  }

  func line(_ level: Int = 0, _ text: String) { write(level, text + "\n") }

  /// `label:\tvalue`.
  func field(_ label: String, _ value: String) { field(0, label, value) }

  func field(_ level: Int, _ label: String, _ value: String) {
    line(level, "\(label):\t\(value)")
  }

  /// Ends the block: what follows is aligned by itself.
  func flush() {
    aligned += alignsTabs ? Tabulator.description.align(pending) : pending
    pending = ""
  }

  var text: String {
    flush()
    return aligned
  }
}

extension DescribeWriter {
  /// `key=value` lines below one another, or `<none>`.
  func labels(
    _ title: String, _ labels: Value?, indent: String = "", inner: String = "\t",
    skipping skipped: Set<String> = []
  ) {
    write(0, "\(indent)\(title):\(inner)")
    let members = (labels?.object ?? [:]).filter { !skipped.contains($0.key) }
    if members.isEmpty { return line(0, "<none>") }
    for (index, member) in members.enumerated() {
      if index > 0 {
        write(0, indent)
        write(0, inner)
      }
      line(0, "\(member.key)=\(member.value.string ?? "")")
    }
  }

  /// `key: value` lines; long values are cut and stand below their keys.
  func annotations(_ title: String, _ annotations: Value?) {
    write(0, "\(title):\t")
    let members = (annotations?.object ?? [:]).filter { $0.key != LastApplied.key }
    if members.isEmpty { return line(0, "<none>") }
    for (index, member) in members.enumerated() {
      if index > 0 { write(0, "\t") }
      var value = member.value.string ?? ""
      if value.hasSuffix("\n") { value.removeLast() }
      guard value.utf8.count + member.key.utf8.count + 2 > 140 || value.contains("\n") else {
        line(0, "\(member.key): \(value)")
        continue
      }
      line(0, "\(member.key):")
      for part in value.split(separator: "\n", omittingEmptySubsequences: false) {
        let shown =
          part.utf8.count > 138
          ? String(decoding: part.utf8.prefix(138), as: UTF8.self) + "..." : String(part)
        line(0, "\t  \(shown)")
      }
    }
  }

  func tolerations(_ title: String, _ tolerations: Value?) {
    write(0, "\(title):\t")
    let items = (tolerations?.array ?? []).enumerated().sorted {
      let (a, b) = ($0.element["key"]?.string ?? "", $1.element["key"]?.string ?? "")
      return a == b ? $0.offset < $1.offset : a < b
    }.map(\.element)
    if items.isEmpty { return line(0, "<none>") }
    for (index, item) in items.enumerated() {
      if index > 0 { write(0, "\t") }
      let key = item["key"]?.string ?? ""
      let value = item["value"]?.string ?? ""
      let effect = item["effect"]?.string ?? ""
      var text = key
      if !value.isEmpty { text += "=\(value)" }
      if !effect.isEmpty { text += ":\(effect)" }
      if item["operator"]?.string == "Exists", value.isEmpty {
        text += key.isEmpty && effect.isEmpty ? "op=Exists" : " op=Exists"
      }
      if let seconds = item["tolerationSeconds"]?.int { text += " for \(seconds)s" }
      line(0, text)
    }
  }
}
