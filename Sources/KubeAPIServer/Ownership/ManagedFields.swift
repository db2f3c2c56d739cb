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

    fileprivate func value(_ memory: FieldSetMemory) -> Value {
      if let origin { return origin }
      var members: [(String, Value)] = [
        ("apiVersion", .string(manager.apiVersion)), ("fieldsType", "FieldsV1"),
        ("fieldsV1", memory.value(of: fields)), ("manager", .string(manager.name)),
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
  init(_ value: Value?, _ memory: FieldSetMemory) {
    for entry in value?.array ?? [] {
      guard let read = entry["fieldsV1"].flatMap(memory.read) else { continue }
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
    return .array(sorted.map { $0.value(memory) })
  }
}

/// Equal sets of fields share one tree, and trees read lately need not be read again: the Pods of
/// a template all have the same.
final class FieldSetMemory {
  private struct Pair {
    var set: FieldSet
    var value: Mapping
  }

  private var pairs: [FieldSet: Pair] = [:]
  // What is shared is known by its place in memory, which the pairs keep from being used again.
  private var bySet: [UnsafeRawPointer: Pair] = [:]
  private var byValue: [UnsafeRawPointer: Pair] = [:]

  private static let capacity = 4096

  func value(of set: FieldSet) -> Value {
    if let place = set.storageIdentity, let known = bySet[place] { return .object(known.value) }
    if let known = pairs[set] { return .object(known.value) }
    guard case .object(let value) = set.fieldsV1 else { return .emptyObject }
    remember(Pair(set: set, value: value))
    return .object(value)
  }

  /// The set that a tree stands for, and whether it is written as it would be here.
  func read(_ value: Value) -> (set: FieldSet, isCanonical: Bool)? {
    guard case .object(let members) = value else { return nil }
    if let place = members.storageIdentity, let known = byValue[place] { return (known.set, true) }
    guard let set = try? FieldSet(fieldsV1: value) else { return nil }
    let known = pairs[set]?.value ?? set.fieldsV1.object ?? [:]
    guard known == members else { return (set, false) }
    let pair = Pair(set: pairs[set]?.set ?? set, value: members)
    remember(pair)
    return (pair.set, true)
  }

  private func remember(_ pair: Pair) {
    if byValue.count >= Self.capacity {
      pairs = [:]
      bySet = [:]
      byValue = [:]
    }
    if pairs[pair.set] == nil { pairs[pair.set] = pair }
    if let place = pair.set.storageIdentity { bySet[place] = pair }
    if let place = pair.value.storageIdentity { byValue[place] = pair }
  }
}
