/// What an object's state comes from: findings beside each other, each with what would change it.
struct WhyFindings {
  var head: String
  var links: [Why.Link] = []
  /// What is told behind them, such as the chain of a Pod.
  var more = ""

  init(_ head: String) { self.head = head }

  mutating func add(_ finding: String, _ advice: String = "") {
    links.append(Why.Link(finding, advice))
  }

  var text: String {
    head + "\n"
      + links.map { link in
        "└ \(link.text)\n" + (link.advice.isEmpty ? "" : "  → \(link.advice)\n")
      }.joined() + more
  }

  /// A number with its noun: `1 Pod`, `2 Pods`.
  static func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(number == 1 ? noun : noun + "s")"
  }
}
