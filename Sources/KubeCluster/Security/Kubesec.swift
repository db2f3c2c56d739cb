import Documents
import Linux
import Shell

/// `kubesec scan`: points for what makes a workload safer, none for what makes it dangerous.
struct Kubesec: Program {
  let name = "kubesec"

  private struct Rule: Sendable {
    let id: String
    let selector: String
    let reason: String
    let points: Int64
    let holds: @Sendable (Value, Value) -> Bool
  }

  private static func security(_ container: Value, _ pod: Value, _ name: String) -> Value? {
    container[path: "securityContext", name] ?? pod[path: "securityContext", name]
  }

  private static let rules: [Rule] = [
    .init(
      id: "Privileged", selector: "containers[] .securityContext .privileged == true",
      reason: "Privileged containers can allow almost completely unrestricted host access",
      points: -30
    ) { container, _ in
      container[path: "securityContext", "privileged"]?.bool == true
    },
    .init(
      id: "CapSysAdmin", selector: "containers[] .securityContext .capabilities .add == SYS_ADMIN",
      reason: "CAP_SYS_ADMIN is the most privileged capability and should always be avoided",
      points: -30
    ) { container, _ in
      (container[path: "securityContext", "capabilities", "add"]?.array ?? []).contains("SYS_ADMIN")
    },
    .init(
      id: "HostNetwork", selector: ".spec .hostNetwork == true",
      reason:
        "Sharing the host's network namespace permits processes in the pod to communicate with processes bound to the host's loopback adapter",
      points: -9
    ) { _, pod in
      pod["hostNetwork"]?.bool == true
    },
    .init(
      id: "HostPID", selector: ".spec .hostPID == true",
      reason: "Sharing the host's PID namespace allows visibility of processes on the host",
      points: -9
    ) { _, pod in
      pod["hostPID"]?.bool == true
    },
    .init(
      id: "AllowPrivilegeEscalation",
      selector: "containers[] .securityContext .allowPrivilegeEscalation == true",
      reason: "Ensure a non-root process can not gain more privileges", points: -7
    ) { container, _ in
      container[path: "securityContext", "allowPrivilegeEscalation"]?.bool == true
    },
    .init(
      id: "ApparmorAny", selector: ".securityContext .appArmorProfile",
      reason: "Well defined AppArmor policies may provide greater protection from unknown threats",
      points: 3
    ) { container, pod in
      security(container, pod, "appArmorProfile") != nil
    },
    .init(
      id: "ServiceAccountName", selector: ".spec .serviceAccountName",
      reason:
        "Service accounts restrict Kubernetes API access and should be configured with least privilege",
      points: 3
    ) { _, pod in
      pod["serviceAccountName"] != nil
    },
    .init(
      id: "SeccompAny", selector: ".securityContext .seccompProfile",
      reason: "Seccomp profiles set minimum privilege and secure against unknown threats", points: 1
    ) { container, pod in
      security(container, pod, "seccompProfile") != nil
    },
    .init(
      id: "LimitsCPU", selector: "containers[] .resources .limits .cpu",
      reason: "Enforcing CPU limits prevents DOS via resource exhaustion", points: 1
    ) { container, _ in
      container[path: "resources", "limits", "cpu"] != nil
    },
    .init(
      id: "LimitsMemory", selector: "containers[] .resources .limits .memory",
      reason: "Enforcing memory limits prevents DOS via resource exhaustion", points: 1
    ) { container, _ in
      container[path: "resources", "limits", "memory"] != nil
    },
    .init(
      id: "RequestsCPU", selector: "containers[] .resources .requests .cpu",
      reason: "Enforcing CPU requests aids a fair balancing of resources across the cluster",
      points: 1
    ) { container, _ in
      container[path: "resources", "requests", "cpu"] != nil
    },
    .init(
      id: "RequestsMemory", selector: "containers[] .resources .requests .memory",
      reason: "Enforcing memory requests aids a fair balancing of resources across the cluster",
      points: 1
    ) { container, _ in
      container[path: "resources", "requests", "memory"] != nil
    },
    .init(
      id: "CapDropAny", selector: "containers[] .securityContext .capabilities .drop",
      reason: "Reducing kernel capabilities available to a container limits its attack surface",
      points: 1
    ) { container, _ in
      container[path: "securityContext", "capabilities", "drop"]?.array?.isEmpty == false
    },
    .init(
      id: "CapDropAll",
      selector: "containers[] .securityContext .capabilities .drop | index(\"ALL\")",
      reason: "Drop all capabilities and add only those required to reduce syscall attack surface",
      points: 1
    ) { container, _ in
      (container[path: "securityContext", "capabilities", "drop"]?.array ?? []).contains("ALL")
    },
    .init(
      id: "ReadOnlyRootFilesystem",
      selector: "containers[] .securityContext .readOnlyRootFilesystem == true",
      reason:
        "An immutable root filesystem can prevent malicious binaries being added to PATH and increase attack cost",
      points: 1
    ) { container, _ in
      container[path: "securityContext", "readOnlyRootFilesystem"]?.bool == true
    },
    .init(
      id: "RunAsNonRoot", selector: "containers[] .securityContext .runAsNonRoot == true",
      reason: "Force the running image to run as a non-root user to ensure least privilege",
      points: 1
    ) { container, pod in
      security(container, pod, "runAsNonRoot")?.bool == true
    },
    .init(
      id: "RunAsUser", selector: "containers[] .securityContext .runAsUser -gt 10000",
      reason: "Run as a high-UID user to avoid conflicts with the host's user table", points: 1
    ) { container, pod in
      security(container, pod, "runAsUser")?.int ?? 0 > 10_000
    },
  ]

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("--") }
    guard words.first == "scan", words.count > 1 else {
      if words.first == "version" {
        try await process.write("version 2.14.2\n")
        return 0
      }
      try await process.writeError("file path is required\n")
      return 1
    }
    var results: [Value] = []
    for path in words.dropFirst() {
      let bytes: [UInt8]
      do { bytes = try await process.contents(of: path) } catch let error as HostError {
        try await process.writeError("open \(path): \(error.text.lowercased())\n")
        return 1
      }
      let manifest = Manifest(bytes)
      if let problem = manifest.problems.first {
        try await process.writeError("error parsing \(path): \(problem.message)\n")
        return 1
      }
      results += manifest.documents.map { Self.scan($0.value, path) }
    }
    try await process.write(JSON.text(.array(results), .init(indent: "  ")) + "\n")
    return results.contains { $0["score"]?.int ?? 0 <= 0 } ? 2 : 0
  }

  private static func scan(_ object: Value, _ path: String) -> Value {
    let kind = object["kind"]?.string ?? ""
    let spec = object["spec"] ?? .null
    let pod =
      kind == "Pod"
      ? spec
      : spec[path: "template", "spec"] ?? spec[path: "jobTemplate", "spec", "template", "spec"]
        ?? .null
    let containers = pod["containers"]?.array ?? []
    let name = object[path: "metadata", "name"]?.string ?? ""
    let namespace = object[path: "metadata", "namespace"]?.string ?? "default"
    var result: Value = [
      "object": .string("\(kind)/\(name).\(namespace)"), "valid": .bool(!containers.isEmpty),
      "fileName": .string(path),
    ]
    guard !containers.isEmpty else {
      result["message"] = "This resource kind is not supported by kubesec"
      result["score"] = 0
      return result
    }
    var score: Int64 = 0
    var parts: [String: [Value]] = [:]
    for rule in rules {
      let holds = containers.contains { rule.holds($0, pod) }
      if holds { score += rule.points }
      let group = rule.points < 0 ? (holds ? "critical" : "") : holds ? "passed" : "advise"
      if group.isEmpty { continue }
      parts[group, default: []].append([
        "id": .string(rule.id), "selector": .string(rule.selector),
        "reason": .string(rule.reason), "points": .int(rule.points),
      ])
    }
    result["score"] = .int(score)
    result["message"] = .string(
      score > 0
        ? "Passed with a score of \(score) points"
        : score < 0
          ? "Failed with a score of \(score) points" : "Passed with a score of 0 points")
    result["scoring"] = .object(Mapping(parts.map { ($0.key, .array($0.value)) }))
    return result
  }
}
