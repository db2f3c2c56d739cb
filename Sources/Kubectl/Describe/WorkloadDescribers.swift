import Documents
import KubeObjects

/// Describes Deployments.
struct DeploymentDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let status = object["status"] ?? .emptyObject
    func count(_ name: String) -> Int64 { status[name]?.int ?? 0 }
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    out.field("CreationTimestamp", DescribeText.time(object[path: "metadata", "creationTimestamp"]))
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    out.field("Selector", DescribeText.selector(spec["selector"]))
    out.field(
      "Replicas",
      "\(spec["replicas"]?.int ?? 0) desired | \(count("updatedReplicas")) updated | "
        + "\(count("replicas")) total | \(count("availableReplicas")) available | "
        + "\(count("unavailableReplicas")) unavailable")
    out.field("StrategyType", spec[path: "strategy", "type"]?.string ?? "")
    out.field("MinReadySeconds", "\(spec["minReadySeconds"]?.int ?? 0)")
    if let rolling = spec[path: "strategy", "rollingUpdate"], rolling.object != nil {
      out.field(
        "RollingUpdateStrategy",
        "\(DescribeText.text(rolling["maxUnavailable"])) max unavailable, "
          + "\(DescribeText.text(rolling["maxSurge"])) max surge")
    }
    PodTemplateDescription.write(spec["template"], out)
    if let conditions = status["conditions"]?.array, !conditions.isEmpty {
      out.write(0, "Conditions:\n  Type\tStatus\tReason\n")
      out.line(1, "----\t------\t------")
      for item in conditions {
        out.line(
          1,
          "\(item["type"]?.string ?? "") \t\(item["status"]?.string ?? "")\t"
            + (item["reason"]?.string ?? ""))
      }
    }
    let (old, new) = await replicaSets(of: object, context)
    if !old.isEmpty || new != nil {
      out.field("OldReplicaSets", Self.listed(old))
      out.field("NewReplicaSet", new.map { Self.listed([$0]) } ?? "<none>")
    }
    await context.events(of: object, out)
  }

  private static func listed(_ sets: [Value]) -> String {
    let parts = sets.map { set in
      "\(DescribeText.name(set)) (\(set[path: "status", "replicas"]?.int ?? 0)/"
        + "\(set[path: "spec", "replicas"]?.int ?? 0) replicas created)"
    }
    return parts.isEmpty ? "<none>" : parts.joined(separator: ", ")
  }

  /// The deployment's sets that are not of its present template, and the one that is.
  private func replicaSets(of object: Value, _ context: DescribeContext) async -> (
    old: [Value], new: Value?
  ) {
    let selector = DescribeText.selector(object[path: "spec", "selector"])
    let all = await context.list(
      .replicaSets, namespace: DescribeText.namespace(object), labels: selector)
    let uid = object[path: "metadata", "uid"]
    let owned = all.filter { set in
      (set[path: "metadata", "ownerReferences"]?.array ?? []).contains {
        $0["uid"] == uid && $0["controller"]?.bool == true
      }
    }
    let new = PodTemplates.newest(of: owned, matching: object[path: "spec", "template"])
    let old = owned.filter { set in
      DescribeText.name(set) != new.map(DescribeText.name)
    }.sorted {
      ($0[path: "metadata", "creationTimestamp"]?.string ?? "", DescribeText.name($0))
        < ($1[path: "metadata", "creationTimestamp"]?.string ?? "", DescribeText.name($1))
    }
    return (old, new)
  }
}

/// Pod templates compared as the deployment controller compares them.
enum PodTemplates {
  static let hash = "pod-template-hash"

  static func isEqual(_ a: Value?, _ b: Value?) -> Bool { plain(a) == plain(b) }

  private static func plain(_ template: Value?) -> Value? {
    guard var template, template[path: "metadata", "labels", hash] != nil else { return template }
    template[path: "metadata", "labels", hash] = nil
    return template
  }

  /// The oldest set whose template is the deployment's.
  static func newest(of sets: [Value], matching template: Value?) -> Value? {
    sets.filter { isEqual($0[path: "spec", "template"], template) }.min {
      ($0[path: "metadata", "creationTimestamp"]?.string ?? "", DescribeText.name($0))
        < ($1[path: "metadata", "creationTimestamp"]?.string ?? "", DescribeText.name($1))
    }
  }
}

/// Counts the Pods of a workload by what they are doing.
struct PodTally {
  private(set) var running = 0
  private(set) var waiting = 0
  private(set) var succeeded = 0
  private(set) var failed = 0

