/// Looks for the same work under several names, with what everybody does taken away.
///
/// It keeps hashes only: a few kilobytes for each learner, whatever their submissions hold.
struct Comparison {
  private struct Entry {
    var learner: Int
    var fingerprint: Fingerprint
    var begun: Int64
    var isFull: Bool
  }

  private var learners: [String] = []
  private var places: [String: Int] = [:]
  private var works: [String: [Entry]] = [:]
  private var keys: [String: Set<Int>] = [:]
  private var keysOf: [Int: Set<String>] = [:]

  mutating func add(_ record: MarkRecord) {
    guard let learner = record.learner, !record.signer.isEmpty else { return }
    let place = places[learner] ?? learners.count
    if place == learners.count {
      places[learner] = place
      learners.append(learner)
    }
    keys[record.signer, default: []].insert(place)
    keysOf[place, default: []].insert(record.signer)
    guard record.refusal == nil else { return }
    for work in record.works where !work.lines.isEmpty {
      works[work.exercise, default: []].append(
        Entry(
          learner: place, fingerprint: work.fingerprint, begun: work.begun,
          isFull: work.points == work.total))
    }
  }

  /// What is to be looked at, by learner.
  func signals() -> [String: [Signal]] {
    var found: [String: [Signal]] = [:]
    for (_, holders) in keys where holders.count > 1 {
      for one in holders {
        let others = names(holders.subtracting([one]))
        found[learners[one], default: []].append(
          Signal(.key, "", "signed with the same key as \(others)"))
      }
    }
    for (one, own) in keysOf where own.count > 1 {
      found[learners[one], default: []].append(
        Signal(.key, "", "submissions are signed with \(own.count) different keys"))
    }
    var shared = Pairs()
    for exercise in works.keys.sorted() {
      guard let entries = works[exercise] else { continue }
      compare(entries, exercise, &shared, &found)
    }
    shared.tell(learners, &found)
    return found.mapValues { $0.uniqued.sorted { ($0.exercise, $0.text) < ($1.exercise, $1.text) } }
  }

  private func names(_ set: Set<Int>) -> String {
    let sorted = set.map { learners[$0] }.sorted()
    return sorted.count > 5
      ? sorted.prefix(5).joined(separator: ", ") + " and \(sorted.count - 5) more"
      : sorted.joined(separator: ", ")
  }

  private func compare(
    _ entries: [Entry], _ exercise: String, _ shared: inout Pairs,
    _ found: inout [String: [Signal]]
  ) {
    tellEqual(entries, \.begun, exercise, "the very same work", &found)
    tellEqual(entries, \.fingerprint.whole, exercise, "the same lines in the same order", &found)
    let count = Set(entries.map(\.learner)).count
    // Seen by more than a few of the class, it is a common way and tells nothing.
    let few = max(2, count / 20)
    func rare(_ hashes: (Entry) -> [Int64]) -> [Pair] {
      var pairs: [Pair] = []
      var holders: [Int64: Set<Int>] = [:]
      for entry in entries {
        for hash in hashes(entry) { holders[hash, default: []].insert(entry.learner) }
      }
      for set in holders.values where (2...few).contains(set.count) {
        let sorted = set.sorted()
        for (index, one) in sorted.enumerated() {
          for other in sorted[(index + 1)...] { pairs.append(Pair(one: one, other: other)) }
        }
      }
      return pairs
    }
    var ways: [Pair: Int] = [:]
    for pair in rare(\.fingerprint.ways) { ways[pair, default: 0] += 1 }
    var sizes: [Int: Int] = [:]
    for entry in entries {
      sizes[entry.learner] = max(sizes[entry.learner] ?? 0, entry.fingerprint.ways.count)
    }
    for (pair, number) in ways {
      let least = min(sizes[pair.one] ?? 0, sizes[pair.other] ?? 0)
      if number >= 5, number * 2 >= least { shared.note(pair, exercise, .ways(number)) }
    }
    for pair in rare(\.fingerprint.slips) { shared.note(pair, exercise, .slip) }
    // Right objects are alike by themselves; the same wrong ones are not.
    let wrong = rare { $0.isFull ? [] : $0.fingerprint.objects }
    for pair in wrong { shared.note(pair, exercise, .object) }
  }

  private func tellEqual(
    _ entries: [Entry], _ value: (Entry) -> Int64, _ exercise: String, _ text: String,
    _ found: inout [String: [Signal]]
  ) {
    var holders: [Int64: Set<Int>] = [:]
    for entry in entries where value(entry) != 0 {
      holders[value(entry), default: []].insert(entry.learner)
    }
    for set in holders.values where set.count > 1 {
      for one in set {
        found[learners[one], default: []].append(
          Signal(.identical, exercise, "\(text) as \(names(set.subtracting([one])))"))
      }
    }
  }
}

private struct Pair: Hashable {
  var one: Int
  var other: Int
}

/// What two learners have in common over all their work.
private struct Pairs {
  enum Thing {
    case ways(Int)
    case slip, object
  }

  private struct Common {
    var ways = 0
    var slips = 0
    var objects = 0
    var exercises: Set<String> = []
  }

  private var found: [Pair: Common] = [:]

  mutating func note(_ pair: Pair, _ exercise: String, _ thing: Thing) {
    var common = found[pair] ?? Common()
    switch thing {
    case .ways(let count): common.ways += count
    case .slip: common.slips += 1
    case .object: common.objects += 1
    }
    common.exercises.insert(exercise)
    found[pair] = common
  }

  func tell(_ learners: [String], _ signals: inout [String: [Signal]]) {
    for (pair, common) in found {
      var parts: [String] = []
      if common.ways > 0 { parts.append("\(common.ways) unusual steps") }
      if common.slips >= 2 { parts.append("\(common.slips) unusual mistakes") }
      if common.objects >= 2 { parts.append("\(common.objects) unusual wrong objects") }
      guard !parts.isEmpty else { continue }
      let text = parts.joined(separator: ", ")
      let places = common.exercises.sorted().joined(separator: ", ")
      for (one, other) in [(pair.one, pair.other), (pair.other, pair.one)] {
        signals[learners[one], default: []].append(
          Signal(.similar, "", "shares \(text) with \(learners[other]) (\(places))"))
      }
    }
  }
}
