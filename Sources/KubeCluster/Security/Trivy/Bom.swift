import Documents
import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

/// `bom`: bills of materials of images in the form SPDX, and look-ups in them.
struct Bom: Program {
  let name = "bom"
  private static let version = "v0.7.1"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let words = process.arguments
    switch (words.first, words.dropFirst().first) {
    case ("generate", _): return try await generate(Array(words.dropFirst()), process)
    case ("document", "outline"):
      return try await outline(Array(words.dropFirst(2)), process)
    case ("document", "query"): return try await query(Array(words.dropFirst(2)), process)
    case ("version", _):
      try await process.write(
        "BOM: A tool for working with SPDX manifests\n\nGitVersion:    \(Self.version)\n"
          + "GitTreeState:  clean\nPlatform:      linux/amd64\n")
      return 0
    case (nil, _), ("--help", _), ("-h", _), ("help", _), ("document", nil):
      try await process.write(
        "bom (SPDX Bill of Materials)\n\nUsage:\n  bom [command]\n\nAvailable Commands:\n"
          + "  document    bom document → Work with SPDX documents\n"
          + "  generate    bom generate → Create SPDX SBOMs\n  version     Prints the version\n")
      return 0
    default:
      try await process.writeError(
        "Error: unknown command \"\(words.first ?? "")\" for \"bom\"\n"
          + "Run 'bom --help' for usage.\n")
      return 1
    }
  }

  private func fail(_ text: String, _ process: Linux.Process) async throws -> ExitStatus {
    let stamp = Calendar(process.machine.now).formatted("%H:%M:%S")
    try await process.writeError("\(stamp) FATAL \(text)\n")
    return 1
  }

  private func generate(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options: EngineOptions
    do {
      options = try EngineOptions(
        words,
        valued: [
          "i", "image", "o", "output", "format", "n", "namespace", "name", "license", "log-level",
          "d", "dirs", "f", "file", "c", "config", "ignore", "provenance", "image-archive", "a",
        ])
    } catch {
      return try await fail(error.text, process)
    }
    for kind in ["d", "dirs", "f", "file"] where options.value(kind) != nil {
      try await process.writeError("drydock: not simulated: bom of files\n")
      return 1
    }
    guard let wanted = options.value("i", "image") else {
      return try await fail(
        "validating SBOM generator options: to generate a SPDX BOM you have to provide at least one "
          + "image, file, directory or purl", process)
    }
    let stamp = Calendar(process.machine.now).formatted("%H:%M:%S")
    try await process.writeError(
      "\(stamp) INFO bom \(Self.version): Generating SPDX Bill of Materials\n"
        + "\(stamp) INFO Processing image reference: \(wanted)\n")
    try await process.sleep(.seconds(4))
    guard let image = ScannedImage.find(wanted, on: process.machine) else {
      return try await fail(
        "generating doc: creating SPDX document: generating SPDX package from image ref \(wanted): "
          + "getting image manifest: MANIFEST_UNKNOWN: manifest unknown", process)
    }
    let bill = BillOfMaterials(
      image: image, created: process.machine.now.rfc3339,
      serial: HexadecimalName.uuid(for: wanted + stamp),
      tool: ("bom", Self.version, "Kubernetes Release Engineering"))
    let text: String
    switch options.value("format") ?? "tag-value" {
    case "json": text = TrivyRun.text(bill.spdx)
    case "tag-value", "tv": text = bill.spdxText
    case let other:
      return try await fail(
        "validating options: unknown format provided, must be one of [tag-value json]: \(other)",
        process)
    }
    guard let path = options.value("o", "output") else {
      try await process.write(text)
      return 0
    }
    do {
      try process.replace(path, with: Array(text.utf8))
    } catch {
      return try await fail(
        "writing doc: writing sbom to file: open \(path): \(error.text.lowercased())", process)
    }
    return 0
  }

  private func document(_ path: String, _ process: Linux.Process) -> ScannedImage? {
    process.machine.files.text(process.absolute(path), process.caller)
      .flatMap { BillOfMaterials.read($0, name: path) }
  }

  private func outline(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    guard let path = words.first(where: { !$0.hasPrefix("-") }), let image = document(path, process)
    else {
      return try await fail(
        "opening doc: opening document: open \(words.first ?? ""): no such file or directory",
        process)
    }
    let packages = image.parts.flatMap(\.packages)
    var text =
      "               _\n ___ _ __   __| |_  __\n/ __| '_ \\ / _` \\ \\/ /\n\\__ \\ |_) | (_| |>  <\n"
      + "|___/ .__/ \\__,_/_/\\_\\\n    |_|\n\n 📂 SPDX Document \(path)\n  │\n"
      + "  │ 📦 DESCRIBES 1 Packages\n  │\n  ├ \(path)\n"
      + "  │  │ 🔗 \(packages.count) Relationships\n"
    for (index, package) in packages.enumerated() {
      text +=
        "  │  \(index == packages.count - 1 ? "└" : "├") CONTAINS PACKAGE \(package.name)@\(package.version)\n"
    }
    try await process.write(text + "  │\n  └ 📄 DESCRIBES 0 Files\n")
    return 0
  }

  private func query(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let plain = words.filter { !$0.hasPrefix("-") }
    guard plain.count == 2, let image = document(plain[0], process) else {
      return try await fail("opening document: \(plain.first ?? "")", process)
    }
    let word = plain[1].split(separator: ":").last.map(String.init) ?? ""
    let found = image.parts.flatMap(\.packages).filter { $0.name.contains(word) }
    try await process.write(found.map { " \($0.name)@\($0.version)\n" }.joined())
    return 0
  }
}

