import Documents
import KubeObjects
import Simulation

/// A Pod's runtime class exists and adds its overhead and its nodes.
struct RuntimeClass: MutatingAdmissionPlugin, ValidatingAdmissionPlugin {
  let name = "RuntimeClass"
  private static let resource = GroupVersionResource("node.k8s.io", "v1", "runtimeclasses")

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  private func find(
    _ attributes: AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) -> Value? {
    let name = attributes.object["spec"]?.text("runtimeClassName") ?? ""
    guard !name.isEmpty else { return nil }
    guard let found = objects.get(Self.resource, namespace: "", name: name) else {
      throw attributes.forbidden("pod rejected: RuntimeClass \(name.goQuoted) not found")
    }
    return found
  }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods), let found = try find(attributes, objects) else { return }
    if let overhead = found["overhead"]?["podFixed"], !overhead.isNull {
      if let own = attributes.object["spec"]?["overhead"], own != overhead {
        throw attributes.forbidden(
          "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
      }
      attributes.object["spec"]?["overhead"] = overhead
    }
    guard let scheduling = found["scheduling"], !scheduling.isNull else { return }
    for (key, value) in scheduling.members("nodeSelector") {
      let own = attributes.object["spec"]?["nodeSelector"]?[key]
      if let own, own != value {
        throw attributes.forbidden(
          "conflict: runtimeClass.scheduling.nodeSelector[\(key)] = \(value.string ?? ""); "
            + "pod.spec.nodeSelector[\(key)] = \(own.string ?? "")")
      }
      attributes.object["spec"]?.fillAbsent("nodeSelector", [:])
      attributes.object["spec"]?["nodeSelector"]?[key] = value
    }
    var tolerations = attributes.object["spec"]?.items("tolerations") ?? []
    for toleration in scheduling.items("tolerations") where !tolerations.contains(toleration) {
      tolerations.append(toleration)
    }
    if !tolerations.isEmpty { attributes.object["spec"]?["tolerations"] = .array(tolerations) }
  }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods) else { return }
    let found = try find(attributes, objects)
    if found?["overhead"] == nil, attributes.object["spec"]?.has("overhead") == true {
      throw attributes.forbidden(
        found == nil
          ? "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
          : "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
    }
  }
}
