import Documents
import KubeObjects

extension PodSecurityChecks {
  static func runAsNonRoot(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    let own = pod.context?["runAsNonRoot"]?.bool
    let reason = "runAsNonRoot != true"
    if let problem = pod.setters(
      reason, "must not set securityContext.runAsNonRoot=false",
      { $0["runAsNonRoot"]?.bool == false })
    {
      return problem
    }
    guard own != true else { return nil }
    let names = pod.containers { $0["securityContext"]?["runAsNonRoot"]?.bool != true }
    if names.isEmpty { return nil }
    return Problem(
      reason: reason,
      detail: "pod or \(pod.named(names)) must set securityContext.runAsNonRoot=true")
  }

  static func runAsUser(
    _ pod: PodSecuritySubject, _ standard: PodSecurityPolicy.Standard
  ) -> Problem? {
    guard standard.isAtLeast(23) else { return nil }
    return pod.setters("runAsUser=0", "must not set runAsUser=0") {
      $0["runAsUser"]?.int == 0
    }
  }

  static func baselineSeccomp(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    pod.setters(
      "seccompProfile", "must not set securityContext.seccompProfile.type to \"Unconfined\""
    ) { $0["seccompProfile"]?.text("type") == "Unconfined" }
  }

  static func restrictedSeccomp(
    _ pod: PodSecuritySubject, _ standard: PodSecurityPolicy.Standard
  ) -> Problem? {
    guard standard.isAtLeast(19), !pod.isWindows(standard) else { return nil }
    if let problem = baselineSeccomp(pod, standard) { return problem }
    guard pod.context?["seccompProfile"]?.text("type").isEmpty ?? true else { return nil }
    let names = pod.containers {
      $0["securityContext"]?["seccompProfile"]?.text("type").isEmpty ?? true
    }
    if names.isEmpty { return nil }
    return Problem(
      reason: "seccompProfile",
      detail: "pod or \(pod.named(names)) must set securityContext.seccompProfile.type to "
        + "\"RuntimeDefault\" or \"Localhost\"")
  }

  static func appArmor(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    var bad: [String] = []
    let isUnconfined: (Value) -> Bool = {
      $0["appArmorProfile"]?.text("type") == "Unconfined"
    }
    if let context = pod.context, isUnconfined(context) { bad.append("pod") }
    let names = pod.containers { $0["securityContext"].map(isUnconfined) ?? false }
    if !names.isEmpty { bad.append(pod.named(names)) }
    var parts: [String] = []
    if !bad.isEmpty {
      parts.append(
        "\(bad.joined(separator: " and ")) must not set AppArmor profile type to "
          + "\"Unconfined\"")
    }
    let prefix = "container.apparmor.security.beta.kubernetes.io/"
    let annotations = pod.metadata.members("annotations").filter { key, value in
      guard key.hasPrefix(prefix), let text = value.string else { return false }
      return !text.isEmpty && text != "runtime/default" && !text.hasPrefix("localhost/")
    }.map { "\($0.key)=\(($0.value.string ?? "").goQuoted)" }
    if !annotations.isEmpty {
      parts.append(
        (annotations.count == 1 ? "annotation " : "annotations ")
          + annotations.joined(separator: ", "))
    }
    if parts.isEmpty { return nil }
    let count = (bad.isEmpty ? 0 : 1) + annotations.count
    return Problem(
      reason: count == 1 ? "forbidden AppArmor profile" : "forbidden AppArmor profiles",
      detail: parts.joined(separator: "; "))
  }

  static func seLinux(
    _ pod: PodSecuritySubject, _ standard: PodSecurityPolicy.Standard
  ) -> Problem? {
    var allowed: Set<String> = ["", "container_t", "container_init_t", "container_kvm_t"]
    if standard.isAtLeast(31) { allowed.insert("container_engine_t") }
    var types: Set<String> = []
    var (hasUser, hasRole) = (false, false)
    func isBad(_ context: Value) -> Bool {
      guard let options = context["seLinuxOptions"], !options.isNull else { return false }
      var bad = false
      if !allowed.contains(options.text("type")) {
        types.insert(options.text("type"))
        bad = true
      }
      if !options.text("user").isEmpty { (hasUser, bad) = (true, true) }
      if !options.text("role").isEmpty { (hasRole, bad) = (true, true) }
      return bad
    }
    guard let problem = pod.setters("seLinuxOptions", "", isBad) else { return nil }
    var parts: [String] = []
    if !types.isEmpty {
      parts.append(
        "\(types.count == 1 ? "type" : "types") \(pod.quoted(types.sorted()))")
    }
    if hasUser { parts.append("user may not be set") }
    if hasRole { parts.append("role may not be set") }
    return Problem(
      reason: problem.reason,
      detail: "\(problem.detail)set forbidden securityContext.seLinuxOptions: "
        + parts.joined(separator: "; "))
  }

  private static let defaultCapabilities: Set<String> = [
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
    "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
  ]

  static func baselineCapabilities(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    guard let text = added(pod, beyond: defaultCapabilities) else { return nil }
    return Problem(reason: "non-default capabilities", detail: text)
  }

  /// Who adds what may not be added.
  private static func added(
    _ pod: PodSecuritySubject, beyond allowed: Set<String>
  ) -> String? {
    var capabilities: Set<String> = []
    let names = pod.containers { container in
      let own = container["securityContext"]?["capabilities"]?.texts("add") ?? []
      let bad = own.filter { !allowed.contains($0) }
      capabilities.formUnion(bad)
      return !bad.isEmpty
    }
    if names.isEmpty { return nil }
    return "\(pod.named(names)) must not include \(pod.quoted(capabilities.sorted())) in "
      + "securityContext.capabilities.add"
  }

  static func restrictedCapabilities(
    _ pod: PodSecuritySubject, _ standard: PodSecurityPolicy.Standard
  ) -> Problem? {
    guard standard.isAtLeast(22), !pod.isWindows(standard) else {
      return baselineCapabilities(pod, standard)
    }
    let names = pod.containers {
      !($0["securityContext"]?["capabilities"]?.texts("drop").contains("ALL") ?? false)
    }
    var parts: [String] = []
    if !names.isEmpty {
      parts.append("\(pod.named(names)) must set securityContext.capabilities.drop=[\"ALL\"]")
    }
    if let text = added(pod, beyond: ["NET_BIND_SERVICE"]) { parts.append(text) }
    if parts.isEmpty { return nil }
    return Problem(
      reason: "unrestricted capabilities", detail: parts.joined(separator: "; "))
  }
}
