import Documents
import KubeAPIServer
import KubeObjects

extension VolumeBinder {
  /// Says what a claim waits for whose class binds with the first Pod.
  func announceWaiting(_ claim: Value) {
    let users = context.pods.inNamespace(claim.namespace).filter { pod in
      pod.nodeName.isEmpty
        && (pod.value[path: "spec", "volumes"]?.array ?? []).contains {
          $0[path: "persistentVolumeClaim", "claimName"]?.string == claim.name
            || $0["ephemeral"] != nil && "\(pod.name)-\($0.text("name"))" == claim.name
        }
    }
    if users.isEmpty {
      record(
        claim, "WaitForFirstConsumer",
        "waiting for first consumer to be created before binding")
    } else {
      let names = users.map(\.name).joined(separator: ",")
      record(
        claim, "WaitForPodScheduled",
        users.count == 1
          ? "waiting for pod \(names) to be scheduled"
          : "waiting for pods \(names) to be scheduled")
    }
  }
}
