package import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Stands in for what CSI drivers bring where their Pods run: it registers them on nodes, and
/// attaches and detaches volumes.
final class ExternalAttacher: Reconciler {
  static let name = "external-attacher"

  private let context: ControllerContext
  private let client: ComponentClient
  private let attachments: Informer
  private let nodes: Informer
  private var queue: WorkQueue<String>!
  private var nodeQueue: WorkQueue<String>!
  /// Attachments that the driver has been asked for.
  private var begun: Set<String> = []

  /// How long a driver takes to attach, and to detach.
  private static let duration = Span.seconds(2)

  init(_ context: ControllerContext) {
    self.context = context
    client = ComponentClient(
      server: context.server,
      user: UserInfo(name: "external-attacher", groups: ["system:masters"]),
      manager: "csi-attacher")
    attachments = context.informer(.volumeAttachments)
    nodes = context.informer(.nodes)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.sync(name) ?? .done
    }
    nodeQueue = WorkQueue(timeline: context.timeline) { [weak self] node throws(StatusError) in
      try self?.register(on: node)
      return .done
    }
    attachments.onChange { [weak self] old, new in
      guard let self else { return }
      if let old, new == nil {
        begun.remove(old.uid)
      } else if let new {
        queue.add(new.name)
      }
    }
    context.pods.onChange { [weak self] old, new in
      guard let self, let new, new.phase == "Running", old?.phase != "Running" else { return }
      if Provisioners.all.contains(where: { $0.isDriver && new.runs(image: $0.image) }) {
        nodeQueue.add(new.nodeName)
      }
    }
  }

  /// The node's CSINode names the drivers whose Pods run on it (node-driver-registrar).
  private func register(on nodeName: String) throws(StatusError) {
    guard let node = nodes["", nodeName] else { return }
    let here = Provisioners.all.filter { provisioner in
      provisioner.isDriver
        && context.driverPods.pods(image: provisioner.image).contains { $0.nodeName == nodeName }
    }
    var object: Value
    if let known = try? client.get(.csiNodes, nodeName) {
      object = known
    } else {
      object = try client.create(.csiNodes, CSINodeObject.of(node))
    }
    var drivers = object[path: "spec", "drivers"]?.array ?? []
    for provisioner in here where !drivers.contains(where: { $0.text("name") == provisioner.name })
    {
      var entry: Value = ["name": .string(provisioner.name), "nodeID": .string(nodeName)]
      if let topology = provisioner.topology { entry["topologyKeys"] = [.string(topology)] }
      if let limit = provisioner.attachLimit { entry["allocatable"] = ["count": .int(limit)] }
      drivers.append(entry)
    }
    guard drivers != object[path: "spec", "drivers"]?.array ?? [] else { return }
    object["spec"] = ["drivers": .array(drivers)]
    _ = try client.update(.csiNodes, object)
  }

  private func sync(_ name: String) throws(StatusError) -> WorkQueue<String>.Outcome {
    guard let attachment = attachments["", name],
      let driver = attachment[path: "spec", "attacher"]?.string,
      let provisioner = Provisioners.all.first(where: { $0.name == driver && $0.isDriver })
    else { return .done }
    let finalizer = "external-attacher/\(driver.replacing(".", with: "-"))"
    let isHeld = attachment.finalizers.contains(finalizer)
    // It may be installed later, or run again.
    guard context.driverPods.pod(of: provisioner) != nil else { return .again(after: .seconds(10)) }
    if attachment.isBeingDeleted {
      guard isHeld else { return .done }
      if begun.insert("-" + attachment.uid).inserted { return .again(after: Self.duration) }
      var changed = attachment
      changed["metadata"]?["finalizers"] = .array(
        attachment.finalizers.filter { $0 != finalizer }.map { .string($0) })
      _ = try client.update(.volumeAttachments, changed)
      return .done
    }
    if attachment[path: "status", "attached"]?.bool == true { return .done }
    if begun.insert(attachment.uid).inserted { return .again(after: Self.duration) }
    return try attach(attachment, provisioner, finalizer: isHeld ? nil : finalizer)
  }

  private func attach(
    _ attachment: Value, _ provisioner: Provisioner, finalizer: String?
  ) throws(StatusError) -> WorkQueue<String>.Outcome {
    var attachment = attachment
    if let finalizer {
      let finalizers = (attachment.finalizers + [finalizer]).map { Value.string($0) }
      attachment["metadata"]?["finalizers"] = .array(finalizers)
      attachment = try client.update(.volumeAttachments, attachment)
    }
    let node = attachment[path: "spec", "nodeName"]?.string ?? ""
    let others = attachments.objects.values.count {
      $0[path: "spec", "attacher"]?.string == provisioner.name
        && $0[path: "spec", "nodeName"]?.string == node
        && $0[path: "status", "attached"]?.bool == true
    }
    if let limit = provisioner.attachLimit, others >= limit {
      attachment["status"] = [
        "attached": false,
        "attachError": [
          "message": .string(
            "rpc error: code = ResourceExhausted desc = Attachment limit exceeded: node "
              + "\(node.goQuoted) has \(others) volumes attached"),
          "time": .string(context.timeline.now.rfc3339),
        ],
      ]
      _ = try client.update(.volumeAttachments, attachment, subresource: "status")
      return .again(after: .seconds(30))
    }
    attachment["status"] = ["attached": true]
    _ = try client.update(.volumeAttachments, attachment, subresource: "status")
    return .done
  }
}

/// A CSINode without drivers, as the kubelet makes one for its node.
package enum CSINodeObject {
  package static func of(_ node: Value) -> Value {
    [
      "apiVersion": "storage.k8s.io/v1", "kind": "CSINode",
      "metadata": [
        "name": .string(node.name),
        "ownerReferences": [
          [
            "apiVersion": "v1", "kind": "Node", "name": .string(node.name),
            "uid": .string(node.uid),
          ]
        ],
      ],
      "spec": ["drivers": []],
    ]
  }
}
