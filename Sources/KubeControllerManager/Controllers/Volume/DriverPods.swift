import Documents
import KubeObjects
import Simulation

/// The running Pods of provisioners and CSI drivers, by their images: what is stood in for works
/// only where it is installed.
final class DriverPods {
  private unowned let context: ControllerContext
  private var found: (moment: Moment, byImage: [String: [PodRecord]])?

  init(_ context: ControllerContext) { self.context = context }

  /// The first Pod that runs a provisioner's image.
  func pod(of provisioner: Provisioner) -> PodRecord? { pods(image: provisioner.image).first }

  /// All Pods that run an image with that part in its name, sorted by namespace and name.
  func pods(image part: String) -> [PodRecord] {
    let now = context.timeline.now
    if found?.moment != now { found = (now, [:]) }
    if let known = found?.byImage[part] { return known }
    let pods = context.pods.records.values.filter { pod in
      pod.phase == "Running" && !pod.isTerminating && pod.runs(image: part)
    }.sorted { $0.key < $1.key }
    found?.byImage[part] = pods
    return pods
  }
}

extension PodRecord {
  /// Whether a container of the Pod has an image with that part in its name. Every Pod is asked, so
  /// bytes are looked at, not characters.
  func runs(image part: String) -> Bool {
    (value[path: "spec", "containers"]?.array ?? []).contains { container in
      var rest = container.text("image").utf8[...]
      while let start = rest.firstIndex(where: { $0 == part.utf8.first }) {
        rest = rest[start...]
        if rest.starts(with: part.utf8) { return true }
        rest = rest.dropFirst()
      }
      return false
    }
  }
}
