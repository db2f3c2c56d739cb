/// Completion indexes in their short text form: 0,2-5.
struct IndexSet: Equatable {
  private(set) var members: Set<Int> = []

  init(_ members: Set<Int> = []) { self.members = members }

  /// Reads the text form; what cannot be read is left out, and no more than `limit` are taken.
  init(_ text: String, limit: Int) {
    for part in text.split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first >= 0, first <= last else {
        continue
      }
      for index in first...min(last, first + limit) where index < limit { members.insert(index) }
    }
  }

  mutating func insert(_ index: Int) { members.insert(index) }
  func contains(_ index: Int) -> Bool { members.contains(index) }
  var count: Int { members.count }

  var text: String {
    var parts: [String] = []
    var run: ClosedRange<Int>?
    func close() {
      guard let run else { return }
      switch run.count {
      case 1: parts.append("\(run.lowerBound)")
      // Two in a row are written apart.
      case 2: parts.append("\(run.lowerBound),\(run.upperBound)")
      default: parts.append("\(run.lowerBound)-\(run.upperBound)")
      }
    }
    for index in members.sorted() {
      if let open = run, open.upperBound + 1 == index {
        run = open.lowerBound...index
      } else {
        close()
        run = index...index
      }
    }
    close()
    return parts.joined(separator: ",")
  }
}
