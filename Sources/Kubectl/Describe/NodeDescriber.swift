import Documents
import KubeObjects
import Simulation

/// Describes Nodes: their state, room and Pods.
struct NodeDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let status = object["status"] ?? .emptyObject
    let name = DescribeText.name(object)
    out.field("Name", name)
    let prefix = "node-role.kubernetes.io/"
    let labels = object[path: "metadata", "labels"]?.object ?? [:]
    var roles = labels.keys.filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }
    if let role = labels["kubernetes.io/role"]?.string, !role.isEmpty { roles.append(role) }
    out.field("Roles", roles.isEmpty ? "<none>" : Set(roles).sorted().joined(separator: ","))
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    out.field("CreationTimestamp", DescribeText.time(object[path: "metadata", "creationTimestamp"]))
    taints(spec["taints"], out)
    out.field("Unschedulable", "\(spec["unschedulable"]?.bool ?? false)")
    await lease(name, out, context)
    conditions(status["conditions"], out)
    out.line(0, "Addresses:")
    for item in status["addresses"]?.array ?? [] {
      out.field(1, item["type"]?.string ?? "", item["address"]?.string ?? "")
    }
    amounts("Capacity", status["capacity"], out)
    amounts("Allocatable", status["allocatable"], out)
    system(status["nodeInfo"] ?? .emptyObject, out)
    if let range = spec["podCIDR"]?.string, !range.isEmpty { out.field("PodCIDR", range) }
    if let ranges = spec["podCIDRs"]?.array, !ranges.isEmpty {
      out.field("PodCIDRs", ranges.compactMap(\.string).joined(separator: ","))
    }
    if let provider = spec["providerID"]?.string, !provider.isEmpty {
      out.field("ProviderID", provider)
    }
    let pods = await context.list(
      .pods,
      fields: "spec.nodeName=\(name),status.phase!=Failed,status.phase!=Succeeded")
    NodeRoom(node: object, pods: pods, now: context.now).write(out)
    await context.events(of: object, out)
  }

  private func taints(_ value: Value?, _ out: DescribeWriter) {
    let taints = (value?.array ?? []).map { taint -> (order: String, text: String) in
      let key = taint["key"]?.string ?? ""
      let value = taint["value"]?.string ?? ""
      let effect = taint["effect"]?.string ?? ""
      return ("\(effect),\(key)", (value.isEmpty ? key : "\(key)=\(value)") + ":" + effect)
    }.sorted { $0.order < $1.order }.map(\.text)
    out.write(0, "Taints:\t")
    if taints.isEmpty { return out.line(0, "<none>") }
    for (index, taint) in taints.enumerated() {
      if index > 0 { out.write(0, "\t") }
      out.line(0, taint)
    }
  }

  private func lease(_ name: String, _ out: DescribeWriter, _ context: DescribeContext) async {
    let lease: Value
    do {
      lease = try await context.get(.leases, namespace: "kube-node-lease", name: name)
    } catch {
      return out.line(0, "Lease:\tFailed to get lease: \(CommandError.message(error))")
    }
    out.line(0, "Lease:")
    out.field(1, "HolderIdentity", lease[path: "spec", "holderIdentity"]?.string ?? "<unset>")
    out.field(1, "AcquireTime", DescribeText.time(lease[path: "spec", "acquireTime"]))
    out.field(1, "RenewTime", DescribeText.time(lease[path: "spec", "renewTime"]))
  }

  private func conditions(_ value: Value?, _ out: DescribeWriter) {
    guard let conditions = value?.array, !conditions.isEmpty else { return }
    out.write(
      0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n")
    out.line(1, "----\t------\t-----------------\t------------------\t------\t-------")
    for item in conditions {
      out.line(
        1,
        "\(item["type"]?.string ?? "") \t\(item["status"]?.string ?? "") \t"
          + "\(DescribeText.time(item["lastHeartbeatTime"])) \t"
          + "\(DescribeText.time(item["lastTransitionTime"])) \t"
          + "\(item["reason"]?.string ?? "") \t\(item["message"]?.string ?? "")")
    }
  }

  private func amounts(_ title: String, _ value: Value?, _ out: DescribeWriter) {
    guard let amounts = value?.object, !amounts.isEmpty else { return }
    out.line(0, "\(title):")
    for (name, amount) in amounts { out.field(1, name, DescribeText.text(amount)) }
  }

  private func system(_ info: Value, _ out: DescribeWriter) {
    out.line(0, "System Info:")
    for (label, member) in [
      ("Machine ID", "machineID"), ("System UUID", "systemUUID"), ("Boot ID", "bootID"),
      ("Kernel Version", "kernelVersion"), ("OS Image", "osImage"),
      ("Operating System", "operatingSystem"), ("Architecture", "architecture"),
      ("Container Runtime Version", "containerRuntimeVersion"),
      ("Kubelet Version", "kubeletVersion"), ("Kube-Proxy Version", "kubeProxyVersion"),
    ] {
      out.field(1, label, info[member]?.string ?? "")
    }
  }
}

