import Documents
import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

/// One run of a command of trivy's.
struct TrivyRun {
  let process: Linux.Process
  let options: EngineOptions
  let operands: [String]

  var stamp: String { process.machine.now.rfc3339 }
  var format: String { options.value("format", "f") ?? "table" }
  private var hasIgnoredUnfixed: Bool { options.has("ignore-unfixed") }

  private static let formats = [
    "table", "json", "template", "sarif", "cyclonedx", "spdx", "spdx-json", "github", "cosign-vuln",
  ]

  func chosenSeverities() throws -> [String] {
    guard let given = options.value("severity", "s") else { return Weakness.severities }
    let chosen = given.split(separator: ",").map { $0.uppercased() }
    for name in chosen where !Weakness.severities.contains(name) {
      throw Trivy.Fatal(
        text: "unknown severity option\terr=\"unknown severity: \(name.lowercased())\"")
    }
    return chosen
  }

  private func operand(_ command: String) throws -> String {
    guard Self.formats.contains(format) else {
      throw Trivy.Fatal(
        text:
          "flag error: report flag error: invalid argument \"\(format)\" for \"--format\" flag: "
          + "must be one of \(Self.formats.map { "\"\($0)\"" }.joined(separator: ", "))")
    }
    guard let first = operands.first else {
      throw Trivy.Fatal(
        text: "Require at least 1 argument \"trivy \(command)\": requires at least 1 arg(s), only "
          + "received 0")
    }
    guard operands.count == 1 else {
      throw Trivy.Fatal(text: "multiple targets cannot be specified")
    }
    return first
  }

  private func tell(_ lines: String...) async throws {
    guard !options.has("quiet", "q") else { return }
    for line in lines { try await process.writeError("\(stamp)\tINFO\t\(line)\n") }
  }

  func write(_ text: String) async throws {
    guard let path = options.value("output", "o") else { return try await process.write(text) }
    do {
      try process.replace(path, with: Array(text.utf8))
    } catch {
      throw Trivy.Fatal(
        text: "failed to create output file: open \(path): \(error.text.lowercased())")
    }
  }

  func status(_ isClean: Bool) -> ExitStatus {
    isClean ? 0 : options.value("exit-code").flatMap { ExitStatus($0) } ?? 0
  }

  private func serial(_ name: String) -> String {
    HexadecimalName.uuid(for: name + stamp)
  }

  private func ignored() -> Set<String> {
    let text = process.machine.files.text(
      process.absolute(options.value("ignorefile") ?? ".trivyignore"), process.caller)
    return Set((text ?? "").split(separator: "\n").map { String($0.prefix { $0 != " " }) })
  }

  func report(_ image: ScannedImage) throws -> VulnerabilityReport {
    VulnerabilityReport(
      image: image, chosen: try chosenSeverities(), ignoresUnfixed: hasIgnoredUnfixed,
      ignored: ignored(), created: stamp, serial: serial(image.name))
  }

  // MARK: images and bills of materials

  /// The contents of a name in the engine's store or a registry.
  func scan(_ name: String) throws -> ScannedImage {
    if let found = ScannedImage.find(name, on: process.machine) { return found }
    throw Trivy.Fatal(
      text: "run error: image scan error: scan error: unable to initialize a scan service: unable "
        + "to initialize an image scan service: unable to find the specified image \"\(name)\" in "
        + "[\"docker\" \"containerd\" \"podman\" \"remote\"]: 4 errors occurred:\n"
        + "\t* docker error: unable to inspect the image (\(name)): Error response from daemon: No "
        + "such image: \(name)\n")
  }

  /// What `docker save` wrote names the image that it holds.
  private func archived(_ path: String) async throws -> ScannedImage {
    guard let bytes = try? await process.contents(of: path),
      let name = EngineProgram.name(inArchive: bytes)
    else {
      throw Trivy.Fatal(
        text:
          "run error: image scan error: scan error: unable to initialize a scan service: unable "
          + "to initialize an archive scan service: unable to open \(path) as a Docker image or OCI "
          + "image")
    }
    let image = try scan(name)
    return ScannedImage(name: path, parts: image.parts)
  }

  func image() async throws -> ExitStatus {
    if let input = options.value("input"), operands.isEmpty {
      return try await tell(about: try await archived(input))
    }
    let name = try operand("image")
    try await tell(
      "[vuln] Vulnerability scanning is enabled", "[secret] Secret scanning is enabled",
      "[secret] If your scanning is slow, please try '--scanners vuln' to disable secret scanning")
    try await process.sleep(.seconds(3))
    let image = try scan(name)
    if let system = image.parts.first(where: \.isDistribution) {
      try await tell(
        "Detected OS\tfamily=\"\(system.kind)\" version=\"\(system.version)\"",
        "[\(system.kind)] Detecting vulnerabilities...\tos_version=\"\(system.version.prefix { $0 != "." })\" pkg_num=\(system.packages.count)"
      )
    }
    return try await tell(about: image)
  }

  private func tell(about image: ScannedImage) async throws -> ExitStatus {
    let report = try report(image)
    let bill = BillOfMaterials(
      image: image, created: stamp, serial: report.serial,
      tool: ("trivy", Trivy.version, "aquasecurity"))
    switch format {
    case "json":
      try await write(Self.text(report.json(listsPackages: options.has("list-all-pkgs"))))
    case "cyclonedx": try await write(Self.text(bill.cycloneDX))
    case "spdx-json": try await write(Self.text(bill.spdx))
    case "spdx": try await write(bill.spdxText)
    case "sarif": try await write(Self.text(report.sarif))
    case "template": try await write(try expand(report))
    case "table": try await write(report.table)
    default: throw Trivy.Fatal(text: "drydock: not simulated: --format \(format)")
    }
    return status(report.isEmpty)
  }

  static func text(_ value: Value) -> String { JSON.text(value, .init(indent: "  ")) + "\n" }

  /// `--template` is a text, or `@` and a file.
  private func expand(_ report: VulnerabilityReport) throws -> String {
    guard let given = options.value("template", "t"), !given.isEmpty else {
      throw Trivy.Fatal(
        text: "'--format template' is specified, but '--template' is not. Specify both options.")
    }
    var text = given
    if given.hasPrefix("@") {
      guard
        let read = process.machine.files.text(
          process.absolute(String(given.dropFirst())), process.caller)
      else {
        throw Trivy.Fatal(
          text: "error retrieving template from path: open \(given.dropFirst()): no such file or "
            + "directory")
      }
      text = read
    }
    let results = report.json(listsPackages: false)["Results"] ?? []
    var templates = GoTemplate(library: ReportFunctions())
    do throws(GoTemplate.Failure) {
      try templates.add(text, name: "output template")
      var run = TemplateRun(templates, missing: .zero, limit: 1_000_000)
      try run.execute("output template", results)
      return run.output
    } catch {
      throw Trivy.Fatal(text: "unable to parse the template: \(error.message)")
    }
  }

  func bill() async throws -> ExitStatus {
    let path = try operand("sbom")
    guard let text = process.machine.files.text(process.absolute(path), process.caller) else {
      throw Trivy.Fatal(
        text:
          "run error: sbom scan error: scan error: scan failed: failed analysis: unable to open "
          + "\(path): open \(path): no such file or directory")
    }
    guard let image = BillOfMaterials.read(text, name: path) else {
      throw Trivy.Fatal(
        text: "run error: sbom scan error: scan error: scan failed: failed analysis: SBOM decode "
          + "error: failed to detect SBOM format")
    }
    try await tell("[vuln] Vulnerability scanning is enabled", "Detected SBOM format")
    return try await tell(about: image)
  }

  // MARK: files

  /// The files below a path that could be manifests or Dockerfiles.
  private func reports(below path: String, _ chosen: [String]) throws -> [ConfigurationReport] {
    let root = process.absolute(path)
    guard let kind = process.machine.files.status(root)?.kind else {
      throw Trivy.Fatal(
        text: "run error: config scan error: scan error: scan failed: failed analysis: walk error: "
          + "lstat \(path): no such file or directory")
    }
    var found: [ConfigurationReport] = []
    func look(_ full: String, _ shown: String, depth: Int) {
      guard depth < 12, found.count < 500 else { return }
      if process.machine.files.status(full)?.kind == .directory {
        for name in ((try? process.machine.files.names(in: full)) ?? []).sorted()
        where name != "." && name != ".." && name != ".git" {
          look("\(full)/\(name)", shown.isEmpty ? name : "\(shown)/\(name)", depth: depth + 1)
        }
      } else if let text = process.machine.files.text(full, process.caller),
        let report = ConfigurationReport(path: shown, text: text, chosen: chosen)
      {
        found.append(report)
      }
    }
    let last = path.split(separator: "/").last.map(String.init) ?? path
    look(root, kind == .directory ? "" : last, depth: 0)
    return found
  }

  func configuration() async throws -> ExitStatus {
    let path = try operand("config")
    let chosen = try chosenSeverities()
    try await tell("[misconfig] ConfigurationRule scanning is enabled")
    let found = try reports(below: path, chosen)
    try await tell("Detected config files\tnum=\(found.count)")
    return try await tell(of: found, in: path, chosen)
  }

  private func tell(
    of found: [ConfigurationReport], in path: String, _ chosen: [String]
  ) async throws -> ExitStatus {
    switch format {
    case "json":
      try await write(
        Self.text([
          "SchemaVersion": 2, "CreatedAt": .string(stamp), "ArtifactName": .string(path),
          "ArtifactType": "filesystem", "Results": .array(found.map(\.json)),
        ]))
    case "table":
      var text = "\nReport Summary\n\n"
      text +=
        TextBox(
          head: ["Target", "Type", "Misconfigurations"],
          rows: found.isEmpty
            ? [["-", "-", "-"]] : found.map { [$0.path, $0.kind, "\($0.findings.count)"] },
          centred: [1, 2], mergesEqual: false
        ).text
      text += "Legend:\n- '-': Not scanned\n- '0': Clean (no security findings detected)\n\n"
      try await write(
        text + found.filter { !$0.findings.isEmpty }.map { $0.text(chosen) }.joined())
    default: throw Trivy.Fatal(text: "drydock: not simulated: --format \(format) of config")
    }
    return status(found.allSatisfy { $0.findings.isEmpty })
  }

  /// A folder holds no packages here; its manifests are looked at when they are asked for.
  func files(_ verb: String) async throws -> ExitStatus {
    let path = try operand(verb)
    let chosen = try chosenSeverities()
    let scanners = options.value("scanners", "security-checks") ?? "vuln,secret"
    let looksAtFiles = scanners.contains("misconfig") || scanners.contains("config")
    if scanners.contains("vuln") { try await tell("[vuln] Vulnerability scanning is enabled") }
    if looksAtFiles { try await tell("[misconfig] ConfigurationRule scanning is enabled") }
    let found = try reports(below: path, chosen)
    return try await tell(of: looksAtFiles ? found : [], in: path, chosen)
  }
}

/// The functions of trivy's templates beside Go's.
private final class ReportFunctions: TemplateLibrary {
  let names: Set<String> = ["escapeXML", "toLower", "toUpper", "escapeString"]

  func call(
    _ name: String, _ given: [Value?], _ run: inout TemplateRun
  ) throws(GoTemplate.Failure) -> Value? {
    let text = given.first.flatMap { $0?.string } ?? ""
    switch name {
    case "toLower": return .string(text.lowercased())
    case "toUpper": return .string(text.uppercased())
    default:
      let marks: [Character: String] = [
        "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;",
      ]
      return .string(text.map { marks[$0] ?? String($0) }.joined())
    }
  }
}
