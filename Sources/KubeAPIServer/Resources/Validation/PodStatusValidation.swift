import Documents
import KubeObjects

/// What may be written into a Pod's status.
enum PodStatusValidation {
  static func validate(_ pod: Value, old: Value) -> [FieldError] {
    let (status, before) = (pod["status"] ?? [:], old["status"] ?? [:])
    let path = FieldPath("status")
    var errors: [FieldError] = []
    for (index, condition) in status.items("conditions").enumerated() {
      let type = condition.text("type")
      if ["PodScheduled", "Ready", "Initialized"].contains(type) { continue }
      // Upstream's path speaks of metadata here.
      errors += Checks.name(
        .qualifiedName, type, FieldPath("metadata", "conditions").index(index).child("Type"))
    }
    let nominated = status.text("nominatedNodeName")
    if !nominated.isEmpty, nominated != before.text("nominatedNodeName") {
      errors += Checks.name(.dns1123Subdomain, nominated, path.child("nominatedNodeName"))
    }
    errors += Checks.unchanged(
      status["qosClass"], before["qosClass"], path.child("qosClass"))
    let spec = old["spec"] ?? [:]
    // Where all may start anew, so may each (AllContainersCouldRestart).
    let policy = ContainerRestart.mayConcernAll(spec) ? "Always" : spec.text("restartPolicy")
    errors += transitions(
      status, before, "containerStatuses", policy, spec.items("containers"))
    errors += transitions(
      status, before, "initContainerStatuses", policy, spec.items("initContainers"))
    errors += transitions(status, before, "ephemeralContainerStatuses", "Never", [])
    return errors + claims(status, spec, path) + addresses(status, before, path)
  }

  /// Claims for devices are told of by the names that the spec has for them.
  private static func claims(_ status: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
    if status.items("resourceClaimStatuses").isEmpty { return [] }
    let known = Set(spec.items("resourceClaims").map { $0.text("name") })
    var seen: Set<String> = []
    return status.items("resourceClaimStatuses").enumerated().flatMap {
      index, claim -> [FieldError] in
      let here = path.child("resourceClaimStatuses").index(index)
      let name = claim.text("name")
      if !known.contains(name) {
        return [
          .invalid(
            here.child("name"), .string(name),
            "must match the name of an entry in `spec.resourceClaims`")
        ]
      }
      let errors =
        claim["resourceClaimName"]?.string.map {
          Checks.name(.dns1123Subdomain, $0, here.child("resourceClaimName"))
        } ?? []
      return seen.insert(name).inserted
        ? errors : errors + [.duplicate(here.child("name"), .string(name))]
    }
  }

  /// A container that is not to run again stays terminated.
  private static func transitions(
    _ status: Value, _ before: Value, _ list: String, _ policy: String,
    _ containers: [Value]
  ) -> [FieldError] {
    if policy == "Always" { return [] }
    var errors: [FieldError] = []
    for (index, old) in before.items(list).enumerated() {
      let name = old.text("name")
      let container = containers.first { $0.text("name") == name } ?? [:]
      guard let ended = old["state"]?["terminated"], !ended.isNull,
        !ContainerRestart.isWanted(
          container, policy: policy, exitCode: ended.number("exitCode"))
      else { continue }
      for new in status.items(list)
      where new.text("name") == name && new["state"]?.has("terminated") != true {
        errors.append(
          .forbidden(
            FieldPath("status", list).index(index).child("state"),
            "may not be transitioned to non-terminated state"))
      }
    }
    return errors
  }

  private static func addresses(
    _ status: Value, _ before: Value, _ path: FieldPath
  ) -> [FieldError] {
    var errors: [FieldError] = []
    if let first = status.items("hostIPs").first?.text("ip"), first != status.text("hostIP") {
      errors.append(
        .invalid(
          path.child("hostIPs").index(0).child("ip"), .string(first),
          "must be equal to `hostIP`"))
    }
    for list in ["podIPs", "hostIPs"] {
      let known = Set(before.items(list).map { $0.text("ip") })
      let all = status.items(list).map { $0.text("ip") }
      for (index, address) in all.enumerated() where !known.contains(address) {
        errors += Checks.ipAddress(address, path.child(list).index(index))
      }
      guard all.count > 1 else { continue }
      func printed(_ address: String) -> String { "{\"IP\":\(address.goQuoted)}" }
      var repeated: [FieldError] = []
      for (index, address) in all.enumerated() where all[..<index].contains(address) {
        repeated.append(.duplicate(path.child(list).index(index), printed: printed(address)))
      }
      let families = Set(all.compactMap { IPAddress($0)?.isVersion6 })
      var tooMany: [FieldError] = []
      if families.count < 2 || all.count > 2 {
        let shown = all.map(printed).joined(separator: ",")
        tooMany.append(
          .invalid(
            path.child(list), printed: "[\(shown)]",
            "may specify no more than one IP for each IP family"))
      }
      // Upstream looks for repeats last of a Pod's, first of a host's.
      errors += list == "podIPs" ? tooMany + repeated : repeated + tooMany
    }
    return errors
  }
}
