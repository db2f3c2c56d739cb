import Documents
import KubeNode
import KubeObjects
import Linux
import Shell

/// `trivy k8s`: what a cluster runs, as kubectl's own credentials see it.
extension TrivyRun {
  private struct Row {
    let namespace: String
    let resource: String
    let weaknesses: [String]
    let misconfigurations: [ConfigurationReport.Finding]
  }

  func cluster() async throws -> ExitStatus {
    let chosen = try chosenSeverities()
    let report = options.value("report") ?? "all"
    guard ["all", "summary"].contains(report) else {
      throw Trivy.Fatal(
        text:
          "flag error: report flag error: invalid argument \"\(report)\" for \"--report\" flag: "
          + "must be one of [\"all\" \"summary\"]")
    }
    let scanners = options.value("scanners") ?? "vuln,misconfig,secret,rbac"
    let rows = try await rows(chosen, scanners)
    if format == "json" {
      try await write(Self.text(json(rows, try await context())))
      return 0
    }
    var text = "\nSummary Report for \(try await context())\n"
    text += "=" + String(repeating: "=", count: text.count - 3) + "\n\n"
    let workloads = rows.filter { !$0.resource.contains("Role/") }
    let roles = rows.filter { $0.resource.contains("Role/") && !$0.misconfigurations.isEmpty }
    text += "Workload Assessment\n" + box(workloads, chosen) + "\n"
    if scanners.contains("rbac") {
      text += "\nRBAC Assessment\n" + box(roles, chosen, isRoles: true)
    }
    text +=
      "Severities: C=CRITICAL H=HIGH M=MEDIUM L=LOW U=UNKNOWN\n\n"
    if report == "all" {
      for row in rows where !row.misconfigurations.isEmpty {
        let title = "namespace: \(row.namespace), \(row.resource.lowercased())"
        text += "\n\(title)\n\(String(repeating: "=", count: title.count))\n"
        for found in row.misconfigurations {
          text += "\(found.id) (\(found.severity)): \(found.message)\n"
        }
      }
    }
    try await write(text)
    return status(rows.isEmpty)
  }

  private func box(_ rows: [Row], _ chosen: [String], isRoles: Bool = false) -> String {
    let shown = Weakness.severities.reversed().filter(chosen.contains)
    func counts(_ severities: [String]) -> String {
      shown.map { name in
        let count = severities.count { $0 == name }
        return "\(name.prefix(1)):\(count == 0 ? " " : "\(count)")"
      }.joined(separator: " ")
    }
    return TextBox(
      head: isRoles
        ? ["Namespace", "Resource", "RBAC Assessment"]
        : ["Namespace", "Resource", "Vulnerabilities", "Misconfigurations"],
      rows: rows.map { row in
        let rules = counts(row.misconfigurations.map(\.severity))
        return isRoles
          ? [row.namespace, row.resource, rules]
          : [row.namespace, row.resource, counts(row.weaknesses), rules]
      }, mergesEqual: false
    ).text
  }

  private func json(_ rows: [Row], _ name: String) -> Value {
    [
      "ClusterName": .string(name),
      "Resources": .array(
        rows.map { row in
          let parts = row.resource.split(separator: "/").map(String.init)
          return [
            "Namespace": .string(row.namespace), "Kind": .string(parts.first ?? ""),
            "Name": .string(parts.last ?? ""),
            "Results": [
              [
                "Target": .string(row.resource), "Class": "config", "Type": "kubernetes",
                "Misconfigurations": .array(
                  row.misconfigurations.map {
                    [
                      "AVDID": .string($0.id), "Severity": .string($0.severity),
                      "Title": .string($0.title), "Message": .string($0.message),
                    ]
                  }),
              ]
            ],
          ]
        }),
    ]
  }

  private func rows(_ chosen: [String], _ scanners: String) async throws -> [Row] {
    let kinds =
      "deployments,daemonsets,statefulsets,replicasets,cronjobs,jobs,pods,configmaps,services,"
      + "roles,clusterroles"
    let answer = try await kubectl(["get", kinds, "-A", "-o", "json"])
    let only = options.value("include-namespaces", "namespace", "n")?.split(separator: ",")
    let without = options.value("exclude-namespaces")?.split(separator: ",") ?? []
    let wantedKinds = options.value("include-kinds")?.split(separator: ",").map { $0.lowercased() }
    var rows: [Row] = []
    for object in (try? JSON.parse(answer))?["items"]?.array ?? [] {
      // What another object made is told of there.
      if object.controllerReference != nil { continue }
      let namespace = object.namespace
      if let only, !only.contains(where: { $0 == namespace }) { continue }
      if without.contains(where: { $0 == namespace }) { continue }
      if let wantedKinds, !wantedKinds.contains(object.kind.lowercased()) { continue }
      let linted = LintedObject(object)
      var weaknesses: [String] = []
      if scanners.contains("vuln") {
        for image in Set(linted.containers.compactMap { $0["image"]?.string }).sorted() {
          guard let scanned = try? scan(image), let found = try? report(scanned) else { continue }
          weaknesses += scanned.parts.flatMap { found.rows($0).map(\.finding.weakness.severity) }
        }
      }
      let rules =
        scanners.contains("misconfig") || scanners.contains("rbac")
        ? ConfigurationReport.findings([object]).filter { chosen.contains($0.severity) } : []
      if linted.pod == nil, rules.isEmpty { continue }
      rows.append(
        Row(
          namespace: namespace, resource: "\(object.kind)/\(object.name)", weaknesses: weaknesses,
          misconfigurations: rules))
    }
    return rows.sorted { ($0.namespace, $0.resource) < ($1.namespace, $1.resource) }
  }

  private func context() async throws -> String {
    String(try await kubectl(["config", "current-context"]).prefix { $0 != "\n" })
  }

  /// What kubectl prints, in this process's surroundings.
  private func kubectl(_ words: [String]) async throws -> String {
    let (output, errors) = (MemoryFile(), MemoryFile())
    var arguments = words
    if let path = options.value("kubeconfig") { arguments += ["--kubeconfig", path] }
    let child = try process.machine.start(
      Command(
        path: "kubectl", arguments: arguments, environment: process.environment,
        directory: process.directory, files: [0: MemoryFile([]), 1: output, 2: errors]),
      parentID: process.id, caller: process.caller)
    guard try await process.wait(for: child) == 0 else {
      throw Trivy.Fatal(
        text: "failed getting k8s cluster: \(errors.text.prefix { $0 != "\n" })")
    }
    return output.text
  }
}
