import Documents

/// How a release is told of after it was made, and by `helm status`.
enum ReleaseText {
  static func print(
    _ release: Release, _ call: Call, isDry: Bool = false, tests: String? = nil
  ) async throws {
    if let output = call.flags["output"], output == "json" || output == "yaml" {
      var value = release.value
      // The chart is what was given; it is not told again.
      value["chart"] = nil
      return try await call.print(output == "json" ? JSON.text(value) + "\n" : YAML.text(value))
    }
    var text = """
      NAME: \(release.name)
      LAST DEPLOYED: \(Release.plain(release.lastDeployed))
      NAMESPACE: \(release.namespace)
      STATUS: \(release.status)
      REVISION: \(release.revision)

      """
    if call.flags.has("show-desc") { text += "DESCRIPTION: \(release.description)\n" }
    let hasTests = release.hooks.contains { $0.events.contains { $0.hasPrefix("test") } }
    if let tests {
      text += tests
    } else if !hasTests {
      text += "TEST SUITE: None\n"
    }
    if isDry {
      text += "HOOKS:\n" + release.hooks.map(\.shown).joined()
      text += "MANIFEST:\n" + release.manifest + "\n"
    }
    if call.flags.has("show-resources") { text += try await resources(release, call) }
    if !release.notes.isEmpty, !call.flags.has("hide-notes") {
      var notes = release.notes
      while notes.last == "\n" { notes.removeLast() }
      text += "NOTES:\n\(notes)\n"
    }
    try await call.print(text)
  }

  private static func resources(_ release: Release, _ call: Call) async throws -> String {
    var kinds: [(String, [String])] = []
    for part in ManifestParts(manifest: release.manifest).objects {
      let title = "\(part.value["apiVersion"]?.string ?? "")/\(part.kind)"
      if let index = kinds.firstIndex(where: { $0.0 == title }) {
        kinds[index].1.append(part.name)
      } else {
        kinds.append((title, [part.name]))
      }
    }
    return "RESOURCES:\n"
      + kinds.map { "==> \($0.0)\nNAME\n\($0.1.joined(separator: "\n"))\n\n" }.joined()
  }
}
