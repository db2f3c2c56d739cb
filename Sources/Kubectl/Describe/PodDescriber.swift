import Documents

/// Describes Pods.
struct PodDescriber: Describer {
  func describe(_ pod: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = pod["spec"] ?? .emptyObject
    let status = pod["status"] ?? .emptyObject
    out.field("Name", DescribeText.name(pod))
    out.field("Namespace", DescribeText.namespace(pod))
    if let priority = spec["priority"]?.int { out.field("Priority", "\(priority)") }
    for (label, member) in [
      ("Priority Class Name", "priorityClassName"), ("Runtime Class Name", "runtimeClassName"),
      ("Service Account", "serviceAccountName"),
    ] {
      if let text = spec[member]?.string, !text.isEmpty { out.field(label, text) }
    }
    let node = spec["nodeName"]?.string ?? ""
    out.field("Node", node.isEmpty ? "<none>" : "\(node)/\(status["hostIP"]?.string ?? "")")
    if status["startTime"] != nil {
      out.field("Start Time", DescribeText.time(status["startTime"]))
    }
    out.labels("Labels", pod[path: "metadata", "labels"])
    out.annotations("Annotations", pod[path: "metadata", "annotations"])
    state(pod, status, out, context)
    addresses(status, out)
    if let owner = DescribeText.controller(pod) { out.field("Controlled By", owner) }
    if let name = status["nominatedNodeName"]?.string, !name.isEmpty {
      out.field("NominatedNodeName", name)
    }
    if let resources = spec["resources"], resources.object != nil {
      out.line(0, "Resources:")
      ContainerDescription.resources(resources, out, level: 1)
    }
    containers(pod, spec, status, out)
    conditions(spec, status, out)
    VolumeDescription(out: out).write(spec["volumes"], indent: "")
    out.field("QoS Class", status["qosClass"]?.string ?? "BestEffort")
    out.labels("Node-Selectors", spec["nodeSelector"])
    out.tolerations("Tolerations", spec["tolerations"])
    PodTemplateDescription.spread(spec["topologySpreadConstraints"], out, indent: "")
    await context.events(of: pod, out)
  }

  private func state(
    _ pod: Value, _ status: Value, _ out: DescribeWriter, _ context: DescribeContext
  ) {
    let phase = status["phase"]?.string ?? ""
    if let deleted = pod[path: "metadata", "deletionTimestamp"], phase != "Failed",
      phase != "Succeeded"
    {
      out.field("Status", "Terminating (lasts \(context.age(deleted)))")
      out.field(
        "Termination Grace Period",
        "\(pod[path: "metadata", "deletionGracePeriodSeconds"]?.int ?? 0)s")
    } else {
      out.field("Status", phase)
    }
    if let reason = status["reason"]?.string, !reason.isEmpty { out.field("Reason", reason) }
    if let message = status["message"]?.string, !message.isEmpty { out.field("Message", message) }
    if let profile = pod[path: "spec", "securityContext", "seccompProfile"] {
      out.field("SeccompProfile", profile["type"]?.string ?? "")
      if profile["type"]?.string == "Localhost" {
        out.field("LocalhostProfile", profile["localhostProfile"]?.string ?? "")
      }
    }
  }

  private func addresses(_ status: Value, _ out: DescribeWriter) {
    out.field("IP", status["podIP"]?.string ?? "")
    let list = status["podIPs"]?.array ?? []
    if list.isEmpty { return out.field("IPs", "<none>") }
    out.line(0, "IPs:")
    for item in list { out.field(1, "IP", item["ip"]?.string ?? "") }
  }

  private func containers(_ pod: Value, _ spec: Value, _ status: Value, _ out: DescribeWriter) {
    let description = ContainerDescription(out: out, indent: "", pod: pod)
    if !(spec["initContainers"]?.array ?? []).isEmpty {
      description.write(
        "Init Containers", spec["initContainers"], statuses: status["initContainerStatuses"])
    }
    description.write("Containers", spec["containers"], statuses: status["containerStatuses"])
    if !(spec["ephemeralContainers"]?.array ?? []).isEmpty {
      description.write(
        "Ephemeral Containers", spec["ephemeralContainers"],
        statuses: status["ephemeralContainerStatuses"])
    }
  }

  private func conditions(_ spec: Value, _ status: Value, _ out: DescribeWriter) {
    let conditions = status["conditions"]?.array ?? []
    let gates = spec["readinessGates"]?.array ?? []
    if !gates.isEmpty {
      out.write(0, "Readiness Gates:\n  Type\tStatus\n")
      for gate in gates {
        let type = gate["conditionType"]?.string ?? ""
        let found = conditions.first { $0["type"]?.string == type }
        out.line(1, "\(type) \t\(found?["status"]?.string ?? "<none>") ")
      }
    }
    guard !conditions.isEmpty else { return }
    out.write(0, "Conditions:\n  Type\tStatus\n")
    for condition in conditions {
      out.line(
        1, "\(condition["type"]?.string ?? "") \t\(condition["status"]?.string ?? "") ")
    }
  }
}
