import Documents
import KubeAPIServer
import KubeObjects

/// Makes the claims of Pods' ephemeral volumes.
final class EphemeralVolumeController: Reconciler {
  static let name = "ephemeral-volume-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    events = context.recorder(client, "ephemeral_volume")
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key)
      return .done
    }
    context.pods.onChange { [weak self] old, new in
      guard old == nil, let new,
        (new.value[path: "spec", "volumes"]?.array ?? []).contains(where: {
          $0["ephemeral"] != nil
        })
      else { return }
      self?.queue.add(new.key)
    }
  }

  private func reconcile(_ key: Informer.Key) throws(StatusError) {
    guard let pod = context.pods.records[key], !pod.isTerminating else { return }
    for volume in pod.value[path: "spec", "volumes"]?.array ?? [] {
      guard let template = volume[path: "ephemeral", "volumeClaimTemplate"],
        let name = volume["name"]?.string
      else { continue }
      let claimName = "\(pod.name)-\(name)"
      if let known = context.informer(.persistentVolumeClaims)[pod.namespace, claimName] {
        if known.controllerReference?.uid == pod.uid { continue }
        let problem =
          "PVC \(known.namespacedName) was not created for pod \(pod.namespace)/\(pod.name) "
          + "(pod is not owner)"
        tell(pod, name, problem)
        throw .plain(problem)
      }
      var metadata = template["metadata"] ?? .emptyObject
      metadata["name"] = .string(claimName)
      metadata["namespace"] = .string(pod.namespace)
      metadata["ownerReferences"] = [OwnerReference.controller(pod.value).value]
      do throws(StatusError) {
        _ = try client.create(
          .persistentVolumeClaims,
          [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata,
            "spec": template["spec"] ?? .emptyObject,
          ], namespace: pod.namespace)
      } catch {
        if error.isAlreadyExists { continue }
        tell(pod, name, "create PVC \(claimName): \(error.message)")
        throw error
      }
    }
  }

  private func tell(_ pod: PodRecord, _ volume: String, _ problem: String) {
    events.record(
      .warning, pod.value, reason: "FailedBinding",
      message: "ephemeral volume \(volume): \(problem)")
  }
}
