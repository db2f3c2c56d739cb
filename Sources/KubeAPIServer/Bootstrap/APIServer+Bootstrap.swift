package import Documents
package import KubeObjects
import Simulation

extension APIServer {
  /// Puts what every new cluster has in place: namespaces, default roles and bindings, priority
  /// classes and levels, the kubernetes Service. `authority` is the PEM of the cluster's own CA,
  /// `address` the API server's.
  ///
  /// The objects go straight into etcd, as they stand in a cluster whose controllers have settled:
  /// admitting two hundred known objects one by one would be most of the time that a start takes.
  package func bootstrap(authority: String, address: String) {
    authorizesByRole = true
    let now = timeline.now.rfc3339
    let words = [
      "<time>": now, "<date>": String(now.prefix(10)), "<authority>": authority,
      "<address>": address, "10.96.0.1": serviceRange.host(1).description,
      "10.96.0.0/12": serviceRange.description,
    ]
    let text = BootstrapObjects.lines
    let all = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    for line in all.split(separator: 0x0A) {
      guard let blank = line.firstIndex(of: 0x20),
        let object = try? JSON.parse(Array(line[line.index(after: blank)...]))
      else { preconditionFailure("the generated bootstrap objects are JSON") }
      let path = String(decoding: line[..<blank], as: UTF8.self)
        .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard path.count == 3, let resource = table[.init(path[0], path[1], path[2])] else {
        preconditionFailure("the generated bootstrap objects are of known kinds")
      }
      var made = Self.filled(object, words) ?? object
      made["metadata"]?["uid"] = .string(registry.newUID())
      _ = try? registry.store.put(resource, resource.toHandled(made))
      keeper?.keep(made, resource.storageResource)
    }
  }

  /// The resource of an object's apiVersion and kind, where it is served.
  package func resource(of object: Value) -> GroupVersionResource? {
    table.resource(GroupVersion(apiVersion: object.apiVersion), kind: object.kind)?.resource
  }

  /// The value with its placeholders filled in; nil: it has none.
  private static func filled(_ value: Value, _ words: [String: String]) -> Value? {
    switch value {
    case .string(let text):
      guard let first = text.utf8.first, first == 0x3C || first == 0x31 else { return nil }
      return words[text].map { .string($0) }
    case .array(let elements):
      var made: [Value]?
      for (index, element) in elements.enumerated() {
        if let changed = filled(element, words) {
          made = made ?? Array(elements)
          made?[index] = changed
        }
      }
      return made.map { .array(.init($0)) }
    case .object(let mapping):
      var made: Mapping?
      for (key, member) in mapping {
        if let changed = filled(member, words) {
          made = made ?? mapping
          made?[key] = changed
        }
      }
      return made.map { .object($0) }
    default: return nil
    }
  }
}
