package import Documents
import KubeObjects

/// A component's cache of one resource, as client-go's shared informers keep it: listed once, then
/// followed by a watch. Changes arrive in the order of their revisions, never inside the write that
/// caused them: the server delivers them as things of their own on the timeline.
package final class Informer {
  package struct Key: Hashable, Comparable, Sendable {
    package var namespace: String
    package var name: String
    package init(namespace: String, name: String) {
      self.namespace = namespace
      self.name = name
    }
    package static func < (a: Key, b: Key) -> Bool {
      a.namespace == b.namespace ? a.name < b.name : a.namespace < b.namespace
    }
  }

  /// What is known, by namespace and name.
  package private(set) var objects: [Key: Value] = [:]
  private var handlers: [(_ old: Value?, _ new: Value?) -> Void] = []

  init(_ call: ResourceCall, server: APIServer) {
    server.follow(call) { [weak self] old, new in self?.apply(old, new) }
  }

  /// Adds a handler and calls it at once for every object already known, sorted by key:
  /// (nil, new) added, (old, new) changed, (old, nil) deleted.
  package func onChange(_ handler: @escaping (_ old: Value?, _ new: Value?) -> Void) {
    handlers.append(handler)
    for key in objects.keys.sorted() { handler(nil, objects[key]) }
  }

  package subscript(namespace: String, name: String) -> Value? {
    objects[Key(namespace: namespace, name: name)]
  }

  private func apply(_ old: Value?, _ new: Value?) {
    guard let metadata = (new ?? old)?["metadata"] else { return }
    let key = Key(
      namespace: metadata["namespace"]?.string ?? "", name: metadata["name"]?.string ?? "")
    let known = objects[key]
    objects[key] = new
    for handler in handlers { handler(known, new) }
  }
}
