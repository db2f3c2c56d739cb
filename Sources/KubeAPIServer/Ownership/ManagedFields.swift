import Documents
import KubeObjects
import Simulation

/// The entries of metadata.managedFields, read.
struct ManagedFields: Equatable {
  struct Manager: Hashable {
    var name: String
    /// Update or Apply.
    var operation: String
    var apiVersion: String
    var subresource: String

    /// Appliers are the same whatever version they apply.
    func isSame(as other: Manager) -> Bool {
      name == other.name && operation == other.operation && subresource == other.subresource
        && (operation == "Apply" || apiVersion == other.apiVersion)
    }
  }

  struct Entry: Equatable {
    var manager: Manager
    var time: String
    var fields: FieldSet
  }

  var entries: [Entry] = []

  init() {}

  /// What an object says; entries that make no sense are dropped with all others, as upstream does.
  init(_ value: Value?, _ memory: FieldSetMemory) {
    for entry in value?.array ?? [] {
      guard let fields = entry["fieldsV1"], let set = memory.set(of: fields) else { continue }
      entries.append(
        Entry(
          manager: Manager(
            name: entry["manager"]?.string ?? "", operation: entry["operation"]?.string ?? "",
            apiVersion: entry["apiVersion"]?.string ?? "",
            subresource: entry["subresource"]?.string ?? ""),
          time: entry["time"]?.string ?? "", fields: set))
    }
  }

  func index(of manager: Manager) -> Int? { entries.firstIndex { $0.manager.isSame(as: manager) } }

  subscript(_ manager: Manager) -> FieldSet? {
    index(of: manager).map { entries[$0].fields }
  }

  mutating func set(_ manager: Manager, _ fields: FieldSet, time: String?) {
    if let index = index(of: manager) {
      entries[index].fields = fields
      entries[index].manager = manager
      if let time { entries[index].time = time }
    } else {
      entries.append(Entry(manager: manager, time: time ?? "", fields: fields))
    }
  }

  mutating func removeEmpty() { entries.removeAll { $0.fields.isEmpty } }

  /// In upstream's order: appliers first, then by time and name.
  func value(_ memory: FieldSetMemory) -> Value? {
    let sorted = entries.filter { !$0.fields.isEmpty }.sorted { a, b in
      let (x, y) = (a.manager, b.manager)
      if x.operation != y.operation { return x.operation < y.operation }
      if a.time != b.time { return a.time < b.time }
      if x.name != y.name { return x.name < y.name }
      if x.apiVersion != y.apiVersion { return x.apiVersion < y.apiVersion }
      return x.subresource < y.subresource
    }
    if sorted.isEmpty { return nil }
    return .array(
      sorted.map { entry in
        var value: Value = [
          "manager": .string(entry.manager.name),
          "operation": .string(entry.manager.operation),
          "apiVersion": .string(entry.manager.apiVersion), "fieldsType": "FieldsV1",
          "fieldsV1": memory.value(of: entry.fields),
        ]
        if !entry.time.isEmpty { value["time"] = .string(entry.time) }
        if !entry.manager.subresource.isEmpty {
          value["subresource"] = .string(entry.manager.subresource)
        }
        return value
      })
  }
}

/// Equal sets of fields share one tree, and trees read lately need not be read again: the Pods of
/// a template all have the same.
final class FieldSetMemory {
  private var values: [FieldSet: Value] = [:]
  private var sets: [Value: FieldSet] = [:]

  func value(of set: FieldSet) -> Value {
    if let known = values[set] { return known }
    let value = set.fieldsV1
    remember(set, value)
    return value
  }

  func set(of value: Value) -> FieldSet? {
    if let known = sets[value] { return known }
    guard let set = try? FieldSet(fieldsV1: value) else { return nil }
    remember(set, value)
    return set
  }

  private func remember(_ set: FieldSet, _ value: Value) {
    if values.count > 4096 {
      values = [:]
      sets = [:]
    }
    values[set] = value
    sets[value] = set
  }
}
