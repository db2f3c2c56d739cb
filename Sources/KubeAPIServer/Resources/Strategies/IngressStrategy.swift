package import Documents
package import KubeObjects

/// Ingresses.
package struct IngressStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .ingresses }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.ingresses }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let errors =
      ObjectMetadata.validate(object, namespaced: true) + validate(object["spec"] ?? [:])
    // An older way to say the class.
    guard let old = object.annotation("kubernetes.io/ingress.class"),
      let name = object["spec"]?["ingressClassName"]?.string, name != old
    else { return errors }
    return errors + [
      .invalid(
        FieldPath("annotations").child("kubernetes.io/ingress.class"), .string(old),
        "must match `ingressClassName` when both are specified")
    ]
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(
      object, old: old, andNew: context.subresource.isEmpty ? 1 : 0)
    return errors
      + (context.subresource.isEmpty
        ? validate(object["spec"] ?? [:])
        : ServiceValidation.validate(entrancesOf: object, old: old))
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let rules = spec.items("rules")
    var errors: [FieldError] = []
    if rules.isEmpty, !spec.has("defaultBackend") {
      errors.append(
        .invalid(
          path, .null,
          "either `defaultBackend` or `rules` must be specified"))
    }
    if let backend = spec["defaultBackend"], !backend.isNull {
      errors += validate(backend: backend, path.child("defaultBackend"))
    }
    for (index, rule) in rules.enumerated() {
      errors += validate(rule: rule, path.child("rules").index(index))
    }
    for (index, tls) in spec.items("tls").enumerated() {
      for (number, host) in tls.texts("hosts").enumerated() {
        errors += Checks.name(
          host.contains("*") ? .wildcardSubdomain : .dns1123Subdomain, host,
          path.child("tls").index(index).child("hosts").index(number))
      }
      let secret = tls.text("secretName")
      if !secret.isEmpty {
        errors += Checks.name(
          .dns1123Subdomain, secret, path.child("tls").index(index).child("secretName"))
      }
    }
    if let name = spec["ingressClassName"]?.string {
      errors += Checks.name(.dns1123Subdomain, name, path.child("ingressClassName"))
    }
    return errors
  }

  private func validate(rule: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let host = rule.text("host")
    if IPAddress(host) != nil {
      errors.append(
        .invalid(path.child("host"), .string(host), "must be a DNS name, not an IP address"))
    }
    if !host.isEmpty {
      errors += Checks.name(
        host.contains("*") ? .wildcardSubdomain : .dns1123Subdomain, host, path.child("host"))
    }
    guard let http = rule["http"], !http.isNull else { return errors }
    let list = path.child("http", "paths")
    let paths = http.items("paths")
    if paths.isEmpty { errors.append(.required(list)) }
    for (index, item) in paths.enumerated() { errors += validate(path: item, list.index(index)) }
    return errors
  }

  private static let bad = (
    parts: ["//", "/./", "/../", "%2f", "%2F"], ends: ["/..", "/."]
  )

  private func validate(path item: Value, _ here: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let text = item.text("path")
    let place = here.child("path")
    switch item["pathType"]?.string {
    case nil:
      return [.required(here.child("pathType"), "pathType must be specified")]
    case "Exact"?, "Prefix"?:
      if !text.hasPrefix("/") {
        errors.append(.invalid(place, .string(text), "must be an absolute path"))
      }
      for part in Self.bad.parts where text.contains(part) {
        errors.append(.invalid(place, .string(text), "must not contain '\(part)'"))
      }
      for end in Self.bad.ends where text.hasSuffix(end) {
        errors.append(.invalid(place, .string(text), "cannot end with '\(end)'"))
      }
    case "ImplementationSpecific"?:
      if !text.isEmpty, !text.hasPrefix("/") {
        errors.append(.invalid(place, .string(text), "must be an absolute path"))
      }
    case let other?:
      errors.append(
        .notSupported(
          here.child("pathType"), .string(other),
          ["Exact", "ImplementationSpecific", "Prefix"]))
    }
    return errors + validate(backend: item["backend"] ?? [:], here.child("backend"))
  }

  private func validate(resource: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if let group = resource["apiGroup"]?.string {
      errors += Checks.name(.dns1123Subdomain, group, path.child("apiGroup"))
    }
    for field in ["kind", "name"] {
      let text = resource.text(field)
      errors +=
        text.isEmpty
        ? [.required(path.child(field))]
        : Checks.name(.pathSegment, text, path.child(field))
    }
    return errors
  }

  private func validate(backend: Value, _ path: FieldPath) -> [FieldError] {
    let service = backend["service"].flatMap { $0.isNull ? nil : $0 }
    if let resource = backend["resource"], !resource.isNull {
      if service != nil {
        return [
          .invalid(path, "", "cannot set both resource and service backends")
        ]
      }
      return validate(resource: resource, path.child("resource"))
    }
    guard let service else {
      return [.invalid(path, "", "resource or service backend is required")]
    }
    let place = path.child("service")
    let name = service.text("name")
    var errors =
      name.isEmpty
      ? [FieldError.required(place.child("name"))]
      : Checks.name(.dns1123Label, name, place.child("name"))
    let port = service["port"] ?? [:]
    let (portName, number) = (port.text("name"), port.number("number"))
    switch (portName.isEmpty, number == 0) {
    case (false, false):
      errors.append(.invalid(path, "", "cannot set both port name & port number"))
    case (true, true):
      errors.append(.required(path, "port name or number is required"))
    case (false, true):
      errors += Checks.name(.portName, portName, place.child("port", "name"))
    case (true, false):
      errors += Checks.port(number, place.child("port", "number"))
    }
    return errors
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    guard context.subresource.isEmpty, old == nil,
      object.annotation("kubernetes.io/ingress.class") != nil,
      object["spec"]?["ingressClassName"]?.string == nil
    else { return [] }
    return [
      "annotation \"kubernetes.io/ingress.class\" is deprecated, please use "
        + "'spec.ingressClassName' instead"
    ]
  }
}
