import Documents
import KubeObjects

/// What trivy's rules say of one file.
struct ConfigurationReport {
  typealias Finding = (id: String, severity: String, title: String, message: String)

  let path: String
  /// kubernetes or dockerfile.
  let kind: String
  let findings: [Finding]
  /// How many rules were looked at.
  let tests: Int

  /// Nil: it is neither a manifest nor a Dockerfile.
  init?(path: String, text: String, chosen: [String]) {
    self.path = path
    let file = path.split(separator: "/").last.map(String.init) ?? path
    if file == "Dockerfile" || file.hasPrefix("Dockerfile.") || file.hasSuffix(".dockerfile") {
      kind = "dockerfile"
      findings = DockerfileRules.findings(text).filter { chosen.contains($0.severity) }
      tests = 27
      return
    }
    guard ["yaml", "yml", "json"].contains(file.split(separator: ".").last.map(String.init) ?? "")
    else { return nil }
    let objects = Manifest(text).documents.map(\.value).filter {
      $0["apiVersion"] != nil && $0["kind"] != nil
    }
    guard !objects.isEmpty else { return nil }
    kind = "kubernetes"
    findings = Self.findings(objects).filter { chosen.contains($0.severity) }
    tests = max(94, findings.count)
  }

  static func findings(_ objects: [Value]) -> [Finding] {
    let linted = objects.map(LintedObject.init)
    return ConfigurationRule.kubernetes.flatMap { rule in
      linted.flatMap(rule.messages).map { (rule.id, rule.severity, rule.title, $0) }
    }.sorted { $0.id < $1.id }
  }

  func text(_ chosen: [String]) -> String {
    let title = "\(path) (\(kind))"
    var text = "\n\(title)\n\(String(repeating: "=", count: title.count))\n"
    text +=
      "Tests: \(tests) (SUCCESSES: \(tests - findings.count), FAILURES: \(findings.count))\n"
    let counts = Weakness.severities.filter(chosen.contains).map { severity in
      "\(severity): \(findings.count { $0.severity == severity })"
    }
    text += "Failures: \(findings.count) (\(counts.joined(separator: ", ")))\n\n"
    for found in findings {
      text += "\(found.id) (\(found.severity)): \(found.message)\n"
      text += String(repeating: "═", count: 40) + "\n\(found.title)\n\n"
      text += "See https://avd.aquasec.com/misconfig/\(Self.short(found.id))\n"
      text += String(repeating: "─", count: 40) + "\n \(path)\n"
      text += String(repeating: "─", count: 40) + "\n\n\n"
    }
    return text
  }

  /// AVD-KSV-0001 is ksv001 in addresses.
  private static func short(_ id: String) -> String {
    let parts = id.split(separator: "-").map { $0.lowercased() }
    guard parts.count == 3, let number = Int(parts[2]) else { return id }
    let digits = "\(number)"
    return parts[1] + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  var json: Value {
    [
      "Target": .string(path), "Class": "config", "Type": .string(kind),
      "MisconfSummary": [
        "Successes": .int(Int64(tests - findings.count)), "Failures": .int(Int64(findings.count)),
      ],
      "Misconfigurations": .array(
        findings.map {
          [
            "Type": .string(
              kind == "kubernetes" ? "Kubernetes Security Check" : "Dockerfile Security Check"),
            "ID": .string(Self.short($0.id).uppercased()), "AVDID": .string($0.id),
            "Title": .string($0.title), "Message": .string($0.message),
            "Severity": .string($0.severity), "Status": "FAIL",
            "PrimaryURL": .string("https://avd.aquasec.com/misconfig/\(Self.short($0.id))"),
          ]
        }),
    ]
  }
}
