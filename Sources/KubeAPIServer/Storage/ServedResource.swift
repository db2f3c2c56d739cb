import Documents
import KubeObjects

/// A resource as it is served: its definition, strategy, structure and place in etcd.
final class ServedResource {
  let definition: ResourceDefinition
  let strategy: any Strategy
  /// Place of the kind's structure in the schema; nil for custom resources.
  let type: Int?
  /// The version in which objects are stored and admitted.
  let storageVersion: GroupVersion
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
  /// Who makes its objects, where they are not in etcd.
  var source: (any ObjectSource)?
  /// Where the scale subresource of a custom resource finds its numbers.
  let scale: Value?
  /// The resource in its stored version, by which strategies and watches know it.
  let storageResource: GroupVersionResource

  init(
    _ definition: ResourceDefinition, strategy: any Strategy, type: Int?,
    storageVersion: GroupVersion, prefix: String,
    custom: CustomResourceStrategy? = nil, scale: Value? = nil,
    source: (any ObjectSource)? = nil
  ) {
    self.custom = custom
    self.source = source
    self.scale = scale
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

  /// Brings an object from the stored version into this one, or back.
  func fromStorage(_ object: Value) -> Value {
    isStoredVersion ? object : strategy.convert(object, from: storageVersion, to: groupVersion)
  }

  func toStorage(_ object: Value) -> Value {
    isStoredVersion ? object : strategy.convert(object, from: groupVersion, to: storageVersion)
  }
}

/// The behaviour of a kind that says nothing of its own.
struct GenericStrategy: Strategy {
  let resource: GroupVersionResource
}
