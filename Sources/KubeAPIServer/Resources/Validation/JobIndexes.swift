import KubeObjects

/// Indexes of an Indexed Job as its fields list them: `0,2-5`.
struct JobIndexes {
  struct Problem: Error {
    var message: String
  }

  private var intervals: [ClosedRange<Int64>] = []
  var count: Int64 { intervals.reduce(0) { $0 + Int64($1.count) } }

  /// The intervals rise, and every index is below the number of completions.
  init(_ text: String, below completions: Int64) throws(Problem) {
    var last: Int64 = -1
    guard !text.isEmpty else { return }
    for interval in text.split(separator: ",", omittingEmptySubsequences: false) {
      let limits = interval.split(separator: "-", omittingEmptySubsequences: false)
      guard limits.count <= 2 else {
        throw Problem(
          message: "the fragment \(String(interval).goQuoted) violates the requirement that an "
            + "index interval can have at most two parts separated by '-'")
      }
      var numbers: [Int64] = []
      for limit in limits {
        guard let number = Int64(limit) else {
          throw Problem(
            message: "cannot convert string to integer for index: "
              + String(limit).goQuoted)
        }
        guard number < completions else {
          throw Problem(message: "too large index: \(String(limit).goQuoted)")
        }
        numbers.append(number)
      }
      let (low, high) = (numbers.first ?? 0, numbers.last ?? 0)
      if numbers.count == 2, low >= high {
        throw Problem(
          message: "non-increasing order, previous: \(low), current: \(high)")
      }
      guard low > last else {
        throw Problem(
          message: "non-increasing order, previous: \(last), current: \(low)")
      }
      last = high
      intervals.append(low...high)
    }
  }

  /// The least index that both have.
  func firstCommon(with other: JobIndexes) -> Int64? {
    var (i, j) = (0, 0)
    while i < intervals.count, j < other.intervals.count {
      let (mine, others) = (intervals[i], other.intervals[j])
      if mine.overlaps(others) { return max(mine.lowerBound, others.lowerBound) }
      if mine.upperBound < others.lowerBound { i += 1 } else { j += 1 }
    }
    return nil
  }
}

extension GoStructure {
  static let successPolicy = GoStructure(
    "Rules", ["Rules": .list(GoStructure("SucceededIndexes SucceededCount"))])
  static let podFailurePolicy = GoStructure(
    "Rules",
    [
      "Rules": .list(
        GoStructure(
          "Action=s OnExitCodes OnPodConditions",
          [
            "OnExitCodes": .pointer(GoStructure("ContainerName Operator=s Values")),
            "OnPodConditions": .list(GoStructure("Type=s Status=s")),
          ]))
    ])
}
