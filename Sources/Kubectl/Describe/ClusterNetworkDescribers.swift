import Documents

/// Describes ServiceCIDRs.
struct ServiceCIDRDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out, namespaced: false)
    let ranges = (object[path: "spec", "cidrs"]?.array ?? []).compactMap(\.string)
    out.field("CIDRs", ranges.joined(separator: ", "))
    let conditions = object[path: "status", "conditions"]?.array ?? []
    if !conditions.isEmpty {
      out.line(0, "Status:")
      out.write(0, "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n")
      out.line(1, "----\t------\t------------------\t------\t-------")
      for item in conditions {
        func text(_ name: String) -> String { item[name]?.string ?? "" }
        out.line(
          1,
          "\(text("type"))\t\(text("status"))\t"
            + "\(DescribeText.time(item["lastTransitionTime"]))\t\(text("reason"))\t"
            + text("message"))
      }
    }
    await context.events(of: object, out)
  }
}

/// Describes IPAddresses.
struct IPAddressDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out, namespaced: false)
    out.line(0, "Parent Reference:")
    let parent = object[path: "spec", "parentRef"]
    for (title, member) in [
      ("Group", "group"), ("Resource", "resource"), ("Namespace", "namespace"), ("Name", "name"),
    ] { out.field(1, title, parent?[member]?.string ?? "") }
    await context.events(of: object, out)
  }
}

/// Describes CSINodes.
struct CSINodeDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out, namespaced: false)
    out.field("CreationTimestamp", DescribeText.time(object[path: "metadata", "creationTimestamp"]))
    out.line(0, "Spec:")
    out.line(1, "Drivers:")
    for driver in object[path: "spec", "drivers"]?.array ?? [] {
      out.line(2, "\(driver["name"]?.string ?? ""):")
      out.field(3, "Node ID", driver["nodeID"]?.string ?? "")
      if let count = driver[path: "allocatable", "count"]?.int {
        out.line(3, "Allocatables:")
        out.field(4, "Count", "\(count)")
      }
      let keys = (driver["topologyKeys"]?.array ?? []).compactMap(\.string)
      if !keys.isEmpty { out.field(3, "Topology Keys", Go.list(keys)) }
    }
    await context.events(of: object, out)
  }
}
