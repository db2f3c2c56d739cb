import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Attaches the volumes of CSI drivers to the nodes whose Pods use them, and detaches them when
/// none does any more: a VolumeAttachment for each volume and node.
final class AttachDetachController: Reconciler {
  static let name = "persistentvolume-attach-detach-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private let volumes: Informer
  private let claims: Informer
  private let nodes: Informer
  private let drivers: Informer
  private let attachments: Informer
  private let attachmentsByVolume: InformerIndex
  private var queue: WorkQueue<String>!
  private var nodeQueue: WorkQueue<String>!
  /// Since when a volume is not needed on a node that does not answer, by attachment.
  private var unneeded: [String: Moment] = [:]
  /// Pods that were told that their volume is elsewhere: uid and volume.
  private var told: Set<String> = []
  /// Attachments whose success or failure was told, with what was told.
  private var outcomes: [String: String] = [:]

  /// maxWaitForUnmountDuration: how long a node that does not answer keeps its volumes.
  private static let patience = Span.minutes(6)
  /// csiTimeout: how long the driver may take.
  private static let attachTimeout = Span.minutes(2)

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("attachdetach-controller")
    events = context.recorder(client, "attachdetach-controller")
    volumes = context.informer(.persistentVolumes)
    claims = context.informer(.persistentVolumeClaims)
    nodes = context.informer(.nodes)
    drivers = context.informer(.csiDrivers)
    attachments = context.informer(.volumeAttachments)
    attachmentsByVolume = InformerIndex(attachments) { attachment in
      attachment[path: "spec", "source", "persistentVolumeName"]?.string.map { [$0] } ?? []
    }
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.sync(name) ?? .done
    }
    nodeQueue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.tellNode(name)
      return .done
    }
    volumes.onChange { [weak self] old, new in
      guard let volume = new ?? old, volume[path: "spec", "csi"] != nil else { return }
      self?.queue.add(volume.name)
    }
    attachments.onChange { [weak self] old, new in
      guard let self, let attachment = new ?? old else { return }
      if new == nil {
        unneeded[attachment.name] = nil
        outcomes[attachment.name] = nil
      }
      if let name = Self.volumeName(attachment) { queue.add(name) }
      nodeQueue.add(Self.node(attachment))
    }
    context.pods.onChange { [weak self] old, new in
      guard let self, let pod = new ?? old else { return }
      // What its volumes and its node are does not change while it runs.
      if let old, let new, old.nodeName == new.nodeName, old.isFinished == new.isFinished {
        return
      }
      for claim in VolumeUse.claimNames(pod) { enqueue(claim, in: pod.namespace) }
    }
    nodes.onChange { [weak self] old, new in
      guard let self, let node = new ?? old,
        Self.health(old) != Self.health(new)
          || old?[path: "status", "volumesInUse"] != new?[path: "status", "volumesInUse"]
      else { return }
      let here = attachments.objects.values.filter { Self.node($0) == node.name }
      for name in Set(here.compactMap(Self.volumeName)).sorted() { queue.add(name) }
    }
    claims.onChange { [weak self] old, new in
      guard let new, old?[path: "status", "phase"] != new[path: "status", "phase"] else { return }
      self?.enqueue(new.name, in: new.namespace)
    }
  }

  private func enqueue(_ claim: String, in namespace: String) {
    guard let name = claims[namespace, claim]?[path: "spec", "volumeName"]?.string,
      volumes["", name]?[path: "spec", "csi"] != nil
    else { return }
    queue.add(name)
  }

  private static func volumeName(_ attachment: Value) -> String? {
    attachment[path: "spec", "source", "persistentVolumeName"]?.string
  }
  private static func node(_ attachment: Value) -> String {
    attachment[path: "spec", "nodeName"]?.string ?? ""
  }
  private static func isAttached(_ attachment: Value) -> Bool {
    attachment[path: "status", "attached"]?.bool == true
  }

  private enum Health { case well, silent, outOfService, gone }

  private static func health(_ node: Value?) -> Health {
    guard let node else { return .gone }
    let taints = node[path: "spec", "taints"]?.array ?? []
    if taints.contains(where: { $0["key"]?.string == "node.kubernetes.io/out-of-service" }) {
      return .outOfService
    }
    return node.isConditionTrue("Ready") ? .well : .silent
  }

  // MARK: one volume

  private func sync(_ name: String) throws(StatusError) -> WorkQueue<String>.Outcome {
    guard let volume = volumes["", name], let csi = volume[path: "spec", "csi"],
      let driver = csi["driver"]?.string, needsAttaching(driver)
    else {
      for attachment in attachmentsByVolume[name] { try detach(attachment) }
      return .done
    }
    let users = users(of: volume)
    var wait: Span?
    func again(after span: Span) { wait = wait.map { min($0, span) } ?? span }
    for attachment in attachmentsByVolume[name] {
      let here = users.filter { $0.nodeName == Self.node(attachment) }
      if !here.isEmpty {
        unneeded[attachment.name] = nil
        if let span = tellOutcome(attachment, volume, driver, here) { again(after: span) }
      } else if let span = try release(attachment, volume) {
        again(after: span)
      }
    }
    let taken = attachmentsByVolume[name]
    let isShared = (volume[path: "spec", "accessModes"]?.array ?? []).contains {
      ["ReadWriteMany", "ReadOnlyMany"].contains($0.string ?? "")
    }
    var isFree = taken.isEmpty
    for node in Set(users.map(\.nodeName)).sorted()
    where !taken.contains(where: { Self.node($0) == node }) {
      guard isShared || isFree else {
        tellMultiAttach(volume, users.filter { $0.nodeName == node }, taken)
        continue
      }
      isFree = false
      try attach(volume, driver, csi["volumeHandle"]?.string ?? "", node)
    }
    return wait.map { .again(after: $0) } ?? .done
  }

  // CSIDriver.spec.attachRequired, true where nobody says otherwise.
  private func needsAttaching(_ driver: String) -> Bool {
    drivers["", driver]?[path: "spec", "attachRequired"]?.bool != false
  }

  private func users(of volume: Value) -> [PodRecord] {
    guard let reference = volume[path: "spec", "claimRef"],
      let namespace = reference["namespace"]?.string, let claim = reference["name"]?.string,
      claims[namespace, claim]?[path: "spec", "volumeName"]?.string == volume.name
    else { return [] }
    return context.pods.inNamespace(namespace).filter {
      !$0.nodeName.isEmpty && !$0.isFinished && VolumeUse.claimNames($0).contains(claim)
    }
  }

  private func attach(
    _ volume: Value, _ driver: String, _ handle: String, _ node: String
  ) throws(StatusError) {
    do throws(StatusError) {
      _ = try client.create(
        .volumeAttachments,
        [
          // getAttachmentName
          "metadata": [
            "name": .string("csi-" + context.configuration.sha256(handle + driver + node))
          ],
          "spec": [
            "attacher": .string(driver), "nodeName": .string(node),
            "source": ["persistentVolumeName": .string(volume.name)],
          ],
        ])
    } catch { if !error.isAlreadyExists { throw error } }
  }

  private func detach(_ attachment: Value) throws(StatusError) {
    guard !attachment.isBeingDeleted else { return }
    unneeded[attachment.name] = nil
    do throws(StatusError) {
      try client.delete(.volumeAttachments, attachment.name)
    } catch { if !error.isNotFound { throw error } }
  }

  /// Detaches where nobody uses the volume any more; returns how long to wait for the node first.
  private func release(
    _ attachment: Value, _ volume: Value?
  ) throws(StatusError) -> Span? {
    let node = nodes["", Self.node(attachment)]
    let isMounted = volume.map { Self.isInUse($0, on: node) } ?? false
    guard Self.health(node) == .silent || Self.health(node) == .well && isMounted else {
      try detach(attachment)
      return nil
    }
    // Nobody can tell whether the node still writes to it.
    let since = unneeded[attachment.name] ?? context.timeline.now
    unneeded[attachment.name] = since
    let left = since + Self.patience - context.timeline.now
    guard left > .zero else {
      try detach(attachment)
      return nil
    }
    return left
  }

  // MARK: what nodes tell

  /// A volume as nodes' statuses name it: the plug-in, the driver and the driver's handle.
  private static func uniqueName(_ volume: Value) -> Value? {
    guard let csi = volume[path: "spec", "csi"] else { return nil }
    return .string("kubernetes.io/csi/\(csi.text("driver"))^\(csi.text("volumeHandle"))")
  }

  /// Whether the kubelet still has a volume mounted (volumesInUse): it is not taken from it.
  private static func isInUse(_ volume: Value, on node: Value?) -> Bool {
    guard let name = uniqueName(volume) else { return false }
    return (node?[path: "status", "volumesInUse"]?.array ?? []).contains(name)
  }

  /// Writes what is attached into the node's status (node_status_updater.go).
  private func tellNode(_ name: String) throws(StatusError) {
    guard let node = nodes["", name] else { return }
    let names = attachments.objects.values.filter {
      Self.node($0) == name && Self.isAttached($0)
    }.compactMap { attachment in
      Self.volumeName(attachment).flatMap { volumes["", $0] }.flatMap(Self.uniqueName)
    }.sorted { ($0.string ?? "") < ($1.string ?? "") }
    let attached = names.map { name -> Value in ["devicePath": "", "name": name] }
    guard attached != node[path: "status", "volumesAttached"]?.array ?? [] else { return }
    _ = try client.patch(
      .nodes, name, .merge,
      ["status": ["volumesAttached": attached.isEmpty ? .null : .array(attached)]],
      subresource: "status")
  }

  // MARK: what Pods are told

  private func tellOutcome(
    _ attachment: Value, _ volume: Value, _ driver: String, _ pods: [PodRecord]
  ) -> Span? {
    let error = attachment[path: "status", "attachError", "message"]?.string
    let outcome: String
    if Self.isAttached(attachment) {
      outcome = "attached"
    } else if let error {
      outcome = error
    } else {
      let left = attachment.creationMoment + Self.attachTimeout - context.timeline.now
      guard left <= .zero else { return left }
      let handle = volume[path: "spec", "csi", "volumeHandle"]?.string ?? ""
      outcome =
        "timed out waiting for external-attacher of \(driver) CSI driver to attach volume \(handle)"
    }
    guard outcomes[attachment.name] != outcome else { return nil }
    outcomes[attachment.name] = outcome
    for pod in pods {
      if outcome == "attached" {
        events.record(
          .normal, pod.value, reason: "SuccessfulAttachVolume",
          message: "AttachVolume.Attach succeeded for volume \(volume.name.goQuoted) ")
      } else {
        events.record(
          .warning, pod.value, reason: "FailedAttachVolume",
          message: "AttachVolume.Attach failed for volume \(volume.name.goQuoted) : \(outcome)")
      }
    }
    return nil
  }

  // reportMultiAttachError: who has it, as far as the Pod may know.
  private func tellMultiAttach(_ volume: Value, _ pods: [PodRecord], _ taken: [Value]) {
    let holders = Set(taken.map(Self.node))
    let others = users(of: volume).filter { holders.contains($0.nodeName) }
    for pod in pods where told.insert("\(pod.uid)/\(volume.name)").inserted {
      let near = others.filter { $0.namespace == pod.namespace }.map(\.name)
      let far = others.count - near.count
      let why: String
      if others.isEmpty {
        why = "Volume is already exclusively attached to one node and can't be attached to another"
      } else if near.isEmpty {
        why = "Volume is already used by \(far) pod(s) in different namespaces"
      } else {
        why =
          "Volume is already used by pod(s) \(near.joined(separator: ", "))"
          + (far > 0 ? " and \(far) pod(s) in different namespaces" : "")
      }
      events.record(
        .warning, pod.value, reason: "FailedAttachVolume",
        message: "Multi-Attach error for volume \(volume.name.goQuoted) \(why)")
    }
  }
}

extension Value {
  fileprivate var creationMoment: Moment {
    self[path: "metadata", "creationTimestamp"]?.string.flatMap { Moment(rfc3339: $0) }
      ?? Moment(seconds: 0)
  }
}
