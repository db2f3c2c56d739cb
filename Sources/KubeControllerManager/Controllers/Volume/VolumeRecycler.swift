import Documents
import KubeAPIServer
import KubeObjects

/// Empties volumes whose policy is Recycle by a Pod, as hostPath and NFS volumes know it.
struct VolumeRecycler {
  let client: ComponentClient
  let pods: PodIndex

  enum Progress {
    case running
    case done
    case failed(String)
  }

  static let namespace = "default"
  private static let prefix = "recycler-for-"

  /// The volume that a Pod empties; nil: it is no recycler.
  static func volume(of pod: PodRecord) -> String? {
    guard pod.namespace == namespace, pod.name.hasPrefix(prefix) else { return nil }
    return String(pod.name.dropFirst(prefix.count))
  }

  /// Starts the Pod, or looks how it gets on.
  func recycle(_ volume: Value) throws(StatusError) -> Progress {
    let name = Self.prefix + volume.name
    guard let source = Self.source(of: volume) else {
      return .failed("No recycler plugin found for the volume!")
    }
    guard let pod = pods[Self.namespace, name] else {
      do throws(StatusError) {
        _ = try client.create(.pods, pod(name, source), namespace: Self.namespace)
      } catch { if !error.isAlreadyExists { throw error } }
      return .running
    }
    guard pod.isFinished, !pod.isTerminating else { return .running }
    try client.delete(.pods, name, namespace: Self.namespace)
    if pod.phase == "Succeeded" { return .done }
    let message = pod.value[path: "status", "message"]?.string
    return .failed("Recycle failed: \(message ?? "pod failed, pod.Status.Message unknown")")
  }

  private static func source(of volume: Value) -> Value? {
    for kind in ["hostPath", "nfs"] {
      guard let own = volume[path: "spec", kind] else { continue }
      var source: Value = ["name": "vol"]
      source[kind] = own
      return source
    }
    return nil
  }

  private func pod(_ name: String, _ source: Value) -> Value {
    [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": ["name": .string(name), "namespace": .string(Self.namespace)],
      "spec": [
        "activeDeadlineSeconds": 60, "restartPolicy": "Never", "volumes": [source],
        "containers": [
          [
            "name": "pv-recycler",
            "image": "registry.k8s.io/build-image/debian-base:bookworm-v1.0.4",
            "command": ["/bin/sh"],
            "args": [
              "-c",
              .string(
                "test -e /scrub && find /scrub -mindepth 1 -delete && "
                  + "test -z \"$(ls -A /scrub)\" || exit 1"),
            ],
            "volumeMounts": [["name": "vol", "mountPath": "/scrub"]],
          ]
        ],
      ],
    ]
  }
}
