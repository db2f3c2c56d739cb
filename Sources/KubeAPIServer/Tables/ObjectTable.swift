package import Documents
import KubeObjects
package import Simulation

/// The table of one kind: its columns and how a row's cells are read from an object.
package struct ObjectTable: TableForm {
  private let resource: String
  private let row: @Sendable (Value, Moment) -> [Value]
  private let state: (@Sendable (Value) -> Value?)?

  init(
    _ resource: String, conditions state: (@Sendable (Value) -> Value?)? = nil,
    _ row: @escaping @Sendable (Value, Moment) -> [Value]
  ) {
    self.resource = resource
    self.row = row
    self.state = state
  }

  /// Found when a table is asked for: all columns' texts are read at once.
  package var columns: [TableColumn] { TableColumns.of(resource) }

  package func cells(_ object: Value, now: Moment) -> [Value] { row(object, now) }

  package func conditions(_ object: Value) -> Value? { state?(object) }

  /// Name and time of creation: kinds without a table of their own.
  package static let plain = ObjectTable("clusterroles") { object, _ in
    [.string(object.name), object["metadata"]?["creationTimestamp"] ?? .null]
  }
}

/// Cells that many tables share.
enum Cell {
  static let none: Value = "<none>"

  static func text(_ text: String) -> Value { .string(text) }

  static func name(_ object: Value) -> Value { .string(object.name) }

  static func orNone(_ text: String) -> Value { text.isEmpty ? none : .string(text) }

  static func age(_ object: Value, _ now: Moment) -> Value {
    .string(since(object["metadata"]?["creationTimestamp"], now))
  }

  /// A member that is there and not null.
  static func present(_ value: Value?) -> Value? {
    guard let value, !value.isNull else { return Value?.none }
    return value
  }

  /// How long ago a time was; <unknown> for none.
  static func since(_ time: Value?, _ now: Moment) -> String {
    guard let moment = time?.string.flatMap({ Moment(rfc3339: $0) }) else { return "<unknown>" }
    return (now - moment).humanText
  }

  /// `a=b,c=d`, or <none>; in the order of these texts, as upstream sorts them.
  static func labels(_ labels: Value?) -> Value {
    let text = (labels?.object ?? [:]).map { "\($0.key)=\($0.value.string ?? "")" }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ",")
    return orNone(text)
  }

  /// A selector object as text.
  static func selector(_ selector: Value?) -> Value {
    guard let selector, !selector.isNull else { return none }
    guard let parsed = try? LabelSelector(object: selector) else { return "<error>" }
    return orNone(parsed.description)
  }

  /// The names and images of a Pod spec's containers.
  static func containers(_ spec: Value?) -> [Value] {
    let containers = spec?.items("containers") ?? []
    return [
      .string(containers.map { $0.text("name") }.joined(separator: ",")),
      .string(containers.map { $0.text("image") }.joined(separator: ",")),
    ]
  }

  /// `a,b,c + 2 more...`
  static func limited(_ list: [String], _ limit: Int) -> String {
    if list.count <= limit { return list.joined(separator: ",") }
    return list.prefix(limit).joined(separator: ",") + " + \(list.count - limit) more..."
  }

  static func accessModes(_ modes: [String]) -> String {
    let short = [
      ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"),
      ("ReadWriteOncePod", "RWOP"),
    ]
    return short.filter { modes.contains($0.0) }.map(\.1).joined(separator: ",")
  }
}