  init(of object: Value, selector: String, _ context: DescribeContext) async {
    let pods = await context.list(
      .pods, namespace: DescribeText.namespace(object), labels: selector)
    let uid = object[path: "metadata", "uid"]
    for pod in pods {
      let owner = (pod[path: "metadata", "ownerReferences"]?.array ?? []).first {
        $0["controller"]?.bool == true
      }
      guard owner?["uid"] == uid else { continue }
      switch pod[path: "status", "phase"]?.string {
      case "Running": running += 1
      case "Pending": waiting += 1
      case "Succeeded": succeeded += 1
      case "Failed": failed += 1
      default: break
      }
    }
  }

  var text: String {
    "\(running) Running / \(waiting) Waiting / \(succeeded) Succeeded / \(failed) Failed"
  }
}

/// Describes ReplicaSets and ReplicationControllers.
struct ReplicaSetDescriber: Describer {
  let isController: Bool

  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let selector =
      isController
      ? DescribeText.labels(spec["selector"]) : DescribeText.selector(spec["selector"])
    let tally = await PodTally(of: object, selector: selector, context)
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    out.field("Selector", selector)
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    if let owner = DescribeText.controller(object) { out.field("Controlled By", owner) }
    out.field(
      "Replicas",
      "\(object[path: "status", "replicas"]?.int ?? 0) current / "
        + "\(spec["replicas"]?.int ?? 0) desired")
    out.field("Pods Status", tally.text)
    PodTemplateDescription.write(spec["template"], out)
    if let conditions = object[path: "status", "conditions"]?.array, !conditions.isEmpty {
      out.write(0, "Conditions:\n  Type\tStatus\tReason\n")
      out.line(1, "----\t------\t------")
      for item in conditions {
        out.line(
          1,
          "\(item["type"]?.string ?? "") \t\(item["status"]?.string ?? "")\t"
            + (item["reason"]?.string ?? ""))
      }
    }
    await context.events(of: object, out)
  }
}

/// Describes StatefulSets.
struct StatefulSetDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let selector = DescribeText.selector(spec["selector"])
    let tally = await PodTally(of: object, selector: selector, context)
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    out.field("CreationTimestamp", DescribeText.time(object[path: "metadata", "creationTimestamp"]))
    out.field("Selector", selector)
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    out.field(
      "Replicas",
      "\(spec["replicas"]?.int ?? 0) desired | \(object[path: "status", "replicas"]?.int ?? 0) "
        + "total"
    )
    out.field("Update Strategy", spec[path: "updateStrategy", "type"]?.string ?? "")
    if let rolling = spec[path: "updateStrategy", "rollingUpdate"], rolling.object != nil {
      if let partition = rolling["partition"]?.int {
        out.field(1, "Partition", "\(partition)")
        if let most = rolling["maxUnavailable"] {
          out.field(1, "MaxUnavailable", DescribeText.text(most))
        }
      }
    }
    out.field("Pods Status", tally.text)
    PodTemplateDescription.write(spec["template"], out)
    claims(spec["volumeClaimTemplates"], out)
    await context.events(of: object, out)
  }

  private func claims(_ templates: Value?, _ out: DescribeWriter) {
    let list = templates?.array ?? []
    if list.isEmpty { return out.field("Volume Claims", "<none>") }
    out.line(0, "Volume Claims:")
    for claim in list {
      out.field(1, "Name", DescribeText.name(claim))
      out.field(1, "StorageClass", claim[path: "spec", "storageClassName"]?.string ?? "")
      out.labels("  Labels", claim[path: "metadata", "labels"])
      out.labels("  Annotations", claim[path: "metadata", "annotations"])
      let amount = claim[path: "spec", "resources", "requests", "storage"]
      out.field(1, "Capacity", amount.map(DescribeText.text) ?? "<default>")
      out.field(
        1, "Access Modes",
        Go.list((claim[path: "spec", "accessModes"]?.array ?? []).compactMap(\.string)))
    }
  }
}

/// Describes DaemonSets.
struct DaemonSetDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let selector = DescribeText.selector(spec["selector"])
    let tally = await PodTally(of: object, selector: selector, context)
    func count(_ name: String) -> Int64 { object[path: "status", name]?.int ?? 0 }
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    out.field("Selector", selector)
    out.field(
      "Node-Selector", DescribeText.labels(spec[path: "template", "spec", "nodeSelector"]))
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    out.line(0, "Desired Number of Nodes Scheduled: \(count("desiredNumberScheduled"))")
    out.line(0, "Current Number of Nodes Scheduled: \(count("currentNumberScheduled"))")
    out.line(
      0, "Number of Nodes Scheduled with Up-to-date Pods: \(count("updatedNumberScheduled"))")
    out.line(0, "Number of Nodes Scheduled with Available Pods: \(count("numberAvailable"))")
    out.line(0, "Number of Nodes Misscheduled: \(count("numberMisscheduled"))")
    out.field("Pods Status", tally.text)
    PodTemplateDescription.write(spec["template"], out)
    await context.events(of: object, out)
  }
}