/// `syft`: what an image holds, as a table or a bill of materials.
struct Syft: Program {
  let name = "syft"
  private static let version = "1.37.0"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    if ["version", "--version"].contains(process.arguments.first) {
      try await process.write("syft \(Self.version)\n")
      return 0
    }
    let options: EngineOptions
    do {
      options = try EngineOptions(
        process.arguments, valued: ["o", "output", "file", "scope", "platform", "from", "name"])
    } catch {
      try await process.writeError("\(error.text)\n")
      return 1
    }
    let operands = options.operands.filter { $0 != "scan" && $0 != "packages" }
    guard let given = operands.first else {
      try await process.writeError("an image/directory argument is required\n")
      return 1
    }
    let schemes = ["docker:", "registry:", "podman:"]
    let wanted =
      schemes.first(where: given.hasPrefix).map { String(given.dropFirst($0.count)) }
      ?? given
    try await process.sleep(.seconds(4))
    guard let image = ScannedImage.find(wanted, on: process.machine) else {
      try await process.writeError(
        "could not determine source: errors occurred attempting to resolve '\(wanted)':\n"
          + "  - docker: No such image: \(wanted)\n  - oci-registry: unable to parse registry "
          + "reference=\"\(wanted)\": MANIFEST_UNKNOWN\n")
      return 1
    }
    let bill = BillOfMaterials(
      image: image, created: process.machine.now.rfc3339,
      serial: HexadecimalName.uuid(for: wanted), tool: ("syft", Self.version, "Anchore, Inc"))
    for output in options.values("o", "output").isEmpty ? ["table"] : options.values("o", "output")
    {
      let parts = output.split(separator: "=", maxSplits: 1).map(String.init)
      let text: String
      switch parts.first?.prefix(while: { $0 != "@" }) ?? "" {
      case "table": text = table(image)
      case "spdx-json": text = TrivyRun.text(bill.spdx)
      case "spdx-tag-value", "spdx": text = bill.spdxText
      case "cyclonedx-json", "cyclonedx": text = TrivyRun.text(bill.cycloneDX)
      case "json", "syft-json":
        text = TrivyRun.text([
          "artifacts": .array(
            image.parts.flatMap { part in
              part.packages.map { package -> Value in
                [
                  "name": .string(package.name), "version": .string(package.version),
                  "type": .string(Self.type(part.kind)), "purl": .string(part.address(of: package)),
                ]
              }
            }),
          "source": ["type": "image", "name": .string(wanted)],
          "descriptor": ["name": "syft", "version": .string(Self.version)],
        ])
      default:
        try await process.writeError("drydock: not simulated: syft -o \(output)\n")
        return 1
      }
      if let path = parts.count > 1 ? parts[1] : options.value("file") {
        try process.replace(path, with: Array(text.utf8))
      } else {
        try await process.write(text)
      }
    }
    return 0
  }

  private static func type(_ kind: String) -> String {
    kind == "alpine" ? "apk" : kind == "gobinary" ? "go-module" : "deb"
  }

  private func table(_ image: ScannedImage) -> String {
    let rows = image.parts.flatMap { part in
      part.packages.map { [$0.name, $0.version, Self.type(part.kind)] }
    }
    return ToolTable.plain([["NAME", "VERSION", "TYPE"]] + rows, gap: 2)
  }
}
