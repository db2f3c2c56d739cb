import Documents
import KubeObjects

/// Every container's image is pulled anew, so that only who may pull it can use it.
struct AlwaysPullImages: MutatingAdmissionPlugin {
  let name = "AlwaysPullImages"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods) else { return }
    let images = Self.images(attributes.object)
    if attributes.operation == .update, images.isSubset(of: Self.images(attributes.oldObject)) {
      return
    }
    for list in Self.lists {
      guard var containers = attributes.object[path: "spec", list]?.array else { continue }
      for index in containers.indices { containers[index]["imagePullPolicy"] = "Always" }
      attributes.object["spec"]?[list] = .array(containers)
    }
  }

  private static let lists = ["initContainers", "containers", "ephemeralContainers"]

  private static func images(_ pod: Value) -> Set<String> {
    Set(lists.flatMap { (pod["spec"]?.items($0) ?? []).map { $0.text("image") } })
  }
}

/// Refuses everything: for trying out what happens then.
struct AlwaysDeny: ValidatingAdmissionPlugin {
  let name = "AlwaysDeny"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { true }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    throw attributes.forbidden("admission control is denying all modifications")
  }
}
