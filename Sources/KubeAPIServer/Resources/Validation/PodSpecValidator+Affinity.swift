import Documents
import KubeObjects

extension PodSpecValidator {
  private static let required = "requiredDuringSchedulingIgnoredDuringExecution"
  private static let preferred = "preferredDuringSchedulingIgnoredDuringExecution"

  mutating func validate(affinity: Value) {
    let here = path.child("affinity")
    if let node = affinity["nodeAffinity"], !node.isNull {
      validate(nodeAffinity: node, here.child("nodeAffinity"))
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
      guard let pod = affinity[kind], !pod.isNull else { continue }
      validate(podAffinity: pod, here.child(kind))
    }
  }

  private mutating func validate(nodeAffinity: Value, _ here: FieldPath) {
    if let selector = nodeAffinity[Self.required], !selector.isNull {
      errors += Self.nodeSelector(selector, here.child(Self.required))
    }
    for (index, term) in nodeAffinity.items(Self.preferred).enumerated() {
      let place = here.child(Self.preferred).index(index)
      validate(weightOf: term, place)
      // What is only preferred may name values that no label has; that is warned of.
      errors += Self.nodeSelectorTerm(
        term["preference"] ?? [:], place.child("preference"), checksValues: false)
    }
  }

  private mutating func validate(weightOf term: Value, _ here: FieldPath) {
    let weight = term.number("weight")
    if !(1...100).contains(weight) {
      errors.append(
        .invalid(here.child("weight"), .int(weight), "must be in the range 1-100"))
    }
  }

  static func nodeSelector(_ selector: Value, _ path: FieldPath) -> [FieldError] {
    let terms = selector.items("nodeSelectorTerms")
    let list = path.child("nodeSelectorTerms")
    if terms.isEmpty { return [.required(list, "must have at least one node selector term")] }
    return terms.enumerated().flatMap { nodeSelectorTerm($0.element, list.index($0.offset)) }
  }

  static func nodeSelectorTerm(
    _ term: Value, _ path: FieldPath, checksValues: Bool = true
  ) -> [FieldError] {
    var errors: [FieldError] = []
    for (index, requirement) in term.items("matchExpressions").enumerated() {
      errors += expression(
        requirement, path.child("matchExpressions").index(index), checksValues)
    }
    for (index, requirement) in term.items("matchFields").enumerated() {
      errors += field(requirement, path.child("matchFields").index(index))
    }
    return errors
  }

