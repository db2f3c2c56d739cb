package import Documents
package import KubeObjects

/// LimitRanges.
package struct LimitRangeStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .limitRanges }
  package var allowsCreateOnUpdate: Bool { true }
  package var table: (any TableForm)? { ObjectTable.plain }

  private static let lists = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"]

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.updateEach("limits") { limit in
        for list in Self.lists { limit.update(list) { ResourceDefaulting.apply(toList: &$0) } }
        guard limit.text("type") == "Container" else { return }
        // What is not said of limits is the maximum; of requests, the limit and then the minimum.
        fill(&limit, "default", from: "max")
        fill(&limit, "defaultRequest", from: "default")
        fill(&limit, "defaultRequest", from: "min")
      }
    }
  }

  private func fill(_ limit: inout Value, _ list: String, from source: String) {
    for (name, amount) in limit.members(source) where limit[list]?[name] == nil {
      limit.fillAbsent(list, [:])
      limit[list]?[name] = amount
    }
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    if object.name.isEmpty { object["metadata"]?["name"] = .string(context.objects.newUID()) }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object["spec"] ?? [:])
  }

  private func validate(_ spec: Value) -> [FieldError] {
    var errors: [FieldError] = []
    var types: Set<String> = []
    for (index, limit) in spec.items("limits").enumerated() {
      let path = FieldPath("spec", "limits").index(index)
      let type = limit.text("type")
      errors += validate(type: type, path.child("type"))
      if !types.insert(type).inserted {
        errors.append(.duplicate(path.child("type"), .string(type)))
      }
      errors += validate(limit, type, path)
    }
    return errors
  }

  private func validate(type: String, _ path: FieldPath) -> [FieldError] {
    let problems = Checks.name(.qualifiedName, type, path)
    if !problems.isEmpty { return problems }
    if type.contains("/") || ["Pod", "Container", "PersistentVolumeClaim"].contains(type) {
      return []
    }
    return [
      .invalid(path, .string(type), "must be a standard limit type or fully qualified")
    ]
  }

  private func validate(_ limit: Value, _ type: String, _ path: FieldPath) -> [FieldError] {
    func names(_ list: String) -> [FieldError] {
      limit.members(list).flatMap { name, _ in
        let here = path.child(list).key(name)
        return type == "Pod" || type == "Container"
          ? ResourceValidation.containerResource(name, here)
          : ResourceValidation.resourceName(name, here)
      }
    }
    var errors = names("max") + names("min")
    for list in ["default", "defaultRequest"] {
      if type != "Pod" {
        errors += names(list)
      } else if !limit.members(list).isEmpty {
        errors.append(
          .forbidden(path.child(list), "may not be specified when `type` is 'Pod'"))
      }
    }
    if type == "PersistentVolumeClaim", limit["min"]?["storage"] == nil,
      limit["max"]?["storage"] == nil
    {
      errors.append(
        .required(
          path.child("limits"),
          "either minimum or maximum storage value is required, but neither was provided"))
    }
    errors += names("maxLimitRequestRatio")
    let amounts = Dictionary(
      uniqueKeysWithValues: Self.lists.map { ($0, PodResources.amounts(limit[$0])) })
    for name in Set(amounts.values.flatMap(\.keys)).sorted() {
      errors += compare(name, amounts.compactMapValues { $0[name] }, path)
    }
    return errors
  }

  private func compare(
    _ name: String, _ amounts: [String: Quantity], _ path: FieldPath
  ) -> [FieldError] {
    let (high, low) = (amounts["max"], amounts["min"])
    let (limit, request) = (amounts["default"], amounts["defaultRequest"])
    var errors: [FieldError] = []
    func check(_ list: String, _ shown: Quantity, _ a: Quantity?, _ b: Quantity?, _ text: String) {
      guard let a, let b, a > b else { return }
      errors.append(
        .invalid(path.child(list).key(name), .string(shown.description), text))
    }
    func text(_ value: Quantity?) -> String { value?.description ?? "" }
    check(
      "min", low ?? .zero, low, high,
      "min value \(text(low)) is greater than max value \(text(high))")
    check(
      "defaultRequest", request ?? .zero, low, request,
      "min value \(text(low)) is greater than default request value \(text(request))")
    check(
      "defaultRequest", request ?? .zero, request, high,
      "default request value \(text(request)) is greater than max value \(text(high))")
    check(
      "defaultRequest", request ?? .zero, request, limit,
      "default request value \(text(request)) is greater than default limit value "
        + text(limit))
    check(
      "default", low ?? .zero, low, limit,
      "min value \(text(low)) is greater than default value \(text(limit))")
    check(
      "default", high ?? .zero, limit, high,
      "default value \(text(limit)) is greater than max value \(text(high))")
    if let ratio = amounts["maxLimitRequestRatio"], ratio < Quantity(1) {
      errors.append(
        .invalid(
          path.child("maxLimitRequestRatio").key(name), .string(ratio.description),
          "ratio \(ratio) is less than 1"))
    }
    if let ratio = amounts["maxLimitRequestRatio"], let low, let high {
      // As floating-point numbers, as upstream compares them.
      let most = high.approximate / low.approximate
      if low > .zero, ratio.approximate > most {
        errors.append(
          .invalid(
            path.child("maxLimitRequestRatio").key(name), .string(ratio.description),
            "ratio \(ratio) is greater than max/min = \(LimitConstraint.sixDecimals(most))"))
      }
    }
    if !ResourceValidation.mayOvercommit(name), let limit, let request, limit != request {
      errors.append(
        .invalid(
          path.child("defaultRequest").key(name), .string(request.description),
          "default value \(limit) must equal to defaultRequest value \(request) in \(name)"))
    }
    return errors
  }
}
