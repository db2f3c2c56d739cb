import Documents
import KubeObjects

/// A resource as it is served: its definition, strategy, structure and place in etcd.
final class ServedResource {
  let definition: ResourceDefinition
  let strategy: any Strategy
  /// Place of the kind's structure in the schema; nil for custom resources.
  let type: Int?
  /// The version in which objects are stored.
  let storageVersion: GroupVersion
  /// The version in which they are admitted and checked: the stored one, but custom resources' own.
  let handledVersion: GroupVersion
  /// Ends with a slash.
  let prefix: String
  private let end: String

  var resource: GroupVersionResource { definition.resource }
  var kind: String { definition.kind }
  var isNamespaced: Bool { definition.isNamespaced }
  var groupVersion: GroupVersion { definition.resource.groupVersion }
  let apiVersion: String
  let hasStatus: Bool
  /// The status of an object that has none, where the kind always shows one.
  let zeroStatus: Value?
  /// What a custom resource adds.
  let custom: CustomResourceStrategy?
  let conversion: CustomConversion?
  /// Who makes its objects, where they are not in etcd.
  var source: (any ObjectSource)?
  /// Where the scale subresource of a custom resource finds its numbers.
  var scale: Value? { custom?.scale }
  /// Whether it is certain that there are none; see `WatchCache`.
  var isKnownEmpty = false
  /// The resource in its stored version, by which strategies and watches know it.
  let storageResource: GroupVersionResource
  private let nullableLists: [[String]]

  init(
    _ definition: ResourceDefinition, strategy: any Strategy, type: Int?,
    storageVersion: GroupVersion, prefix: String,
    custom: CustomResourceStrategy? = nil, conversion: CustomConversion? = nil,
    source: (any ObjectSource)? = nil
  ) {
    self.custom = custom
    self.conversion = conversion
    handledVersion = custom == nil ? storageVersion : definition.resource.groupVersion
    self.source = source
    self.definition = definition
    self.strategy = strategy
    self.type = type
    self.storageVersion = storageVersion
    self.prefix = prefix
    end = prefix.dropLast() + "0"
    apiVersion = definition.resource.groupVersion.description
    hasStatus = definition.hasStatus
    var decoder = StructuralDecoder()
    zeroStatus = Schema.builtin.index(storageVersion, kind: definition.kind).flatMap {
      decoder.decode(.emptyObject, as: $0)["status"]
    }
    nullableLists = type.map { Schema.builtin.types[$0].nullableLists } ?? []
    storageResource = GroupVersionResource(
      storageVersion.group, storageVersion.version, definition.resource.resource)
  }

  func key(namespace: String, name: String) -> String {
    var key = ""
    key.reserveCapacity(prefix.utf8.count + namespace.utf8.count + name.utf8.count + 1)
    key += prefix
    if isNamespaced {
      key += namespace
      key += "/"
    }
    key += name
    return key
  }

  /// The keys of a namespace, or all.
  func range(namespace: String) -> (start: String, end: String) {
    // 0 follows the slash.
    guard isNamespaced, !namespace.isEmpty else { return (prefix, end) }
    let whole = prefix + namespace
    return (whole + "/", whole + "0")
  }

  var isStoredVersion: Bool { storageVersion == groupVersion }

  /// Events are too many to be remembered: watches of them read etcd.
  var hasWatchCache: Bool { prefix != "/registry/events/" }

  var isHandledVersion: Bool { handledVersion == groupVersion }

  /// Brings an object from the handled version into this one, or back.
  func fromHandled(_ object: Value) -> Value {
    isHandledVersion ? object : converted(object, from: handledVersion, to: groupVersion)
  }

  func toHandled(_ object: Value) -> Value {
    isHandledVersion ? object : converted(object, from: groupVersion, to: handledVersion)
  }

  private func converted(_ object: Value, from: GroupVersion, to: GroupVersion) -> Value {
    var new = strategy.convert(object, from: from, to: to)
    new["apiVersion"] = .string(to.description)
    return new
  }

  /// What lies in etcd, in the handled version. `afresh`: without what is remembered of it.
  func decoded(_ stored: Value, afresh: Bool = false) throws(StatusError) -> Value {
    guard let conversion else { return stored }
    return try conversion.decoded(stored, to: handledVersion, afresh: afresh)
  }

  /// An object of the handled version as it is written to etcd.
  func encoded(_ object: Value) throws(StatusError) -> Value {
    guard let conversion else {
      var object = object
      for path in nullableLists where object.at(path)?.array?.isEmpty == true {
        object.set(path[...], .null)
      }
      return object
    }
    return try conversion.converted(object, to: storageVersion)
  }

  /// What lies in etcd, as this version shows it.
  func read(_ stored: Value) throws(StatusError) -> Value { fromHandled(try decoded(stored)) }
}

/// The behaviour of a kind that says nothing of its own.
struct GenericStrategy: Strategy {
  let resource: GroupVersionResource
}
