import Documents
import KubeObjects
import Simulation

/// The entries of metadata.managedFields, read.
struct ManagedFields {
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

  struct Entry {
    var manager: Manager
    var time: String
    var fields: FieldSet
    /// What it was read from, as long as it would be written so again.
    fileprivate var origin: Value?

    fileprivate func value(_ memory: ManagerMemory) -> Value {
      origin ?? memory.entry(manager, fields, time: time)
    }

    fileprivate static func written(_ manager: Manager, _ fields: Value, _ time: String) -> Value {
      var members: [(String, Value)] = [
        ("apiVersion", .string(manager.apiVersion)), ("fieldsType", "FieldsV1"),
        ("fieldsV1", fields), ("manager", .string(manager.name)),
        ("operation", .string(manager.operation)),
      ]
      if !manager.subresource.isEmpty {
        members.append(("subresource", .string(manager.subresource)))
      }
      if !time.isEmpty { members.append(("time", .string(time))) }
      return .object(Mapping(members))
    }
  }

  var entries: [Entry] = []

  init() {}

  /// What an object says; entries that make no sense are dropped with all others, as upstream does.
  init(_ value: Value?, _ memory: ManagerMemory) {
    for entry in value?.array ?? [] {
      guard let read = entry["fieldsV1"].flatMap(memory.sets.read) else { continue }
      let isAsWritten = read.isCanonical && entry["fieldsType"] == "FieldsV1"
      entries.append(
        Entry(
          manager: Manager(
            name: entry["manager"]?.string ?? "", operation: entry["operation"]?.string ?? "",
            apiVersion: entry["apiVersion"]?.string ?? "",
            subresource: entry["subresource"]?.string ?? ""),
          time: entry["time"]?.string ?? "", fields: read.set,
          origin: isAsWritten ? entry : Value?.none))
    }
  }

  func index(of manager: Manager) -> Int? { entries.firstIndex { $0.manager.isSame(as: manager) } }

  subscript(_ manager: Manager) -> FieldSet? {
    index(of: manager).map { entries[$0].fields }
  }

  mutating func set(_ manager: Manager, _ fields: FieldSet, time: String?) {
    guard let index = index(of: manager) else {
      entries.append(Entry(manager: manager, time: time ?? "", fields: fields))
      return
    }
    setFields(at: index, fields)
    if entries[index].manager != manager {
      entries[index].manager = manager
      entries[index].origin = nil
    }
    if let time { setTime(at: index, time) }
  }

  mutating func setFields(at index: Int, _ fields: FieldSet) {
    if entries[index].fields.storageIdentity == fields.storageIdentity { return }
    entries[index].fields = fields
    entries[index].origin = nil
  }

  mutating func setTime(at index: Int, _ time: String) {
    if entries[index].time == time { return }
    entries[index].time = time
    entries[index].origin = nil
  }

  mutating func removeEmpty() { entries.removeAll { $0.fields.isEmpty } }

  /// In upstream's order: appliers first, then by time and name.
  func value(_ memory: ManagerMemory) -> Value? {
    let sorted = entries.filter { !$0.fields.isEmpty }.sorted { a, b in
      let (x, y) = (a.manager, b.manager)
      if x.operation != y.operation { return x.operation < y.operation }
      if a.time != b.time { return a.time < b.time }
      if x.name != y.name { return x.name < y.name }
      if x.apiVersion != y.apiVersion { return x.apiVersion < y.apiVersion }
      return x.subresource < y.subresource
    }
    if sorted.isEmpty { return nil }
    return .array(sorted.map { $0.value(memory) })
  }
}

/// What managers wrote lately: equal entries of one second are one piece of memory.
final class ManagerMemory {
  let sets = FieldSetMemory()
  // The last entry of each tree of fields, which keeps the tree's place from being used again.
  private var entries:
    [UnsafeRawPointer: (manager: ManagedFields.Manager, time: String, value: Value)] = [:]

  private static let capacity = 1024

  fileprivate func entry(
    _ manager: ManagedFields.Manager, _ fields: FieldSet, time: String
  ) -> Value {
    let tree = sets.value(of: fields)
    let place = tree.object?.storageIdentity
    if let place, let known = entries[place], known.time == time, known.manager == manager {
      return known.value
    }
    let value = ManagedFields.Entry.written(manager, tree, time)
    if entries.count >= Self.capacity { entries.removeAll(keepingCapacity: true) }
    if let place { entries[place] = (manager, time, value) }
    return value
  }
}
