import Documents
import KubeObjects

/// The name, labels, host name and claims that make a StatefulSet's Pod the one it is.
struct StatefulIdentity {
  let set: Value
  let ordinal: Int

  var name: String { "\(set.name)-\(ordinal)" }

  /// The number at the end of a Pod's name; nil: it is none of the set's.
  static func ordinal(of name: String, in set: Value) -> Int? {
    guard let dash = name.lastIndex(of: "-"), name[..<dash] == set.name[...] else { return nil }
    let digits = name[name.index(after: dash)...]
    guard let number = Int(digits), String(number) == digits else { return nil }
    return number
  }

  static func revision(of pod: PodRecord) -> String {
    pod.labels?["controller-revision-hash"]?.string ?? ""
  }

  /// The labels by which a Pod is known to be this one.
  var labels: Mapping {
    [
      "statefulset.kubernetes.io/pod-name": .string(name),
      "apps.kubernetes.io/pod-index": .string(String(ordinal)),
    ]
  }

  private var templates: [Value] { self.set[path: "spec", "volumeClaimTemplates"]?.array ?? [] }

  func claimName(_ template: Value) -> String { "\(template.name)-\(name)" }

  /// The claims that the Pod needs, as they would be made.
  var claims: [Value] {
    templates.map { template in
      var claim = template
      var metadata = template["metadata"] ?? .emptyObject
      metadata["name"] = .string(claimName(template))
      metadata["namespace"] = .string(set.namespace)
      var labels = metadata["labels"] ?? .emptyObject
      for (key, value) in set[path: "spec", "selector", "matchLabels"]?.object ?? [:] {
        labels[key] = value
      }
      metadata["labels"] = labels
      claim["metadata"] = metadata
      claim["status"] = nil
      claim["apiVersion"] = "v1"
      claim["kind"] = "PersistentVolumeClaim"
      return claim
    }
  }

  /// The Pod of a template, with this identity.
  func pod(from template: Value, revision: String) -> Value {
    var pod = PodControl.pod(from: template, owner: set, name: name)
    var labels = pod[path: "metadata", "labels"] ?? .emptyObject
    for (key, value) in self.labels { labels[key] = value }
    labels["controller-revision-hash"] = .string(revision)
    pod["metadata"]?["labels"] = labels
    pod["spec"]?["hostname"] = .string(name)
    if let service = set[path: "spec", "serviceName"]?.string, !service.isEmpty {
      pod["spec"]?["subdomain"] = .string(service)
    }
    guard !templates.isEmpty else { return pod }
    let names = Set(templates.map(\.name))
    // Claims first, then the template's own volumes of other names.
    let volumes =
      templates.map { template -> Value in
        [
          "name": .string(template.name),
          "persistentVolumeClaim": [
            "claimName": .string(claimName(template)), "readOnly": false,
          ],
        ]
      }
      + (pod[path: "spec", "volumes"]?.array ?? []).filter {
        !names.contains($0["name"]?.string ?? "")
      }
    pod["spec"]?["volumes"] = .array(volumes)
    return pod
  }
}
