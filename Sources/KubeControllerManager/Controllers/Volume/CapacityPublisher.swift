import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Stands in for external-provisioner's capacity tracking: where a driver's Pod runs csi-provisioner
/// with --enable-capacity, each class of the driver and each of its topology segments has a
/// CSIStorageCapacity, which the scheduler obeys.
final class CapacityPublisher: Reconciler {
  static let name = "external-provisioner-capacity"

  private let context: ControllerContext
  private let client: ComponentClient
  private let classes: Informer
  private let nodes: Informer
  private let volumes: Informer
  private let capacities: Informer
  private var queue: WorkQueue<String>!
  private static let label = "csi.storage.k8s.io/drivername"

  init(_ context: ControllerContext) {
    self.context = context
    client = ComponentClient(
      server: context.server,
      user: UserInfo(name: "external-provisioner", groups: ["system:masters"]),
      manager: "csi-provisioner")
    classes = context.informer(.storageClasses)
    nodes = context.informer(.nodes)
    volumes = context.informer(.persistentVolumes)
    capacities = context.informer(.csiStorageCapacities)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.publish(name)
      return .done
    }
    context.pods.onChange { [weak self] old, new in
      guard let self, let pod = new ?? old, old?.phase != new?.phase || new == nil else { return }
      for provisioner in Provisioners.all
      where provisioner.capacity != nil && pod.runs(image: provisioner.image) {
        queue.add(provisioner.name)
      }
    }
    classes.onChange { [weak self] old, new in
      self?.add((new ?? old)?.text("provisioner"))
    }
    volumes.onChange { [weak self] old, new in
      guard
        old == nil || new == nil
          || VolumeMatch.capacity(of: old ?? [:])
            != VolumeMatch.capacity(of: new ?? [:])
      else { return }
      self?.add((new ?? old)?[path: "spec", "csi", "driver"]?.string)
    }
  }

  private func add(_ name: String?) {
    guard let name, Provisioners.all.contains(where: { $0.name == name && $0.capacity != nil })
    else { return }
    queue.add(name)
  }

  private func publish(_ name: String) throws(StatusError) {
    guard let provisioner = Provisioners.all.first(where: { $0.name == name }),
      let total = provisioner.capacity
    else { return }
    let known = capacities.objects.values.filter { $0.label(Self.label) == name }
      .sorted { $0.namespacedName < $1.namespacedName }
    guard let pod = context.driverPods.pod(of: provisioner), Self.isEnabled(pod) else {
      for object in known { try remove(object) }
      return
    }
    let used = volumes.objects.values.filter {
      $0[path: "spec", "csi", "driver"]?.string == name
    }.compactMap { VolumeMatch.capacity(of: $0)?.value }.reduce(0) {
      $0.addingReportingOverflow($1).overflow ? .max : $0 + $1
    }
    let left = Quantity(max(0, total - min(used, total)), format: .binarySI)
    let segments = segments(of: provisioner)
    let wanted = classes.objects.values.filter { $0.text("provisioner") == name }
      .flatMap { one in segments.map { (one.name, $0) } }
    for object in known
    where !wanted.contains(where: {
      $0.0 == object.text("storageClassName") && $0.1 == object["nodeTopology"]
    }) {
      try remove(object)
    }
    for (storageClass, topology) in wanted.sorted(by: { $0.0 < $1.0 }) {
      let same = known.first {
        $0.text("storageClassName") == storageClass && $0["nodeTopology"] == topology
      }
      try write(
        [
          "capacity": .string(left.description), "nodeTopology": topology,
          "maximumVolumeSize": .string(left.description),
          "storageClassName": .string(storageClass),
        ], same, driver: name, pod)
    }
  }

  private func write(
    _ fields: Value, _ known: Value?, driver: String, _ pod: PodRecord
  ) throws(StatusError) {
    if var known {
      guard known["capacity"] != fields["capacity"] else { return }
      known["capacity"] = fields["capacity"]
      known["maximumVolumeSize"] = fields["maximumVolumeSize"]
      _ = try client.update(.csiStorageCapacities, known)
      return
    }
    var object = fields
    object["metadata"] = [
      "generateName": "csisc-", "namespace": .string(pod.namespace),
      "labels": [
        Self.label: .string(driver), "csi.storage.k8s.io/managed-by": "external-provisioner",
      ],
      // --capacity-ownerref-level=0: the Pod itself.
      "ownerReferences": [
        [
          "apiVersion": "v1", "kind": "Pod", "name": .string(pod.name), "uid": .string(pod.uid),
          "controller": true,
        ]
      ],
    ]
    _ = try client.create(.csiStorageCapacities, object, namespace: pod.namespace)
  }

  private func remove(_ object: Value) throws(StatusError) {
    do throws(StatusError) {
      try client.delete(.csiStorageCapacities, object.name, namespace: object.namespace)
    } catch { if !error.isNotFound { throw error } }
  }

  private static func isEnabled(_ pod: PodRecord) -> Bool {
    (pod.value[path: "spec", "containers"]?.array ?? []).contains { container in
      container.text("image").contains("csi-provisioner")
        && container.texts("args").contains {
          $0.hasPrefix("--enable-capacity") && $0 != "--enable-capacity=false"
        }
    }
  }

  /// Where the driver's volumes are reached from: one for each value of its topology's label, or
  /// one for all nodes.
  private func segments(of provisioner: Provisioner) -> [Value] {
    guard let key = provisioner.topology else { return [["matchLabels": [:]]] }
    let values = Set(nodes.objects.values.compactMap { $0.label(key) }).sorted()
    return values.map { ["matchLabels": [key: .string($0)]] }
  }
}

extension GroupVersionResource {
  static let csiStorageCapacities = Self("storage.k8s.io", "v1", "csistoragecapacities")
}
