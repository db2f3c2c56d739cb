import Foundation

/// The class in numbers, gathered learner by learner.
struct ClassFigures {
  /// How one exercise did over the class.
  struct Item: Hashable, Sendable {
    var id: String
    var title: String
    var tried: Int
    /// Share of the points earned by those who tried it, 0…1: the usual index of difficulty.
    var facility: Double
    /// Correlation with the rest of the marks, −1…1; nil when too few tried or all got the same.
    var discrimination: Double?
    var full: Int
    /// Checks, with how many of those who tried lost each.
    var checks: [(say: String, isSealed: Bool, lost: Int)]

    static func == (a: Item, b: Item) -> Bool { a.id == b.id && a.tried == b.tried }
    func hash(into hasher: inout Hasher) { hasher.combine(id) }
  }

  private struct Sample {
    var title = ""
    var earned: [Double] = []
    var rest: [Double] = []
    var order: [String] = []
    var checks: [String: (say: String, isSealed: Bool, lost: Int)] = [:]
  }

  /// Hundredths of a percent of those who handed in.
  private(set) var percents: [Int] = []
  private(set) var missing = 0
  private(set) var refused = 0
  private(set) var signalled = 0
  private(set) var undecided = 0
  private var samples: [String: Sample] = [:]

  mutating func add(_ mark: LearnerMark) {
    if mark.isHandedIn { percents.append(mark.percent) } else { missing += 1 }
    refused += mark.refusals.count
    if !mark.signals.isEmpty { signalled += 1 }
    undecided += mark.manual.count { $0.points == nil }
    let works = mark.parts.flatMap(\.works)
    let points = works.reduce(0) { $0 + $1.points }
    let total = works.reduce(0) { $0 + $1.total }
    for work in works where work.total > 0 {
      var sample = samples[work.exercise] ?? Sample()
      sample.title = work.title
      sample.earned.append(Double(work.points) / Double(work.total))
      let others = total - work.total
      sample.rest.append(others > 0 ? Double(points - work.points) / Double(others) : 0)
      for result in work.results {
        if sample.checks[result.id] == nil { sample.order.append(result.id) }
        var check = sample.checks[result.id] ?? (result.say, result.isSealed, 0)
        if result.verdict != .passed { check.lost += 1 }
        sample.checks[result.id] = check
      }
      samples[work.exercise] = sample
    }
  }

  /// By exercise, in the order of their names.
  var items: [Item] {
    samples.keys.sorted().compactMap { id in
      guard let sample = samples[id] else { return nil }
      let count = Double(sample.earned.count)
      return Item(
        id: id, title: sample.title, tried: sample.earned.count,
        facility: sample.earned.reduce(0, +) / count,
        discrimination: Self.correlation(sample.earned, sample.rest),
        full: sample.earned.count { $0 >= 1 },
        checks: sample.order.compactMap { sample.checks[$0] })
    }
  }

  var mean: Double {
    percents.isEmpty ? 0 : Double(percents.reduce(0, +)) / Double(percents.count) / 100
  }

  var median: Double {
    let sorted = percents.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1
      ? Double(sorted[middle]) / 100 : Double(sorted[middle - 1] + sorted[middle]) / 200
  }

  var deviation: Double {
    guard percents.count > 1 else { return 0 }
    let sum = percents.reduce(0.0) { $0 + (Double($1) / 100 - mean) * (Double($1) / 100 - mean) }
    return (sum / Double(percents.count - 1)).squareRoot()
  }

  /// How many learners there are in each tenth; 100 % belongs to the last.
  var histogram: [Int] {
    var counts = Array(repeating: 0, count: 10)
    for percent in percents { counts[min(9, max(0, percent / 1000))] += 1 }
    return counts
  }

  /// Pearson's, for at least five pairs.
  static func correlation(_ xs: [Double], _ ys: [Double]) -> Double? {
    guard xs.count >= 5 else { return nil }
    let count = Double(xs.count)
    let (meanX, meanY) = (xs.reduce(0, +) / count, ys.reduce(0, +) / count)
    var (both, ownX, ownY) = (0.0, 0.0, 0.0)
    for (x, y) in zip(xs, ys) {
      both += (x - meanX) * (y - meanY)
      ownX += (x - meanX) * (x - meanX)
      ownY += (y - meanY) * (y - meanY)
    }
    guard ownX > 1e-12, ownY > 1e-12 else { return nil }
    return both / (ownX * ownY).squareRoot()
  }
}
