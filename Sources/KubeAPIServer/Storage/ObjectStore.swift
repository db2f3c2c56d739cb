import Documents
import Etcd
import KubeObjects
import Simulation

/// Objects in etcd: each carries the revision of its last write as its resourceVersion.
final class ObjectStore {
  let etcd: KeyValueStore

  /// How objects are written down.
  var encryption = StorageEncryption() {
    didSet { if !encryption.isOff { usesForms = true } }
  }
  /// Whether anything may be written otherwise than as it is.
  private var usesForms = false

  private let timeline: Timeline
  private var compactor: Compactor

  init(etcd: KeyValueStore, timeline: Timeline) {
    self.etcd = etcd
    self.timeline = timeline
    compactor = Compactor(start: timeline.now)
  }

  /// Lets go of the history that is due.
  func compact() { compactor.run(etcd, now: timeline.now) }

  /// The first object of those named that cannot be read, and why.
  func unreadable(
    _ resource: ServedResource, namespace: String, name: String
  ) -> (key: String, problem: String)? {
    guard usesForms else { return nil }
    let kind = resource.storageResource
    if !name.isEmpty {
      let key = resource.key(namespace: namespace, name: name)
      guard let entry = etcd[key] else { return nil }
      return encryption.problem(entry.form, of: kind).map { (key, $0) }
    }
    let (start, end) = resource.range(namespace: namespace)
    var found: (key: String, problem: String)?
    try? etcd.forEach(from: start, before: end) { entry in
      found = encryption.problem(entry.form, of: kind).map { (entry.key, $0) }
      return found == nil
    }
    return found
  }

  /// Whether an object is to be written anew because it is written otherwise than it would be now.
  func isStale(_ resource: ServedResource, namespace: String, name: String) -> Bool {
    guard usesForms, let entry = etcd[resource.key(namespace: namespace, name: name)] else {
      return false
    }
    return entry.form != encryption.form(of: resource.storageResource)
  }

  var revision: String { String(etcd.revision) }

  func get(_ resource: ServedResource, namespace: String, name: String) -> Value? {
    if let source = resource.source {
      return source.objects(of: resource.resource, namespace: namespace).first { $0.name == name }
    }
    return etcd[resource.key(namespace: namespace, name: name)]?.value
  }

  /// Stores an object under its own name and returns it with its new resourceVersion.
  func put(
    _ resource: ServedResource, _ object: Value, lease: Int64 = 0
  ) throws(StatusError) -> Value {
    compact()
    var stored = object
    stored["metadata"]?["resourceVersion"] = .string(String(etcd.revision + 1))
    do throws(KeyValueStore.Failure) {
      try etcd.put(
        resource.key(namespace: object.namespace, name: object.name), stored, lease: lease,
        form: usesForms ? encryption.form(of: resource.storageResource) : "")
    } catch {
      throw .plain(error.text)
    }
    return stored
  }

  /// Removes an object and returns it as it last was, with the deletion's resourceVersion.
  @discardableResult
  func delete(_ resource: ServedResource, namespace: String, name: String) -> Value? {
    compact()
    guard let entry = etcd.delete(resource.key(namespace: namespace, name: name)) else {
      return nil
    }
    return entry.value
  }

  /// Calls `body` for each object of a namespace (empty: all) in the order of the keys.
  func forEach(
    _ resource: ServedResource, namespace: String, _ body: (Value) -> Bool
  ) {
    if let source = resource.source {
      for object in source.objects(of: resource.resource, namespace: namespace) {
        guard body(object) else { return }
      }
      return
    }
    let (start, end) = resource.range(namespace: namespace)
    try? etcd.forEach(from: start, before: end) { body($0.value) }
  }
}
