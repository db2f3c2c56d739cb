import Documents
import KubeObjects

/// Asks a backend whether a Pod's images may run.
struct ImagePolicyWebhook: ValidatingAdmissionPlugin {
  let name = "ImagePolicyWebhook"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods) || attributes.concerns(.pods, "ephemeralcontainers"),
      let policy = objects.admission.imagePolicy
    else { return }
    let images = Self.images(attributes.object)
    // Only new ephemeral containers, and changed images, are asked about (Plugin.Validate).
    if attributes.operation == .update, Self.images(attributes.oldObject) == images { return }
    let notes = (attributes.object[path: "metadata", "annotations"]?.object ?? [:]).filter {
      $0.key.contains(".image-policy.k8s.io/")
    }
    let review: Value = [
      "apiVersion": "imagepolicy.k8s.io/v1alpha1", "kind": "ImageReview",
      "spec": [
        "containers": .array(images.joined().map { ["image": $0] }),
        "annotations": .object(Mapping(notes.map { ($0.key, $0.value) })),
        "namespace": .string(attributes.namespace),
      ],
    ]
    let failure: String
    switch objects.webhooks?.post(review, to: policy.endpoint) {
    case .document(let answer)?:
      let status = answer["status"]
      if status?["allowed"]?.bool == true { return }
      let reason = status?["reason"]?.string ?? ""
      throw attributes.forbidden(
        reason.isEmpty
          ? "one or more images rejected by webhook backend"
          : "image policy webhook backend denied one or more images: \(reason)")
    case .failure(let text)?: failure = text
    case nil: failure = policy.endpoint.unreachable
    }
    guard policy.allowsByDefault else {
      throw attributes.forbidden("Post \(policy.endpoint.url.goQuoted): \(failure)")
    }
    attributes.auditAnnotations["imagepolicywebhook.image-policy.k8s.io/failed-open"] = "true"
    attributes.auditAnnotations["alpha.image-policy.k8s.io/failed-open"] = "true"
  }

  /// The images of a Pod, by kind of container.
  private static func images(_ pod: Value) -> [[Value]] {
    ["containers", "initContainers", "ephemeralContainers"].map { list in
      (pod[path: "spec", list]?.array ?? []).compactMap { $0["image"] }
    }
  }
}
