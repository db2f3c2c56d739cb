import Documents

/// Describes StorageClasses.
struct StorageClassDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let notes = object[path: "metadata", "annotations"]?.strings ?? [:]
    let isDefault =
      notes["storageclass.kubernetes.io/is-default-class"] == "true"
      || notes["storageclass.beta.kubernetes.io/is-default-class"] == "true"
    out.field("Name", DescribeText.name(object))
    out.field("IsDefaultClass", isDefault ? "Yes" : "No")
    out.field("Annotations", DescribeText.labels(object[path: "metadata", "annotations"]))
    out.field("Provisioner", object["provisioner"]?.string ?? "")
    out.field("Parameters", DescribeText.labels(object["parameters"]))
    out.field(
      "AllowVolumeExpansion",
      object["allowVolumeExpansion"]?.bool.map(DescribeText.capitalized) ?? "<unset>")
    let options = (object["mountOptions"]?.array ?? []).compactMap(\.string)
    if options.isEmpty {
      out.field("MountOptions", "<none>")
    } else {
      out.line(0, "MountOptions:")
      for option in options { out.line(1, option) }
    }
    if let policy = object["reclaimPolicy"]?.string { out.field("ReclaimPolicy", policy) }
    if let mode = object["volumeBindingMode"]?.string { out.field("VolumeBindingMode", mode) }
    if let topologies = object["allowedTopologies"]?.array {
      out.field("AllowedTopologies", topologies.isEmpty ? "<none>" : "")
      for (index, term) in topologies.enumerated() {
        out.write(1, "Term \(index):\t")
        let expressions = term["matchLabelExpressions"]?.array ?? []
        if expressions.isEmpty { out.line(0, "<none>") }
        for (position, item) in expressions.enumerated() {
          if position > 0 { out.write(1, "\t") }
          let values = (item["values"]?.array ?? []).compactMap(\.string)
          out.line(0, "\(item["key"]?.string ?? "") in [\(values.joined(separator: ", "))]")
        }
      }
    }
    await context.events(of: object, out)
  }
}

/// Describes VolumeAttributesClasses, which this kubectl knows in their beta version alone.
struct VolumeAttributesClassDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    var known = context.resource
    known.version = "v1beta1"
    let beta = try await context.get(known, name: DescribeText.name(object))
    out.field("Name", DescribeText.name(beta))
    out.field("Annotations", DescribeText.labels(beta[path: "metadata", "annotations"]))
    out.field("DriverName", beta["driverName"]?.string ?? "")
    out.field("Parameters", DescribeText.labels(beta["parameters"]))
    await context.events(of: object, out)
  }
}

/// Describes PersistentVolumes.
struct PersistentVolumeDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    DescribeText.head(object, out, namespaced: false)
    out.field("Finalizers", Self.finalizers(object))
    out.field("StorageClass", DescribeText.storageClass(object))
    let isGoing = object[path: "metadata", "deletionTimestamp"]
    out.field(
      "Status",
      isGoing.map { "Terminating (lasts \(context.age($0)))" }
        ?? object[path: "status", "phase"]?.string ?? "")
    let claim = spec["claimRef"]
    out.field(
      "Claim",
      claim.map { "\($0["namespace"]?.string ?? "")/\($0["name"]?.string ?? "")" } ?? "")
    out.field("Reclaim Policy", spec["persistentVolumeReclaimPolicy"]?.string ?? "")
    out.field("Access Modes", DescribeText.accessModes(spec["accessModes"]))
    if let mode = spec["volumeMode"]?.string { out.field("VolumeMode", mode) }
    out.field("Capacity", DescribeText.text(spec[path: "capacity", "storage"]))
    affinity(spec["nodeAffinity"], out)
    out.field("Message", object[path: "status", "message"]?.string ?? "")
    out.line(0, "Source:")
    VolumeDescription(out: out, isPersistent: true).source(spec)
    await context.events(of: object, out)
  }

  static func finalizers(_ object: Value) -> String {
    Go.list((object[path: "metadata", "finalizers"]?.array ?? []).compactMap(\.string))
  }

  private func affinity(_ affinity: Value?, _ out: DescribeWriter) {
    out.write(0, "Node Affinity:\t")
    guard let affinity, let required = affinity["required"], required.object != nil else {
      return out.line(0, "<none>")
    }
    out.line(0, "")
    let terms = required["nodeSelectorTerms"]?.array ?? []
    out.write(1, "Required Terms:\t")
    if terms.isEmpty { return out.line(1, "<none>") }
    out.line(0, "")
    for (index, term) in terms.enumerated() {
      out.write(2, "Term \(index):\t")
      let expressions = term["matchExpressions"]?.array ?? []
      if expressions.isEmpty { out.line(0, "<none>") }
      for (position, item) in expressions.enumerated() {
        if position > 0 { out.write(2, "\t") }
        let values = (item["values"]?.array ?? []).compactMap(\.string)
        let operation = (item["operator"]?.string ?? "").lowercased()
        let tail = values.isEmpty ? "" : " [\(values.joined(separator: ", "))]"
        out.line(0, "\(item["key"]?.string ?? "") \(operation)\(tail)")
      }
    }
  }
}