  private static func expression(
    _ requirement: Value, _ path: FieldPath, _ checksValues: Bool
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let values = requirement.texts("values")
    let place = path.child("values")
    switch requirement.text("operator") {
    case "In", "NotIn":
      if values.isEmpty {
        errors.append(
          .required(place, "must be specified when `operator` is 'In' or 'NotIn'"))
      }
    case "Exists", "DoesNotExist":
      if !values.isEmpty {
        errors.append(
          .forbidden(
            place, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
      }
    case "Gt", "Lt":
      if values.count != 1 {
        errors.append(
          .required(place, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
      }
    default: errors.append(badOperator(requirement, path))
    }
    errors += Checks.name(.qualifiedName, requirement.text("key"), path.child("key"))
    guard checksValues else { return errors }
    for (index, value) in values.enumerated() {
      errors += Checks.name(.labelValue, value, place.index(index))
    }
    return errors
  }

  private static func badOperator(_ requirement: Value, _ path: FieldPath) -> FieldError {
    .invalid(
      path.child("operator"), .string(requirement.text("operator")),
      "not a valid selector operator")
  }

  private static func field(_ requirement: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let values = requirement.texts("values")
    switch requirement.text("operator") {
    case "In", "NotIn":
      if values.count != 1 {
        errors.append(
          .required(
            path.child("values"),
            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
      }
    default: errors.append(badOperator(requirement, path))
    }
    let key = requirement.text("key")
    guard key == "metadata.name" else {
      return errors + [
        .invalid(path.child("key"), .string(key), "not a valid field selector key")
      ]
    }
    for (index, value) in values.enumerated() {
      errors += Checks.name(.dns1123Subdomain, value, path.child("values").index(index))
    }
    return errors
  }

  private mutating func validate(podAffinity: Value, _ here: FieldPath) {
    for (index, term) in podAffinity.items(Self.required).enumerated() {
      validate(podTerm: term, here.child(Self.required).index(index))
    }
    for (index, weighted) in podAffinity.items(Self.preferred).enumerated() {
      let place = here.child(Self.preferred).index(index)
      validate(weightOf: weighted, place)
      validate(podTerm: weighted["podAffinityTerm"] ?? [:], place.child("podAffinityTerm"))
    }
  }

  private mutating func validate(podTerm term: Value, _ here: FieldPath) {
    errors += Checks.labelSelector(term["labelSelector"], here.child("labelSelector"))
    errors += Checks.labelSelector(term["namespaceSelector"], here.child("namespaceSelector"))
    for name in term.texts("namespaces") {
      errors += Checks.name(.dns1123Label, name, here.child("namespace"))
    }
    for field in ["matchLabelKeys", "mismatchLabelKeys"] {
      let keys = term.texts(field)
      if !keys.isEmpty, !term.has("labelSelector") {
        errors.append(
          .forbidden(here.child(field), "must not be specified when labelSelector is not set"))
        continue
      }
      for (index, key) in keys.enumerated() {
        errors += Checks.name(.qualifiedName, key, here.child(field).index(index))
      }
    }
    validate(matchedKeysOf: term, term.texts("matchLabelKeys"), here)
    let topology = term.text("topologyKey")
    if topology.isEmpty {
      errors.append(.required(here.child("topologyKey"), "can not be empty"))
    }
    errors += Checks.name(.qualifiedName, topology, here.child("topologyKey"))
  }

  // The keys were made requirements of the selector before: more than one of a key is the writer's.
  private mutating func validate(
    matchedKeysOf term: Value, _ keys: [String], _ here: FieldPath
  ) {
    if let selector = term["labelSelector"], !selector.isNull {
      var known = Set(selector.members("matchLabels").keys)
      for requirement in selector.items("matchExpressions") {
        let key = requirement.text("key")
        if known.contains(key), let index = keys.lastIndex(of: key) {
          errors.append(
            .invalid(
              here.index(index), .string(key), "exists in both matchLabelKeys and labelSelector"))
        }
        known.insert(key)
      }
    }
    let others = term.texts("mismatchLabelKeys")
    for (index, key) in keys.enumerated() where others.contains(key) {
      errors.append(
        .invalid(
          here.child("matchLabelKeys").index(index), .string(key),
          "exists in both matchLabelKeys and mismatchLabelKeys"))
    }
  }

  private mutating func validate(spreadKeysOf constraint: Value, _ here: FieldPath) {
    let keys = constraint.texts("matchLabelKeys")
    guard !keys.isEmpty else { return }
    let place = here.child("matchLabelKeys")
    guard constraint.has("labelSelector") else {
      errors.append(.forbidden(place, "must not be specified when labelSelector is not set"))
      return
    }
    for (index, key) in keys.enumerated() {
      errors += Checks.name(.qualifiedName, key, place.index(index))
    }
    validate(matchedKeysOf: constraint, keys, here)
  }

  mutating func validateSpread() {
    let constraints = spec.items("topologySpreadConstraints")
    for (index, constraint) in constraints.enumerated() {
      let here = path.child("topologySpreadConstraints").index(index)
      let skew = constraint.number("maxSkew")
      if skew <= 0 {
        errors.append(.invalid(here.child("maxSkew"), .int(skew), Checks.notPositive))
      }
      let (topology, action) =
        (constraint.text("topologyKey"), constraint.text("whenUnsatisfiable"))
      errors +=
        topology.isEmpty
        ? [.required(here.child("topologyKey"), "can not be empty")] : []
      errors += Checks.oneOf(
        constraint, "whenUnsatisfiable", ["DoNotSchedule", "ScheduleAnyway"], here)
      let isRepeated = constraints[(index + 1)...].contains {
        $0.text("topologyKey") == topology && $0.text("whenUnsatisfiable") == action
      }
      if isRepeated {
        errors.append(
          .duplicate(
            here.child("{topologyKey, whenUnsatisfiable}"),
            .string("{\(topology), \(action)}")))
      }
      if let domains = constraint["minDomains"]?.int {
        if domains <= 0 {
          errors.append(
            .invalid(here.child("minDomains"), .int(domains), Checks.notPositive))
        }
        if action != "DoNotSchedule" {
          errors.append(
            .invalid(
              here.child("minDomains"), .int(domains),
              "can only use minDomains if whenUnsatisfiable=DoNotSchedule, "
                + "not \(action)"))
        }
      }
      for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] where constraint.has(field) {
        errors += Checks.oneOf(constraint, field, ["Honor", "Ignore"], here)
      }
      validate(spreadKeysOf: constraint, here)
      errors += Checks.labelSelector(
        constraint["labelSelector"], here.child("labelSelector"))
    }
  }
}
