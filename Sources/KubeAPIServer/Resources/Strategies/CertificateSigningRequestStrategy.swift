package import Documents
package import KubeObjects

/// CertificateSigningRequests.
package struct CertificateSigningRequestStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { CertificateSigning.resource }
  package var table: (any TableForm)? { ObjectTable.certificateSigningRequests }

  // Who asks is written by the server, not by the client.
  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = [:]
    for field in ["username", "uid", "groups", "extra"] { object["spec"]?[field] = nil }
    let user = context.user
    object["spec"]?["username"] = .string(user.name)
    if !user.uid.isEmpty { object["spec"]?["uid"] = .string(user.uid) }
    if !user.groups.isEmpty {
      object["spec"]?["groups"] = .array(user.groups.map { .string($0) })
    }
    if !user.extra.isEmpty {
      object["spec"]?["extra"] = .object(
        Mapping(user.extra.map { ($0.key, .array($0.value.map { .string($0) })) }))
    }
  }

  package func prepareForUpdate(
    _ object: inout Value, old: Value, _ context: RequestContext
  ) {
    var kept = old
    kept["metadata"] = object["metadata"]
    switch context.subresource {
    case "status":
      kept["status"] = object["status"]
      keepDecisions(&kept, old)
      setTimes(&kept, old, context)
    case "approval":
      kept["status"]?["conditions"] = object["status"]?["conditions"]
      setTimes(&kept, old, context)
    default: break
    }
    object = kept
  }

  // Approval and denial come by the approval subresource alone: here they stay as they are, and
  // one more or less is refused (preserveConditionInstances).
  private func keepDecisions(_ object: inout Value, _ old: Value) {
    for type in ["Approved", "Denied"] {
      func isOfType(_ condition: Value) -> Bool { condition.text("type") == type }
      var before = (old["status"]?.items("conditions") ?? []).filter(isOfType)[...]
      let count = (object["status"]?.items("conditions") ?? []).filter(isOfType).count
      guard count == before.count else { continue }
      object["status"]?.updateEach("conditions") { condition in
        if isOfType(condition), let first = before.popFirst() { condition = first }
      }
    }
  }

  private func setTimes(_ object: inout Value, _ old: Value, _ context: RequestContext) {
    let now = Value.string(context.now.rfc3339)
    object["status"]?.updateEach("conditions") { condition in
      condition.fill("lastUpdateTime", now)
      let before = old.condition(condition.text("type"))
      let isSame = before?["status"] == condition["status"]
      condition.fill("lastTransitionTime", isSame ? before?["lastTransitionTime"] ?? now : now)
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    // A name is held to no rule but that it is a part of a path.
    ObjectMetadata.validate(object, namespaced: false, .pathSegment)
      + validate(object["spec"] ?? [:])
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    let request = spec.text("request")
    let block = Base64.text(request)
    if !block.contains("-----BEGIN CERTIFICATE REQUEST-----") {
      errors.append(
        .invalid(
          path.child("request"), .string(request), "PEM block type must be CERTIFICATE REQUEST"))
    }
    let usages = spec.texts("usages")
    if usages.isEmpty { errors.append(.required(path.child("usages"))) }
    var seen: Set<String> = []
    for (index, usage) in usages.enumerated() {
      errors += Checks.oneOfAt(path.child("usages").index(index), usage, Self.usages)
    }
    for (index, usage) in usages.enumerated() where !seen.insert(usage).inserted {
      errors.append(.duplicate(path.child("usages").index(index), .string(usage)))
    }
    errors += signer(spec.text("signerName"), path.child("signerName"))
    if let seconds = spec["expirationSeconds"]?.int, seconds < 600 {
      errors.append(
        .invalid(
          path.child("expirationSeconds"), .int(seconds),
          "may not specify a duration less than 600 seconds (10 minutes)"))
    }
    return errors
  }

  private static let usages = [
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign",
    "data encipherment", "decipher only", "digital signature", "email protection",
    "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement",
    "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
    "server auth", "signing", "timestamping",
  ]

  private func signer(_ name: String, _ path: FieldPath) -> [FieldError] {
    if name.isEmpty { return [.required(path)] }
    if name == "kubernetes.io/legacy-unknown" {
      return [
        .invalid(
          path, .string(name), "the legacy signerName is not allowed via this API version")
      ]
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      return [
        .invalid(
          path, .string(name),
          "must be a fully qualified domain and path of the form 'example.com/signer-name'")
      ]
    }
    let (domain, name) = (String(parts[0]), String(parts[1]))
    var errors = labels(of: domain, .dns1123Label, path)
    if !domain.contains(".") {
      errors.append(
        .invalid(
          path, .string(domain), "should be a domain with at least two segments separated by dots"))
    }
    return errors + labels(of: name, .dns1123Subdomain, path)
  }

  /// The first label that is wrong; upstream tells no more of them.
  private func labels(of part: String, _ rule: NameRule, _ path: FieldPath) -> [FieldError] {
    for label in part.split(separator: ".", omittingEmptySubsequences: false).map(String.init) {
      let problems = rule.problems(label)
      guard problems.isEmpty else {
        return problems.map {
          .invalid(path, .string(part), "validating label \(label.goQuoted): \($0)")
        }
      }
    }
    return []
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    let path = FieldPath("status", "conditions")
    let conditions = object["status"]?.items("conditions") ?? []
    return errors + validate(conditions: conditions, path)
      + removed(conditions, old["status"]?.items("conditions") ?? [], path)
      + (context.subresource == "approval"
        ? [] : added(conditions, old["status"]?.items("conditions") ?? [], path))
      + certificate(
        object["status"]?.text("certificate") ?? "", old["status"]?.text("certificate") ?? "")
  }

  private func added(
    _ conditions: [Value], _ before: [Value], _ path: FieldPath
  ) -> [FieldError] {
    ["Approved", "Denied"].compactMap { type in
      func has(_ list: [Value]) -> Bool { list.contains { $0.text("type") == type } }
      guard has(conditions), !has(before) else { return nil }
      return .forbidden(path, "updates may not add a condition of type \(type.goQuoted)")
    }
  }

  private func certificate(_ encoded: String, _ before: String) -> [FieldError] {
    if encoded == before { return [] }
    let place = FieldPath("status", "certificate")
    let change: [FieldError] =
      before.isEmpty
      ? [] : [.forbidden(place, "updates may not modify existing certificate content")]
    guard !encoded.isEmpty, !Base64.text(encoded).contains("-----BEGIN CERTIFICATE-----")
    else { return change }
    return [
      .invalid(
        place, .string("<certificate data>"), "must contain at least one CERTIFICATE PEM block")
    ] + change
  }

  private func validate(conditions: [Value], _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var types: Set<String> = []
    for (index, condition) in conditions.enumerated() {
      let here = path.index(index)
      let type = condition.text("type")
      if type.isEmpty { errors.append(.required(here.child("type"))) }
      if condition.text("status").isEmpty {
        errors.append(.required(here.child("status")))
      } else if ["Approved", "Denied", "Failed"].contains(type) {
        errors += Checks.oneOf(condition, "status", ["True"], here)
      } else {
        errors += Checks.oneOf(condition, "status", ["False", "True", "Unknown"], here)
      }
      if type == "Denied" && types.contains("Approved")
        || type == "Approved" && types.contains("Denied")
      {
        errors.append(
          .invalid(
            path, .string(type), "Approved and Denied conditions are mutually exclusive"))
      }
      if !types.insert(type).inserted {
        errors.append(.duplicate(here.child("type"), .string(type)))
      }
    }
    return errors
  }

  private func removed(
    _ conditions: [Value], _ before: [Value], _ path: FieldPath
  ) -> [FieldError] {
    ["Approved", "Denied", "Failed"].compactMap { type in
      func has(_ list: [Value]) -> Bool { list.contains { $0.text("type") == type } }
      guard has(before), !has(conditions) else { return nil }
      return .forbidden(
        path, "updates may not remove a condition of type \(type.goQuoted)")
    }
  }

  package var selectableFields: [String] { ["spec.signerName"] }
}