/// Describes PersistentVolumeClaims.
struct PersistentVolumeClaimDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    let status = object["status"] ?? .emptyObject
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    out.field("StorageClass", DescribeText.storageClass(object))
    let isGoing = object[path: "metadata", "deletionTimestamp"]
    out.field(
      "Status",
      isGoing.map { "Terminating (lasts \(context.age($0)))" } ?? status["phase"]?.string ?? "")
    let volume = spec["volumeName"]?.string ?? ""
    out.field("Volume", volume)
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    out.field("Finalizers", PersistentVolumeDescriber.finalizers(object))
    let isBound = !volume.isEmpty
    out.field(
      "Capacity", isBound ? DescribeText.text(status[path: "capacity", "storage"]) : "")
    out.field("Access Modes", isBound ? DescribeText.accessModes(status["accessModes"]) : "")
    if let mode = spec["volumeMode"]?.string { out.field("VolumeMode", mode) }
    if let source = spec["dataSource"], source.object != nil {
      out.line(0, "DataSource:")
      if let group = source["apiGroup"]?.string { out.field(1, "APIGroup", group) }
      out.field(1, "Kind", source["kind"]?.string ?? "")
      out.field(1, "Name", source["name"]?.string ?? "")
    }
    await users(of: object, out, context)
    if let conditions = status["conditions"]?.array, !conditions.isEmpty {
      out.write(
        0, "Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n")
      out.line(1, "----\t------\t-----------------\t------------------\t------\t-------")
      for item in conditions {
        out.line(
          1,
          "\(item["type"]?.string ?? "") \t\(item["status"]?.string ?? "") \t"
            + "\(DescribeText.time(item["lastProbeTime"])) \t"
            + "\(DescribeText.time(item["lastTransitionTime"])) \t"
            + "\(item["reason"]?.string ?? "") \t\(item["message"]?.string ?? "")")
      }
    }
    await context.events(of: object, out)
  }

  private func users(
    of object: Value, _ out: DescribeWriter, _ context: DescribeContext
  ) async {
    let name = DescribeText.name(object)
    let pods = await context.list(.pods, namespace: DescribeText.namespace(object)).filter { pod in
      (pod[path: "spec", "volumes"]?.array ?? []).contains {
        $0[path: "persistentVolumeClaim", "claimName"]?.string == name
          || ($0["ephemeral"] != nil
            && "\(DescribeText.name(pod))-\($0["name"]?.string ?? "")" == name)
      }
    }
    out.write(0, "Used By:\t")
    if pods.isEmpty { return out.line(0, "<none>") }
    for (index, pod) in pods.enumerated() {
      if index > 0 { out.write(0, "\t") }
      out.line(0, DescribeText.name(pod))
    }
  }
}
