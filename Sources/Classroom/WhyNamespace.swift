import Documents
import KubeAPIServer
import KubeObjects

/// Why a namespace does not go.
extension WhyQuestion {
  private static let shown = 10

  func emptying() throws(StatusError) -> String {
    let space = try client.get(.namespaces, name)
    guard space.isBeingDeleted else { return "namespace/\(name) is Active\n" }
    var findings = WhyFindings("namespace/\(name) is Terminating")
    for type in [
      "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure",
      "NamespaceDeletionContentFailure",
    ] where space.isConditionTrue(type) {
      findings.add(
        space.condition(type)?.text("message") ?? type,
        type == "NamespaceDeletionContentFailure"
          ? "" : "does every APIService answer? kubectl get apiservices")
    }
    var left = 0
    for kind in client.server.servedKinds where kind.isNamespaced && kind.isDeletable {
      for object in (try? client.list(kind.resource, namespace: name)) ?? [] {
        left += 1
        guard left <= Self.shown else { continue }
        let what = "\(kind.resource) \(object.name)"
        if object.finalizers.isEmpty {
          findings.add("\(what) is still there")
        } else {
          findings.add(
            "\(what) is held by metadata.finalizers: \(object.finalizers.joined(separator: ", "))",
            "let whoever put it there do its work; when that is gone for good: kubectl patch "
              + "\(kind.resource) \(object.name) -n \(name) --type=merge -p "
              + "'{\"metadata\":{\"finalizers\":null}}'")
        }
      }
    }
    if left > Self.shown { findings.add("and \(left - Self.shown) more") }
    let own = space[path: "spec", "finalizers"]?.array?.compactMap(\.string) ?? []
    for finalizer in own where finalizer != "kubernetes" {
      findings.add(
        "spec.finalizers of the namespace: \(finalizer)",
        "whoever put it there has to take it out, by way of its subresource finalize")
    }
    for finalizer in space.finalizers {
      findings.add(
        "metadata.finalizers of the namespace: \(finalizer)",
        "kubectl patch namespace \(name) --type=merge -p '{\"metadata\":{\"finalizers\":null}}'")
    }
    if findings.links.isEmpty { findings.add("it is being emptied: a moment more") }
    return findings.text
  }
}
