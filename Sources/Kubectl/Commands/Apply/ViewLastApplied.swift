import Documents
import KubeObjects

/// kubectl apply view-last-applied.
enum ViewLastApplied {
  static let specification = CommandSpecification(
    name: "view-last-applied",
    usage: "view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)",
    summary: "View the latest last-applied-configuration annotations of a resource/object",
    about: "View the latest last-applied-configuration annotations by type/name or file.",
    examples: [("Of a deployment", "kubectl apply view-last-applied deployment/web")],
    flags: .filename + .selector + Flag.list("all:bool output,o:string=yaml"), run: run)

  static func run(_ call: Invocation) async throws {
    let form = call.values.string("output")
    guard form == "yaml" || form == "json" else {
      throw CommandError.usage(
        "Unexpected -o output mode: \(form), the flag 'output' must be one of yaml|json")
    }
    var selection = Selection(call)
    selection.isLatest = true
    let findings = try await selection.find(call)
    // The first failure ends it (the builder's visitor without ContinueOnError).
    if let first = findings.errors.first { throw first }
    for info in findings.flattened {
      guard let text = LastApplied.recorded(in: info.object) else {
        // Upstream wraps an error that is none, and so says nothing of objects without a file.
        if info.source.isEmpty { continue }
        throw CommandError.text(
          "error when no last-applied-configuration annotation found on resource: \(info.name) "
            + "\(Go.quoted(info.source)): <nil>")
      }
      guard let value = try? JSON.parse(text) else {
        throw CommandError.text("the last-applied-configuration of \(info.name) is damaged")
      }
      let style = JSONWriter.Style(indent: "  ", escapesHTML: true)
      call.output.print(
        form == "yaml" ? YAMLText.text(value) : JSONText.text(value, style) + "\n")
    }
  }
}

/// kubectl apply set-last-applied.
enum SetLastApplied {
  static let specification = CommandSpecification(
    name: "set-last-applied", usage: "set-last-applied -f FILENAME",
    summary:
      "Set the last-applied-configuration annotation on a live object to match the contents of a "
      + "file",
    about: "Set the latest last-applied-configuration annotations by setting it to match the "
      + "contents of a file.",
    examples: [("From a file", "kubectl apply set-last-applied -f deployment.yaml")],
    flags: .printing + .dryRun + Flag.list("filename,f:list create-annotation:bool"), run: run)

  static func run(_ call: Invocation) async throws {
    let dryRun = try call.dryRun()
    let printer = try await ResultPrinter(call, operation: "configured", dryRun: dryRun)
    let findings = try await Selection(call, arguments: []).find(call)
    try findings.check()
    var changing: [ResourceInfo] = []
    for info in findings.infos {
      let current = try await call.client().get(info.path())
      if LastApplied.recorded(in: current) == nil, !call.values.bool("create-annotation") {
        throw CommandError.text(
          "no last-applied-configuration annotation found on resource: \(info.name), to create the "
            + "annotation, run the command with --create-annotation")
      }
      if LastApplied.recorded(in: current) == LastApplied.plainText(info.object) {
        call.output.line("set-last-applied \(info.name): no changes required.")
      } else {
        changing.append(info)
      }
    }
    for var info in changing {
      let text = LastApplied.plainText(info.object)
      if dryRun != .client {
        info.refresh(
          try await call.client().send(
            "PATCH", info.path(), Writing(call).query(dryRun: dryRun),
            body: ["metadata": ["annotations": .object([LastApplied.key: .string(text)])]],
            contentType: PatchMaker.mergeType
          ).value)
      }
      try printer.print(info)
    }
  }
}
