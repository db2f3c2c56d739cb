import Documents
import KubeObjects
import Simulation

/// Pods keep to the Pod Security Standard that their namespace's labels ask for.
struct PodSecurity: ValidatingAdmissionPlugin {
  let name = "PodSecurity"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  /// Where a workload has its Pod's spec.
  private static let templates: [GroupVersionResource: [String]] = [
    .deployments: ["spec", "template"], .replicaSets: ["spec", "template"],
    .statefulSets: ["spec", "template"], .daemonSets: ["spec", "template"],
    .jobs: ["spec", "template"], .replicationControllers: ["spec", "template"],
    .cronJobs: ["spec", "jobTemplate", "spec", "template"],
    GroupVersionResource("", "v1", "podtemplates"): ["template"],
  ]

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    if attributes.concerns(.namespaces) {
      return try validate(namespace: &attributes, objects)
    }
    guard !attributes.namespace.isEmpty else { return }
    if attributes.concerns(.pods) || attributes.concerns(.pods, "ephemeralcontainers") {
      if isExempt(&attributes, attributes.object, objects.admission) { return }
      guard isSignificant(attributes) else { return }
      let policy = try policy(attributes, objects)
      return try evaluate(pod: attributes.object, policy, &attributes, enforces: true)
    }
    guard attributes.subresource.isEmpty, let path = Self.templates[attributes.resource],
      let template = attributes.object.at(path)
    else { return }
    if isExempt(&attributes, template, objects.admission) { return }
    let policy = try policy(attributes, objects)
    try evaluate(pod: template, policy, &attributes, enforces: false)
  }

  // An update that leaves images and metadata of security alone is not judged again.
  private func isSignificant(_ attributes: AdmissionAttributes) -> Bool {
    guard attributes.operation == .update else { return true }
    if !attributes.subresource.isEmpty { return true }
    let (spec, old) = (attributes.object["spec"] ?? [:], attributes.oldObject["spec"] ?? [:])
    return ["containers", "initContainers"].contains { list in
      spec.items(list).map { $0["image"] } != old.items(list).map { $0["image"] }
    }
  }

  private func policy(
    _ attributes: AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) -> PodSecurityPolicy {
    let namespace = objects.get(.namespaces, namespace: "", name: attributes.namespace)
    return PodSecurityPolicy(
      namespace?.labels, defaults: objects.admission.podSecurityDefaults)
  }

  /// Whether the configuration leaves this request alone: by namespace, user or runtime class.
  private func isExempt(
    _ attributes: inout AdmissionAttributes, _ pod: Value, _ settings: AdmissionSettings
  ) -> Bool {
    let runtime = pod[path: "spec", "runtimeClassName"]?.string ?? ""
    let what: String? =
      settings.exemptNamespaces.contains(attributes.namespace)
      ? "namespace"
      : settings.exemptUsers.contains(attributes.user.name)
        ? "user" : settings.exemptRuntimeClasses.contains(runtime) ? "runtimeClass" : nil
    attributes.auditAnnotations[PodSecurityPolicy.prefix + "exempt"] = what
    return what != nil
  }

  private func evaluate(
    pod: Value, _ policy: PodSecurityPolicy, _ attributes: inout AdmissionAttributes,
    enforces: Bool
  ) throws(StatusError) {
    let broken = PodSecurityChecks.problems(pod, policy.audit)
    if !broken.isEmpty {
      attributes.auditAnnotations[PodSecurityPolicy.prefix + "audit-violations"] =
        "would violate PodSecurity \(policy.audit.description.goQuoted): "
        + broken.map(\.description).joined(separator: ", ")
    }
    if enforces {
      attributes.auditAnnotations[PodSecurityPolicy.prefix + "enforce-policy"] =
        policy.enforce.description
      let problems = PodSecurityChecks.problems(pod, policy.enforce)
      if !problems.isEmpty {
        throw attributes.forbidden(
          "violates PodSecurity \(policy.enforce.description.goQuoted): "
            + problems.map(\.description).joined(separator: ", "))
      }
    }
    // What would be refused is only warned of in workloads; their Pods will be refused.
    let warned = policy.warn ?? policy.enforce
    if enforces, warned == policy.enforce { return }
    let problems = PodSecurityChecks.problems(pod, warned)
    if problems.isEmpty { return }
    attributes.warnings.append(
      "would violate PodSecurity \(warned.description.goQuoted): "
        + problems.map(\.description).joined(separator: ", "))
  }

  private func validate(
    namespace attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.subresource.isEmpty else { return }
    let errors = PodSecurityPolicy.problems(attributes.object.labels)
    if !errors.isEmpty {
      let old = PodSecurityPolicy.problems(attributes.oldObject.labels)
      if old.isEmpty {
        throw .invalid(group: "", kind: "Namespace", name: attributes.name, errors)
      }
      return
    }
    guard attributes.operation == .update else { return }
    let defaults = objects.admission.podSecurityDefaults
    let new = PodSecurityPolicy(attributes.object.labels, defaults: defaults).enforce
    let old = PodSecurityPolicy(attributes.oldObject.labels, defaults: defaults).enforce
    // Who asks for less than before finds nothing new.
    guard new != old, new.level != .privileged,
      new.minor != old.minor || new.level.strictness > old.level.strictness
    else { return }
    attributes.warnings += existing(attributes.name, new, objects)
  }

  /// What is told of the Pods that already break a new rule.
  private func existing(
    _ namespace: String, _ policy: PodSecurityPolicy.Standard, _ objects: any ObjectAccess
  ) -> [String] {
    var names: [String: [String]] = [:]
    let exempt = objects.admission.exemptRuntimeClasses
    for pod in objects.list(.pods, namespace: namespace)
    where !exempt.contains(pod[path: "spec", "runtimeClassName"]?.string ?? "") {
      let problems = PodSecurityChecks.problems(pod, policy)
      if problems.isEmpty { continue }
      names[problems.map(\.reason).joined(separator: ", "), default: []].append(pod.name)
    }
    guard !names.isEmpty else { return [] }
    let lines = names.map { reasons, pods in
      let sorted = pods.sorted()
      let first = sorted.first ?? ""
      switch sorted.count {
      case 1: return "\(first): \(reasons)"
      case 2: return "\(first) (and 1 other pod): \(reasons)"
      default: return "\(first) (and \(sorted.count - 1) other pods): \(reasons)"
      }
    }
    return [
      "existing pods in namespace \(namespace.goQuoted) violate the new PodSecurity enforce "
        + "level \(policy.description.goQuoted)"
    ] + lines.sorted()
  }
}
