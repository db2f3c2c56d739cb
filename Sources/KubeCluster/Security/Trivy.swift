import Documents
import KubeNode
import Linux
import Shell
import Simulation

/// `trivy`: known weaknesses of images, by a catalogue of well-known ones and the age of a tag.
struct Trivy: Program {
  let name = "trivy"

  struct Weakness: Sendable {
    let id: String
    let package: String
    let severity: String
    /// Where the package is: debian, alpine, or both.
    let bases: Set<String>
    /// The year, with a fraction, from which images have it repaired.
    let fixed: Double
    let version: String
    let repaired: String
    let title: String
  }

  static let severities = ["UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"]

  static let weaknesses: [Weakness] = [
    .init(
      id: "CVE-2021-36159", package: "apk-tools", severity: "CRITICAL", bases: ["alpine"],
      fixed: 2021.6, version: "2.10.5-r0", repaired: "2.10.7-r0",
      title: "libfetch: out of boundary read"),
    .init(
      id: "CVE-2021-30139", package: "apk-tools", severity: "HIGH", bases: ["alpine"],
      fixed: 2021.3, version: "2.10.5-r0", repaired: "2.10.6-r0", title: "crash on malformed tar"),
    .init(
      id: "CVE-2022-28391", package: "busybox", severity: "HIGH", bases: ["alpine"], fixed: 2022.3,
      version: "1.33.1-r3", repaired: "1.33.1-r7", title: "escape sequences in netstat output"),
    .init(
      id: "CVE-2021-42378", package: "busybox", severity: "HIGH", bases: ["alpine"], fixed: 2021.9,
      version: "1.33.1-r3", repaired: "1.33.1-r6", title: "use-after-free in awk"),
    .init(
      id: "CVE-2022-37434", package: "zlib", severity: "CRITICAL", bases: ["alpine", "debian"],
      fixed: 2022.7, version: "1.2.11", repaired: "1.2.12", title: "heap overflow in inflate"),
    .init(
      id: "CVE-2018-25032", package: "zlib", severity: "HIGH", bases: ["alpine", "debian"],
      fixed: 2022.3, version: "1.2.11", repaired: "1.2.12",
      title: "memory corruption when deflating"),
    .init(
      id: "CVE-2021-3711", package: "openssl", severity: "CRITICAL", bases: ["alpine", "debian"],
      fixed: 2021.7, version: "1.1.1d", repaired: "1.1.1l", title: "SM2 decryption buffer overflow"),
    .init(
      id: "CVE-2022-0778", package: "openssl", severity: "HIGH", bases: ["alpine", "debian"],
      fixed: 2022.25, version: "1.1.1k", repaired: "1.1.1n", title: "endless loop in BN_mod_sqrt"),
    .init(
      id: "CVE-2023-0286", package: "openssl", severity: "HIGH", bases: ["alpine", "debian"],
      fixed: 2023.15, version: "1.1.1n", repaired: "1.1.1t", title: "type confusion in GeneralName"),
    .init(
      id: "CVE-2021-33574", package: "libc6", severity: "CRITICAL", bases: ["debian"],
      fixed: 2021.9, version: "2.28-10", repaired: "2.28-10+deb10u2",
      title: "mq_notify use-after-free"),
    .init(
      id: "CVE-2023-4911", package: "libc6", severity: "HIGH", bases: ["debian"], fixed: 2023.8,
      version: "2.36-9", repaired: "2.36-9+deb12u3", title: "buffer overflow in ld.so"),
    .init(
      id: "CVE-2024-2961", package: "libc6", severity: "HIGH", bases: ["debian"], fixed: 2024.35,
      version: "2.36-9+deb12u4", repaired: "2.36-9+deb12u7", title: "out of bounds write in iconv"),
    .init(
      id: "CVE-2022-1271", package: "gzip", severity: "HIGH", bases: ["debian"], fixed: 2022.3,
      version: "1.9-3", repaired: "1.9-3+deb10u1", title: "arbitrary file write by zgrep"),
    .init(
      id: "CVE-2022-22576", package: "curl", severity: "HIGH", bases: ["debian"], fixed: 2022.6,
      version: "7.64.0", repaired: "7.74.0-1.3+deb11u2", title: "OAUTH2 bearer bypass"),
    .init(
      id: "CVE-2023-38545", package: "curl", severity: "CRITICAL", bases: ["debian", "alpine"],
      fixed: 2023.8, version: "7.88.1-10", repaired: "7.88.1-10+deb12u4",
      title: "SOCKS5 heap overflow"),
    .init(
      id: "CVE-2023-44487", package: "libnghttp2-14", severity: "HIGH",
      bases: ["debian", "alpine"], fixed: 2023.9, version: "1.52.0-1", repaired: "1.52.0-1+deb12u1",
      title: "HTTP/2 rapid reset"),
    .init(
      id: "CVE-2021-3520", package: "liblz4-1", severity: "CRITICAL", bases: ["debian"],
      fixed: 2021.5, version: "1.8.3-1", repaired: "1.8.3-1+deb10u1",
      title: "memory corruption by integer overflow"),
    .init(
      id: "CVE-2022-29458", package: "libtinfo6", severity: "MEDIUM", bases: ["debian"],
      fixed: 2022.8, version: "6.1", repaired: "6.1+20181013-2+deb10u3",
      title: "out of bounds read in tic"),
    .init(
      id: "CVE-2023-0466", package: "openssl", severity: "MEDIUM", bases: ["debian", "alpine"],
      fixed: 2023.4, version: "1.1.1n", repaired: "1.1.1u",
      title: "certificate policy check not enabled"),
    .init(
      id: "CVE-2024-45491", package: "libexpat1", severity: "CRITICAL", bases: ["debian"],
      fixed: 2024.7, version: "2.5.0-1", repaired: "2.5.0-1+deb12u1",
      title: "integer overflow in dtdCopy"),
    .init(
      id: "CVE-2025-0665", package: "libcurl4", severity: "MEDIUM", bases: ["debian", "alpine"],
      fixed: 2025.2, version: "8.11", repaired: "8.12", title: "eventfd closed twice"),
    .init(
      id: "CVE-2011-3374", package: "apt", severity: "LOW", bases: ["debian"], fixed: 9999,
      version: "2.6.1", repaired: "", title: "apt-key does not check signatures"),
    .init(
      id: "CVE-2022-0563", package: "util-linux", severity: "LOW", bases: ["debian"], fixed: 9999,
      version: "2.38.1", repaired: "", title: "partial file disclosure in chfn"),
  ]

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let words = process.arguments
    if words.first == "--version" || words.first == "version" {
      try await process.write("Version: 0.67.2\n")
      return 0
    }
    var rest = words.drop { $0.hasPrefix("-") }
    guard let verb = rest.popFirst() else {
      try await process.write(
        "Scanner for vulnerabilities in container images, file systems, and Git repositories\n\n"
          + "Usage:\n  trivy [global flags] command [flags] target\n")
      return 0
    }
    guard ["image", "i"].contains(verb) else {
      try await process.writeError("drydock: not simulated: trivy \(verb)\n")
      return 1
    }
    return try await image(words.filter { $0 != verb }, process)
  }

  private func image(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options: EngineOptions
    do {
      options = try EngineOptions(
        words,
        valued: [
          "severity", "s", "format", "f", "output", "o", "exit-code", "input", "scanners",
          "vuln-type", "pkg-types", "timeout", "ignorefile", "security-checks", "cache-dir",
          "template", "t",
        ])
    } catch {
      return 1
    }
    guard let wanted = options.operands.first else {
      try await process.writeError("FATAL\tFatal error\trequire at least 1 argument\n")
      return 1
    }
    let isQuiet = options.has("quiet", "q")
    if !isQuiet {
      try await process.writeError(
        "INFO\t[vuln] Vulnerability scanning is enabled\nINFO\t[secret] Secret scanning is enabled\n"
      )
    }
    try await process.sleep(.seconds(3))
    guard let reference = ImageReference(wanted),
      case .success(let image) = Images.pull(reference)
    else {
      try await process.writeError(
        "FATAL\tFatal error\trun error: image scan error: scan error: unable to initialize a scan "
          + "service: unable to find the specified image \"\(wanted)\" in [\"docker\" "
          + "\"containerd\" \"podman\" \"remote\"]\n")
      return 1
    }
    let chosen = (options.value("severity", "s") ?? Self.severities.joined(separator: ","))
      .split(separator: ",").map { $0.uppercased() }
    for name in chosen where !Self.severities.contains(name) {
      try await process.writeError("FATAL\tFatal error\tunknown severity option: \(name)\n")
      return 1
    }
    let base = Self.base(reference, image)
    let found = Self.found(reference, base.kind).filter {
      chosen.contains($0.severity) && (!options.has("ignore-unfixed") || !$0.repaired.isEmpty)
    }
    let title = "\(wanted) (\(base.title))"
    let text =
      options.value("format", "f") == "json"
      ? Self.json(wanted, base.title, found) : Self.table(title, found, chosen)
    if let path = options.value("output", "o") {
      try process.replace(path, with: Array(text.utf8))
    } else {
      try await process.write(text)
    }
    let code = options.value("exit-code").flatMap { Int32($0) } ?? 0
    return found.isEmpty ? 0 : code
  }

  /// What distribution an image is made of.
  static func base(_ reference: ImageReference, _ image: Image) -> (kind: String, title: String) {
    let tag = reference.tag ?? ""
    if image.userland == .none { return ("none", "") }
    if image.userland == .busybox { return ("none", "") }
    let year = age(reference)
    if image.userland == .alpine || tag.contains("alpine") {
      return ("alpine", "alpine 3.\(max(9, min(22, Int((year - 2015) * 2)))).3")
    }
    return ("debian", "debian \(year < 2021.6 ? "10.9" : year < 2023.5 ? "11.6" : "12.12")")
  }

  /// When a tag was made, as a year with a fraction; a moving tag is fresh.
  static func age(_ reference: ImageReference) -> Double {
    let tag = reference.tag ?? "latest"
    let numbers = tag.split { !$0.isNumber }.prefix(2).compactMap { Double($0) }
    guard tag.first?.isNumber == true || tag.hasPrefix("v"), let major = numbers.first else {
      return 2026.4
    }
    let minor = numbers.dropFirst().first ?? 0
    switch reference.repository.split(separator: "/").last.map(String.init) ?? "" {
    case "nginx": return numbers.count < 2 ? 2026.4 : min(2026.4, 2018.3 + (minor - 14) * 0.53)
    case "httpd": return 2023.2
    case "redis": return major < 5 ? 2018 : major < 6 ? 2019.5 : major < 7 ? 2021.3 : 2023.5
    case "alpine": return min(2026.4, 2019.4 + (minor - 10) * 0.5)
    case "python": return min(2026.4, 2019.8 + (minor - 8) * 1)
    case "node": return min(2026.4, 2018.3 + (major - 10) / 2)
    case "mysql", "postgres", "mariadb", "mongo": return major >= 15 ? 2024 : 2020.5
    case "ubuntu", "debian": return major > 15 ? 2000 + major : 2013 + major
    default: return 2021.2
    }
  }

  static func found(_ reference: ImageReference, _ base: String) -> [Weakness] {
    let year = age(reference)
    return weaknesses.filter { $0.bases.contains(base) && $0.fixed > year }.sorted {
      $0.package == $1.package ? $0.id < $1.id : $0.package < $1.package
    }
  }

  private static func table(_ title: String, _ found: [Weakness], _ chosen: [String]) -> String {
    let counts = severities.filter(chosen.contains).map { severity in
      "\(severity): \(found.count { $0.severity == severity })"
    }
    var text = "\n\(title)\n\(String(repeating: "=", count: title.count))\n"
    text += "Total: \(found.count) (\(counts.joined(separator: ", ")))\n\n"
    if found.isEmpty { return text }
    let rows =
      [
        [
          "Library", "Vulnerability", "Severity", "Status", "Installed Version", "Fixed Version",
          "Title",
        ]
      ]
      + found.map {
        [
          $0.package, $0.id, $0.severity, $0.repaired.isEmpty ? "affected" : "fixed", $0.version,
          $0.repaired, $0.title,
        ]
      }
    let widths = (0..<7).map { column in rows.map { $0[column].count }.max() ?? 0 }
    func rule(_ left: String, _ middle: String, _ right: String) -> String {
      left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
        + "\n"
    }
    text += rule("┌", "┬", "┐")
    for (index, row) in rows.enumerated() {
      text +=
        "│"
        + row.enumerated().map { column, cell in
          " \(cell)\(String(repeating: " ", count: widths[column] - cell.count)) "
        }.joined(separator: "│") + "│\n"
      text += index == rows.count - 1 ? rule("└", "┴", "┘") : rule("├", "┼", "┤")
    }
    return text
  }

  private static func json(_ name: String, _ base: String, _ found: [Weakness]) -> String {
    let value: Value = [
      "SchemaVersion": 2, "ArtifactName": .string(name), "ArtifactType": "container_image",
      "Results": [
        [
          "Target": .string("\(name) (\(base))"), "Class": "os-pkgs",
          "Vulnerabilities": .array(
            found.map {
              [
                "VulnerabilityID": .string($0.id), "PkgName": .string($0.package),
                "InstalledVersion": .string($0.version), "FixedVersion": .string($0.repaired),
                "Severity": .string($0.severity), "Title": .string($0.title),
              ]
            }),
        ]
      ],
    ]
    return JSON.text(value, .init(indent: "  ")) + "\n"
  }
}