/// How much of a node its Pods have asked for.
struct NodeRoom {
  let node: Value
  let pods: [Value]
  let now: Moment

  private func allocatable(_ name: String) -> Quantity {
    let value =
      node[path: "status", "allocatable"]?[name] ?? node[path: "status", "capacity"]?[name]
    return value.flatMap { try? Quantity(parsing: $0) } ?? .zero
  }

  /// As kubectl prints it: the amount, and its share in percent.
  private func share(_ amount: Quantity, _ name: String) -> String {
    let room = allocatable(name)
    let percent: Int64
    if name == "cpu" {
      percent =
        room.milliValue == 0 ? 0 : Int64(Double(amount.milliValue) / Double(room.milliValue) * 100)
    } else {
      percent = room.value == 0 ? 0 : Int64(Double(amount.value) / Double(room.value) * 100)
    }
    return "\(amount.description) (\(percent)%)"
  }

  func write(_ out: DescribeWriter) {
    out.write(0, "Non-terminated Pods:\t(\(pods.count) in total)\n")
    out.line(
      1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
    out.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---")
    var requests: [String: Quantity] = [:]
    var limits: [String: Quantity] = [:]
    for pod in pods {
      let wanted = PodAmounts.total(pod, "requests")
      let most = PodAmounts.total(pod, "limits")
      requests.merge(wanted) { $0 + $1 }
      limits.merge(most) { $0 + $1 }
      let cells = ["cpu", "memory"].flatMap { name in
        [share(wanted[name] ?? .zero, name), share(most[name] ?? .zero, name)]
      }
      let age = ClockText.age(of: pod[path: "metadata", "creationTimestamp"]?.string, now: now)
      out.line(
        1,
        "\(DescribeText.namespace(pod))\t\(DescribeText.name(pod))\t\t"
          + "\(cells.joined(separator: "\t"))\t\(age)")
    }
    out.write(
      0,
      "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n"
        + "  Resource\tRequests\tLimits\n")
    out.line(1, "--------\t--------\t------")
    for name in ["cpu", "memory", "ephemeral-storage"] {
      out.line(
        1,
        "\(name)\t\(share(requests[name] ?? .zero, name))\t\(share(limits[name] ?? .zero, name))")
    }
    let capacity = node[path: "status", "allocatable"]?.object ?? [:]
    for name in capacity.keys where name.hasPrefix("hugepages-") {
      out.line(
        1,
        "\(name)\t\(share(requests[name] ?? .zero, name))\t\(share(limits[name] ?? .zero, name))")
    }
    for name in capacity.keys
    where !["cpu", "memory", "ephemeral-storage", "pods"].contains(name)
      && !name.hasPrefix("hugepages-")
    {
      out.line(1, "\(name)\t\(requests[name] ?? .zero)\t\(limits[name] ?? .zero)")
    }
  }
}

/// What a Pod asks for in all: its containers together, or the largest of what starts before them.
enum PodAmounts {
  static func total(_ pod: Value, _ member: String) -> [String: Quantity] {
    let spec = pod["spec"] ?? .emptyObject
    var sum: [String: Quantity] = [:]
    for container in spec["containers"]?.array ?? [] { add(amounts(container, member), to: &sum) }
    var sidecars: [String: Quantity] = [:]
    var peak: [String: Quantity] = [:]
    for container in spec["initContainers"]?.array ?? [] {
      let own = amounts(container, member)
      if container["restartPolicy"]?.string == "Always" {
        add(own, to: &sum)
        add(own, to: &sidecars)
        peak.merge(sidecars) { max($0, $1) }
      } else {
        peak.merge(own.merging(sidecars) { $0 + $1 }) { max($0, $1) }
      }
    }
    sum.merge(peak) { max($0, $1) }
    if let whole = spec[path: "resources"] {
      for (name, amount) in amounts(["resources": whole], member) { sum[name] = amount }
    }
    if let overhead = spec["overhead"]?.object {
      for (name, amount) in overhead where member == "requests" || sum[name] != nil {
        if let quantity = try? Quantity(parsing: amount) {
          sum[name] = (sum[name] ?? .zero) + quantity
        }
      }
    }
    return sum
  }

  private static func add(_ more: [String: Quantity], to sum: inout [String: Quantity]) {
    sum.merge(more) { $0 + $1 }
  }

  private static func amounts(_ container: Value, _ member: String) -> [String: Quantity] {
    var found: [String: Quantity] = [:]
    for (name, amount) in container[path: "resources", member]?.object ?? [:] {
      if let quantity = try? Quantity(parsing: amount) { found[name] = quantity }
    }
    return found
  }
}
