import Documents
import KubeObjects

/// Amounts of what nodes have and Pods ask for: milli-CPUs, bytes, and counts of everything else.
struct ResourceAmounts: Equatable {
  var milliCPU: Int64 = 0
  var memory: Int64 = 0
  var ephemeralStorage: Int64 = 0
  var pods: Int64 = 0
  /// Huge pages and extended resources, sorted by name.
  var others: [Other] = []

  struct Other: Equatable {
    var name: String
    var amount: Int64
  }

  init() {}

  /// Reads a ResourceList.
  init(_ list: Value?) {
    guard case .object(let members)? = list else { return }
    for (name, value) in members {
      guard let amount = Self.amount(of: value, name) else { continue }
      self[name] = amount
    }
  }

  private static func amount(of value: Value, _ name: String) -> Int64? {
    guard let quantity = try? Quantity(parsing: value) else { return nil }
    return name == "cpu" ? quantity.milliValue : quantity.value
  }

  subscript(name: String) -> Int64 {
    get {
      switch name {
      case "cpu": milliCPU
      case "memory": memory
      case "ephemeral-storage": ephemeralStorage
      case "pods": pods
      default: others.first { $0.name == name }?.amount ?? 0
      }
    }
    set {
      switch name {
      case "cpu": milliCPU = newValue
      case "memory": memory = newValue
      case "ephemeral-storage": ephemeralStorage = newValue
      case "pods": pods = newValue
      default:
        if let index = others.firstIndex(where: { $0.name >= name }) {
          if others[index].name == name {
            others[index].amount = newValue
          } else {
            others.insert(Other(name: name, amount: newValue), at: index)
          }
        } else {
          others.append(Other(name: name, amount: newValue))
        }
      }
    }
  }

  /// Whether nothing is asked for at all.
  var isEmpty: Bool {
    milliCPU == 0 && memory == 0 && ephemeralStorage == 0 && others.allSatisfy { $0.amount == 0 }
  }

  mutating func add(_ more: ResourceAmounts) {
    combine(more) { $0.saturatingAdd($1) }
  }

  mutating func subtract(_ less: ResourceAmounts) {
    combine(less) { $0.saturatingSubtract($1) }
  }

  /// Of each resource the larger amount.
  mutating func raise(to other: ResourceAmounts) { combine(other) { max($0, $1) } }

  private mutating func combine(_ other: ResourceAmounts, _ by: (Int64, Int64) -> Int64) {
    milliCPU = by(milliCPU, other.milliCPU)
    memory = by(memory, other.memory)
    ephemeralStorage = by(ephemeralStorage, other.ephemeralStorage)
    pods = by(pods, other.pods)
    for item in other.others { self[item.name] = by(self[item.name], item.amount) }
  }
}

extension Int64 {
  func saturatingAdd(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  func saturatingSubtract(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
