import Shell

/// What a filter may cost: work, values that are kept, and how deep they are nested.
struct QueryBudget {
  /// Values are released and printed by recursion.
  private static let depthLimit = 1000

  let limits: Budgets
  private let process: Process
  private var turns = Turns()
  private var kept = 0
  private var bytes = 0
  private var constructions = 0
  private var elementLimit: Int { limits.memory / 128 }

  init(_ process: Process) {
    self.process = process
    limits = process.machine.budgets
  }

  mutating func step(_ count: Int = 1) throws {
    try turns.take(count, by: process, within: limits)
  }

  /// One more value in an array that is being collected.
  mutating func collect(_ count: Int) throws {
    kept += 1
    guard kept < 8 * elementLimit, count < elementLimit else { throw Self.tooMany }
  }

  /// A value that was made: `value` itself.
  mutating func hold(_ value: QueryValue) throws -> QueryValue {
    switch value {
    case .string(let text):
      let count = text.utf8.count
      bytes += count
      guard count <= limits.text, bytes <= 2 * limits.memory else { throw Self.excess(limits) }
      try step(count / 256)
      return value
    case .array(let items):
      guard items.count <= elementLimit else { throw Self.tooMany }
      try step(items.count / 16)
    case .object(let object): try step(object.count / 16)
    default: return value
    }
    // Each construction nests by one level, so looking at every 251st finds the deep ones.
    constructions += 1
    if constructions % 251 == 0 {
      var visits = 8 * Self.depthLimit
      guard !Self.isDeep(value, Self.depthLimit, &visits) else {
        throw QueryError("drydock: the value is nested too deeply")
      }
    }
    return value
  }

  private static let tooMany = HostError.budget("drydock: the filter keeps too many values")

  static func excess(_ limits: Budgets) -> HostError {
    .budget("drydock: the strings of the filter exceed \(limits.text >> 20) MiB")
  }

  private static func isDeep(_ value: QueryValue, _ left: Int, _ visits: inout Int) -> Bool {
    guard left > 0 else { return true }
    visits -= 1
    guard visits > 0 else { return false }
    switch value {
    case .array(let items):
      for item in items.prefix(16) where isDeep(item, left - 1, &visits) { return true }
      return items.count > 16 && (items.last.map { isDeep($0, left - 1, &visits) } ?? false)
    case .object(let object):
      for key in object.keys.prefix(16) {
        if let member = object[key], isDeep(member, left - 1, &visits) { return true }
      }
      return false
    default: return false
    }
  }
}
