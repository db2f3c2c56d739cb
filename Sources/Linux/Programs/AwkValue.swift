/// A value of awk.
enum AwkValue {
  case unset
  case number(Double)
  case string([UInt8])
  /// Input that may count as a number when it looks like one.
  case input([UInt8])
  case array(AwkArray)

  var number: Double {
    switch self {
    case .number(let value): value
    case .string(let bytes), .input(let bytes): AwkNumber.parse(bytes[...])
    case .unset, .array: 0
    }
  }

  var isTrue: Bool {
    switch self {
    case .number(let value): return value != 0
    case .string(let bytes): return !bytes.isEmpty
    case .input(let bytes):
      let (value, isWhole) = AwkNumber.scan(bytes[...])
      return isWhole ? value != 0 : !bytes.isEmpty
    case .unset, .array: return false
    }
  }

  /// The number it compares as, or nil when it compares as a string.
  var comparedNumber: Double? {
    switch self {
    case .number(let value): return value
    case .unset: return 0
    case .input(let bytes):
      let (value, isWhole) = AwkNumber.scan(bytes[...])
      return isWhole ? value : nil
    case .string, .array: return nil
    }
  }
}

/// An associative array; a walk over it goes in the order in which its keys came.
final class AwkArray {
  /// Bytes that all arrays of a program hold.
  final class Ledger { fileprivate(set) var bytes = 0 }

  private var entries: [[UInt8]: (value: AwkValue, order: Int)] = [:]
  private var lastOrder = 0
  private let ledger: Ledger
  private var bytes = 0

  init(_ ledger: Ledger) { self.ledger = ledger }

  deinit { ledger.bytes -= bytes }

  private func charge(_ count: Int) {
    bytes += count
    ledger.bytes += count
  }

  private static func size(_ key: [UInt8], _ value: AwkValue) -> Int {
    switch value {
    case .string(let bytes), .input(let bytes): 128 + key.count + bytes.count
    default: 128 + key.count
    }
  }

  var count: Int { entries.count }

  subscript(_ key: [UInt8]) -> AwkValue? {
    get { entries[key]?.value }
    set {
      let old = entries[key]
      if let old { charge(-Self.size(key, old.value)) }
      guard let newValue else {
        entries[key] = nil
        return
      }
      charge(Self.size(key, newValue))
      if old != nil {
        entries[key]?.value = newValue
      } else {
        lastOrder += 1
        entries[key] = (newValue, lastOrder)
      }
    }
  }

  /// Reading an element makes it.
  func touch(_ key: [UInt8]) -> AwkValue {
    if let value = entries[key]?.value { return value }
    self[key] = .unset
    return .unset
  }

  var keys: [[UInt8]] { entries.sorted { $0.value.order < $1.value.order }.map(\.key) }

  func removeAll() {
    entries = [:]
    charge(-bytes)
  }
}
