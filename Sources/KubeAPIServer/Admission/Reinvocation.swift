import Documents

/// Which policies and webhooks see an object again because others changed it after them
/// (reinvocationPolicy IfNeeded): the whole chain runs a second time, once.
struct Reinvocation {
  private(set) var isSecondRound = false
  private var isNeeded = false
  private var rounds: [String: Round] = [:]

  private struct Round {
    /// Those that ran and may run again.
    var eligible: Set<String> = []
    /// Those that must run again.
    var due: Set<String> = []
    var lastOutput: Value?
  }

  /// Begins the second round where one is needed.
  mutating func begin() -> Bool {
    guard isNeeded, !isSecondRound else { return false }
    isSecondRound = true
    return true
  }

  /// Called when a plug-in starts: what others changed since it ran makes its own run again.
  mutating func enter(_ plugin: String, _ object: Value) {
    if isSecondRound, rounds[plugin]?.lastOutput.map({ $0 != object }) ?? true {
      requireAll(of: plugin)
    }
  }

  mutating func leave(_ plugin: String, _ object: Value) {
    rounds[plugin, default: Round()].lastOutput = object
  }

  func skips(_ plugin: String, _ key: String) -> Bool {
    isSecondRound && !(rounds[plugin]?.due.contains(key) ?? false)
  }

  /// Notes that one of a plug-in's ran.
  mutating func note(_ plugin: String, _ key: String, changed: Bool, mayRunAgain: Bool) {
    if changed {
      requireAll(of: plugin)
      isNeeded = true
    }
    if mayRunAgain { rounds[plugin, default: Round()].eligible.insert(key) }
  }

  private mutating func requireAll(of plugin: String) {
    guard var round = rounds[plugin], !round.eligible.isEmpty else { return }
    round.due.formUnion(round.eligible)
    round.eligible = []
    rounds[plugin] = round
  }
}
