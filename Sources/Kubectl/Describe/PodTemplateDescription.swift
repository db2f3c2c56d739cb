import Documents

/// The Pod template of a workload.
enum PodTemplateDescription {
  static func write(_ template: Value?, _ out: DescribeWriter) {
    out.line(0, "Pod Template:")
    guard let template, template.object != nil else { return out.write(1, "<unset>") }
    out.labels("  Labels", template[path: "metadata", "labels"])
    if let notes = template[path: "metadata", "annotations"]?.object, !notes.isEmpty {
      out.annotations("  Annotations", .object(notes))
    }
    let spec = template["spec"] ?? .emptyObject
    if let account = spec["serviceAccountName"]?.string, !account.isEmpty {
      out.field("  Service Account", account)
    }
    let containers = ContainerDescription(out: out, indent: "  ")
    if !(spec["initContainers"]?.array ?? []).isEmpty {
      containers.write("Init Containers", spec["initContainers"], statuses: nil)
    }
    containers.write("Containers", spec["containers"], statuses: nil)
    VolumeDescription(out: out).write(spec["volumes"], indent: "  ")
    spread(spec["topologySpreadConstraints"], out, indent: "  ")
    if let name = spec["priorityClassName"]?.string, !name.isEmpty {
      out.field("  Priority Class Name", name)
    }
    out.labels("  Node-Selectors", spec["nodeSelector"])
    out.tolerations("  Tolerations", spec["tolerations"])
  }

  static func spread(_ constraints: Value?, _ out: DescribeWriter, indent: String) {
    guard let list = constraints?.array, !list.isEmpty else { return }
    let sorted = list.enumerated().sorted {
      let (a, b) = (
        $0.element["topologyKey"]?.string ?? "", $1.element["topologyKey"]?.string ?? ""
      )
      return a == b ? $0.offset < $1.offset : a < b
    }
    out.write(0, "\(indent)Topology Spread Constraints:\t")
    for (index, item) in sorted.map(\.element).enumerated() {
      if index > 0 { out.write(0, "\(indent)\t") }
      var text =
        "\(item["topologyKey"]?.string ?? ""):\(item["whenUnsatisfiable"]?.string ?? "") when max "
        + "skew \(item["maxSkew"]?.int ?? 0) is exceeded"
      if item["labelSelector"]?.object != nil {
        text += " for selector \(DescribeText.selector(item["labelSelector"]))"
      }
      out.line(0, text)
    }
  }
}
