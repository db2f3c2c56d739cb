import Documents
import KubeObjects

/// The order that `--sort-by` asks for.
struct SortingOrder {
  private let path: JSONPathText.Path
  private let field: String

  init(_ field: String) throws {
    self.field = field
    path = try JSONPathText.Path(relaxed: field)
  }

  func sorted<Element>(_ items: [Element], _ object: (Element) -> Value) throws -> [Element] {
    let keys = items.map { path.first(in: object($0)) }
    if !items.isEmpty, keys.allSatisfy({ $0 == nil }) {
      throw CommandError.text(
        "couldn't find any field with path \(Go.quoted(path.text)) in the list of objects")
    }
    let comparable = keys.compactMap { $0 }
    if items.count > 1, let odd = comparable.first(where: Self.isUnsortable) {
      throw Unsortable(field: path.text, type: Self.type(of: odd))
    }
    return Self.inserted(Array(zip(items, keys))).map(\.0)
  }

  /// What kubectl dies of.
  struct Unsortable: Error {
    let field: String
    let type: String
  }

  private static func isUnsortable(_ value: Value) -> Bool {
    switch value {
    case .object, .array, .bool: true
    default: false
    }
  }

  private static func type(of value: Value) -> String {
    switch value {
    case .object: "map[string]interface {}"
    case .array: "[]interface {}"
    default: "bool"
    }
  }

  /// Go's sort of short lists is by insertion, which shows because objects without the field count
  /// as less than each other; longer lists are ordered stably, those without it first.
  private static func inserted<Element>(_ pairs: [(Element, Value?)]) -> [(Element, Value?)] {
    guard pairs.count <= 12 else {
      let without = pairs.filter { $0.1 == nil }
      let with = pairs.filter { $0.1 != nil }.enumerated().sorted { a, b in
        if isLess(a.element.1, b.element.1) { return true }
        return isLess(b.element.1, a.element.1) ? false : a.offset < b.offset
      }
      return without + with.map(\.element)
    }
    var sorted = pairs
    for start in sorted.indices.dropFirst() {
      var index = start
      while index > 0,
        sorted[index].1 == nil || isLess(sorted[index].1, sorted[index - 1].1)
      {
        sorted.swapAt(index, index - 1)
        index -= 1
      }
    }
    return sorted
  }

  /// The rows of a Table by their objects. Where no object has the field, kubectl prints no row.
  static func sorted(table: Value, by field: String) throws -> Value {
    var table = table
    let rows = table["rows"]?.array ?? []
    do {
      table["rows"] = .array(try SortingOrder(field).sorted(rows) { $0["object"] ?? .null })
    } catch let error as Unsortable {
      throw error
    } catch {
      table["rows"] = .array([])
    }
    return table
  }

  static func isLess(_ a: Value?, _ b: Value?) -> Bool {
    switch (a, b) {
    case (nil, nil): return false
    case (nil, _): return true
    case (_, nil): return false
    case (.string(let x)?, .string(let y)?):
      if let p = try? Quantity(x), let q = try? Quantity(y) { return p < q }
      return isNaturallyLess(x, y)
    case (.int(let x)?, .int(let y)?): return x < y
    case (.bool(let x)?, .bool(let y)?): return !x && y
    default:
      if let x = a?.number, let y = b?.number { return x < y }
      return false
    }
  }

  /// Runs of digits compare as numbers: pod-9 before pod-10.
  static func isNaturallyLess(_ a: String, _ b: String) -> Bool {
    let x = Array(a.utf8)
    let y = Array(b.utf8)
    var i = 0
    var j = 0
    func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    while i < x.count, j < y.count {
      if isDigit(x[i]), isDigit(y[j]) {
        let left = x[i...].prefix(while: isDigit)
        let right = y[j...].prefix(while: isDigit)
        let p = left.drop { $0 == 48 }
        let q = right.drop { $0 == 48 }
        if p.count != q.count { return p.count < q.count }
        if !p.elementsEqual(q) { return p.lexicographicallyPrecedes(q) }
        if left.count != right.count { return left.count < right.count }
        i += left.count
        j += right.count
      } else {
        if x[i] != y[j] { return x[i] < y[j] }
        i += 1
        j += 1
      }
    }
    return x.count - i < y.count - j
  }
}
