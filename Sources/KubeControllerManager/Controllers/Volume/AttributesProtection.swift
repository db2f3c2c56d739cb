import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Lets deleted VolumeAttributesClasses go once no claim and no volume names them
/// (vac_protection_controller.go).
final class AttributesProtection: Reconciler {
  static let name = "volumeattributesclass-protection-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let classes: Informer
  private let claims: Informer
  private let volumes: Informer
  private var queue: WorkQueue<String>!
  private static let finalizer = "kubernetes.io/vac-protection"

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("volumeattributesclass-protection-controller")
    classes = context.informer(.volumeAttributesClasses)
    claims = context.informer(.persistentVolumeClaims)
    volumes = context.informer(.persistentVolumes)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.sync(name)
      return .done
    }
    classes.onChange { [weak self] _, new in
      if let new { self?.queue.add(new.name) }
    }
    for informer in [claims, volumes] {
      informer.onChange { [weak self] old, new in
        guard let self, let old else { return }
        for name in Self.names(old).subtracting(new.map(Self.names) ?? []).sorted()
        where classes["", name]?.isBeingDeleted == true {
          queue.add(name)
        }
      }
    }
  }

  /// The classes that a claim or a volume names.
  private static func names(_ object: Value) -> Set<String> {
    let status = object["status"] ?? [:]
    return Set(
      [
        object["spec"]?.text("volumeAttributesClassName"),
        status.text("currentVolumeAttributesClassName"),
        status["modifyVolumeStatus"]?.text("targetVolumeAttributesClassName"),
      ].compactMap { $0 }.filter { !$0.isEmpty })
  }

  private func sync(_ name: String) throws(StatusError) {
    guard let object = classes["", name] else { return }
    let isKept = object.finalizers.contains(Self.finalizer)
    var changed = object
    if object.isBeingDeleted {
      let users = [claims, volumes].contains {
        $0.objects.values.contains { Self.names($0).contains(name) }
      }
      guard isKept, !users else { return }
      changed.finalizers.removeAll { $0 == Self.finalizer }
    } else {
      guard !isKept else { return }
      changed.finalizers += [Self.finalizer]
    }
    do throws(StatusError) {
      _ = try client.update(.volumeAttributesClasses, changed)
    } catch { if !error.isNotFound { throw error } }
  }
}
