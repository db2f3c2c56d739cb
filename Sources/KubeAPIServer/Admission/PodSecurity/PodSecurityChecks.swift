import Documents
import KubeObjects

/// The rules of the Pod Security Standards, by upstream's names and in its order.
enum PodSecurityChecks {
  struct Problem: CustomStringConvertible {
    var reason: String
    var detail: String
    var description: String { detail.isEmpty ? reason : "\(reason) (\(detail))" }
  }

  typealias Check = @Sendable (PodSecuritySubject, PodSecurityPolicy.Standard) -> Problem?

  static func problems(_ pod: Value, _ standard: PodSecurityPolicy.Standard) -> [Problem] {
    guard standard.level != .privileged else { return [] }
    let subject = PodSecuritySubject(pod)
    var checks = baseline
    if standard.level == .restricted {
      // Stricter forms of a rule stand for the baseline's.
      checks = onlyBaseline + restricted
    }
    return checks.compactMap { $0(subject, standard) }
  }

  private static let onlyBaseline: [Check] = [
    appArmor, hostNamespaces, hostPorts, hostProbes, privileged, procMount, seLinux, sysctls,
    hostProcess,
  ]

  private static let baseline: [Check] = [
    appArmor, baselineCapabilities, hostNamespaces, hostPathVolumes, hostPorts, hostProbes,
    privileged, procMount, seLinux, baselineSeccomp, sysctls, hostProcess,
  ]

  private static let restricted: [Check] = [
    privilegeEscalation, restrictedCapabilities, restrictedVolumes, runAsNonRoot, runAsUser,
    restrictedSeccomp,
  ]

  private static func hostNamespaces(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    let set = ["hostNetwork", "hostPID", "hostIPC"].filter { pod.spec.flag($0) }
    if set.isEmpty { return nil }
    return Problem(
      reason: "host namespaces", detail: set.map { "\($0)=true" }.joined(separator: ", "))
  }

  private static func hostPathVolumes(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    let names = pod.spec.items("volumes").filter { $0.has("hostPath") }.map { $0.text("name") }
    if names.isEmpty { return nil }
    return Problem(
      reason: "hostPath volumes",
      detail: "\(names.count == 1 ? "volume" : "volumes") \(pod.quoted(names))")
  }

  private static func hostPorts(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    var ports: Set<Int64> = []
    let names = pod.containers { container in
      let own = container.items("ports").map { $0.number("hostPort") }.filter { $0 != 0 }
      ports.formUnion(own)
      return !own.isEmpty
    }
    if names.isEmpty { return nil }
    let list = ports.map(String.init).sorted().joined(separator: ", ")
    return Problem(
      reason: "hostPort",
      detail: "\(pod.named(names)) \(names.count == 1 ? "uses" : "use") "
        + "\(ports.count == 1 ? "hostPort" : "hostPorts") \(list)")
  }

  private static func hostProbes(
    _ pod: PodSecuritySubject, _ standard: PodSecurityPolicy.Standard
  ) -> Problem? {
    guard standard.isAtLeast(34) else { return nil }
    var hosts: Set<String> = []
    let names = pod.containers { container in
      let handlers =
        ["livenessProbe", "readinessProbe", "startupProbe"].map { container[$0] }
        + ["postStart", "preStop"].map { container["lifecycle"]?[$0] }
      let own = handlers.flatMap { handler in
        ["httpGet", "tcpSocket"].map { handler?[$0]?.text("host") ?? "" }
      }.filter { !$0.isEmpty }
      hosts.formUnion(own)
      return !own.isEmpty
    }
    if names.isEmpty { return nil }
    return Problem(
      reason: "probe or lifecycle host",
      detail: "\(pod.named(names)) \(names.count == 1 ? "uses" : "use") probe or lifecycle "
        + "\(hosts.count == 1 ? "host" : "hosts") \(pod.quoted(hosts.sorted()))")
  }

  private static func privileged(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    let names = pod.containers { $0["securityContext"]?.flag("privileged") == true }
    if names.isEmpty { return nil }
    return Problem(
      reason: "privileged",
      detail: "\(pod.named(names)) must not set securityContext.privileged=true")
  }

  private static func procMount(
    _ pod: PodSecuritySubject, _ standard: PodSecurityPolicy.Standard
  ) -> Problem? {
    // In a user namespace of its own a Pod may see all of /proc.
    if pod.spec["hostUsers"]?.bool == false, standard.isAtLeast(35) { return nil }
    var values: Set<String> = []
    let names = pod.containers { container in
      let value = container["securityContext"]?.text("procMount") ?? ""
      guard !value.isEmpty, value != "Default" else { return false }
      values.insert(value)
      return true
    }
    if names.isEmpty { return nil }
    return Problem(
      reason: "procMount",
      detail: "\(pod.named(names)) must not set securityContext.procMount to "
        + pod.quoted(values.sorted()))
  }

  private static func sysctls(
    _ pod: PodSecuritySubject, _ standard: PodSecurityPolicy.Standard
  ) -> Problem? {
    var allowed: Set<String> = [
      "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
      "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
      "net.ipv4.ping_group_range",
    ]
    if standard.isAtLeast(27) { allowed.insert("net.ipv4.ip_local_reserved_ports") }
    if standard.isAtLeast(29) {
      allowed.formUnion(
        ["keepalive_time", "fin_timeout", "keepalive_intvl", "keepalive_probes"].map {
          "net.ipv4.tcp_" + $0
        })
    }
    if standard.isAtLeast(32) { allowed.formUnion(["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]) }
    let names = (pod.context?.items("sysctls") ?? []).map { $0.text("name") }
      .filter { !allowed.contains($0) }
    if names.isEmpty { return nil }
    return Problem(reason: "forbidden sysctls", detail: names.joined(separator: ", "))
  }

  private static func hostProcess(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    pod.setters(
      "hostProcess", "must not set securityContext.windowsOptions.hostProcess=true"
    ) { $0["windowsOptions"]?.flag("hostProcess") == true }
  }

  private static func privilegeEscalation(
    _ pod: PodSecuritySubject, _ standard: PodSecurityPolicy.Standard
  ) -> Problem? {
    // The field came with 1.8.
    guard standard.isAtLeast(8), !pod.isWindows(standard) else { return nil }
    let names = pod.containers {
      $0["securityContext"]?["allowPrivilegeEscalation"]?.bool != false
    }
    if names.isEmpty { return nil }
    return Problem(
      reason: "allowPrivilegeEscalation != false",
      detail: "\(pod.named(names)) must set securityContext.allowPrivilegeEscalation=false")
  }

  private static func restrictedVolumes(
    _ pod: PodSecuritySubject, _: PodSecurityPolicy.Standard
  ) -> Problem? {
    let allowed: Set<String> = [
      "name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
      "persistentVolumeClaim", "projected", "secret", "image",
    ]
    var (names, types): ([String], Set<String>) = ([], [])
    for volume in pod.spec.items("volumes") {
      let bad = (volume.object?.keys ?? []).filter { !allowed.contains($0) }
      guard let type = bad.first else { continue }
      names.append(volume.text("name"))
      types.insert(type)
    }
    if names.isEmpty { return nil }
    return Problem(
      reason: "restricted volume types",
      detail: "\(names.count == 1 ? "volume" : "volumes") \(pod.quoted(names)) "
        + "\(names.count == 1 ? "uses" : "use") restricted volume "
        + "\(types.count == 1 ? "type" : "types") \(pod.quoted(types.sorted()))")
  }
}
