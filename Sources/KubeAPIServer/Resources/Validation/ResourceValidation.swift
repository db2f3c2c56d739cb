import Documents
import KubeObjects

/// The checks of lists of amounts by resource.
enum ResourceValidation {
  /// `rule` says which names may stand there.
  static func requirements(
    _ resources: Value, _ path: FieldPath,
    name rule: (String, FieldPath) -> [FieldError] = containerResource
  ) -> [FieldError] {
    let limits = resources.members("limits")
    let requests = resources.members("requests")
    if limits.isEmpty && requests.isEmpty { return [] }
    let (limitPath, requestPath) = (path.child("limits"), path.child("requests"))
    var errors: [FieldError] = []
    for (name, amount) in limits {
      let here = limitPath.key(name)
      errors += rule(name, here) + value(name, amount, here)
      errors += hugePages(name, amount, here)
    }
    for (name, amount) in requests {
      let here = requestPath.key(name)
      errors += rule(name, here) + value(name, amount, here)
      let request = quantity(amount)
      if let limit = limits[name].map(quantity) {
        if request != limit, !mayOvercommit(name) {
          errors.append(
            .invalid(
              requestPath, .string(request.description),
              "must be equal to \(name) limit of \(limit)"))
        } else if request > limit {
          errors.append(
            .invalid(
              requestPath, .string(request.description),
              "must be less than or equal to \(name) limit of \(limit)"))
        }
      } else if !mayOvercommit(name) {
        errors.append(
          .required(limitPath, "Limit must be set for non overcommitable resources"))
      }
      errors += hugePages(name, amount, here)
    }
    let names = limits.keys + requests.keys
    if names.contains(where: { $0.hasPrefix("hugepages-") }),
      !names.contains("cpu"), !names.contains("memory")
    {
      errors.append(.forbidden(path, "HugePages require cpu or memory"))
    }
    return errors
  }

  /// Names that any list may have, with amounts that are not negative.
  static func list(_ amounts: Value?, _ path: FieldPath) -> [FieldError] {
    (amounts?.object ?? [:]).flatMap { name, amount in
      containerResource(name, path.key(name)) + value(name, amount, path.key(name))
    }
  }

  static func quantity(_ value: Value) -> Quantity {
    (try? Quantity(parsing: value)) ?? .zero
  }

  static func value(_ name: String, _ amount: Value, _ path: FieldPath) -> [FieldError] {
    let amount = quantity(amount)
    var errors: [FieldError] = []
    if amount.sign < 0 {
      errors.append(.invalid(path, .string(amount.description), Checks.notNegative))
    }
    if isCounted(name), !amount.isInteger {
      errors.append(.invalid(path, .string(amount.description), "must be an integer"))
    }
    return errors
  }

  /// All that is asked of a volume's capacity (validateBasicResource).
  static func basic(_ amount: Value, _ path: FieldPath) -> [FieldError] {
    let amount = quantity(amount)
    return amount.sign < 0
      ? [.invalid(path, .int(amount.value), "must be a valid resource quantity")] : []
  }

  private static func hugePages(
    _ name: String, _ amount: Value, _ path: FieldPath
  ) -> [FieldError] {
    guard name.hasPrefix("hugepages-"), let page = try? Quantity(String(name.dropFirst(10)))
    else { return [] }
    let amount = quantity(amount)
    guard page.sign <= 0 || amount.nanos % page.nanos != 0 else { return [] }
    return [
      .invalid(
        path, .string(amount.description),
        "\(amount) is not positive integer multiple of \(name)")
    ]
  }

  static func containerResource(_ name: String, _ path: FieldPath) -> [FieldError] {
    var errors = resourceName(name, path)
    if !isPrefixed(name) {
      if !isForContainers(name) {
        errors.append(
          .invalid(path, .string(name), "must be a standard resource for containers"))
      }
    } else if !isNative(name), !isExtended(name) {
      errors.append(
        .invalid(path, .string(name), "doesn't follow extended resource name standard"))
    }
    return errors
  }

  /// Of what a Pod as a whole may ask for.
  static func podResource(_ name: String, _ path: FieldPath) -> [FieldError] {
    let errors = resourceName(name, path)
    if !errors.isEmpty || PodResources.isSupportedAtPodLevel(name) { return errors }
    return [.notSupported(path, .string(name), ["cpu", "hugepages-", "memory"])]
  }

  static func resourceName(_ name: String, _ path: FieldPath) -> [FieldError] {
    let problems = Checks.name(.qualifiedName, name, path)
    if problems.isEmpty, !isPrefixed(name), !isStandard(name) {
      return [
        .invalid(path, .string(name), "must be a standard resource type or fully qualified")
      ]
    }
    return problems
  }

  private static func isPrefixed(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: "/")) }

  static func isNative(_ name: String) -> Bool {
    !isPrefixed(name) || name.contains("kubernetes.io/")
  }

  static func isExtended(_ name: String) -> Bool {
    !isNative(name) && !name.hasPrefix("requests.")
      && NameRule.qualifiedName.allows("requests." + name)
  }

  static func mayOvercommit(_ name: String) -> Bool {
    isNative(name) && !name.hasPrefix("hugepages-")
  }

  private static func isForContainers(_ name: String) -> Bool {
    ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-")
  }

  static let counted: Set<String> = [
    "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
    "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
  ]

  static func isCounted(_ name: String) -> Bool { counted.contains(name) || isExtended(name) }

  static func isStandard(_ name: String) -> Bool {
    counted.contains(name) || isForContainers(name) || name.hasPrefix("requests.hugepages-")
      || [
        "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
        "limits.cpu", "limits.memory", "limits.ephemeral-storage", "storage",
      ].contains(name)
  }
}
