import Documents

/// kubectl apply edit-last-applied.
enum EditLastApplied {
  static let specification = CommandSpecification(
    name: "edit-last-applied", usage: "edit-last-applied (RESOURCE/NAME | -f FILENAME)",
    summary: "Edit latest last-applied-configuration annotations of a resource/object",
    about: "Edit the latest last-applied-configuration annotations of resources from the default "
      + "editor.",
    examples: [("Of a deployment", "kubectl apply edit-last-applied deployment/web")],
    flags: .printing + .filename + .validate + .manager("kubectl-client-side-apply")
      + Flag.list("windows-line-endings:bool"), run: run)

  static func run(_ call: Invocation) async throws {
    var selection = Selection(call)
    selection.isLatest = true
    let findings = try await selection.find(call)
    try findings.check()
    let infos = findings.flattened.compactMap { info -> ResourceInfo? in
      guard let text = LastApplied.recorded(in: info.object), let value = try? JSON.parse(text)
      else { return nil }
      var info = info
      info.object = value
      return info
    }
    if infos.isEmpty {
      throw CommandError.text(
        "no last-applied-configuration annotation found on resources, to create the annotation, "
          + "use command `kubectl apply set-last-applied --create-annotation`")
    }
    try await Editing(
      call: call, format: try await OutputFormat.parse(call), target: .annotation
    ).edit(infos)
  }
}
