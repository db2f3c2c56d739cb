import Documents
import KubeObjects
import Shell
import Simulation

/// kubectl edit.
enum EditCommand {
  static let specification = CommandSpecification(
    name: "edit", usage: "edit (RESOURCE/NAME | -f FILENAME)",
    summary: "Edit a resource on the server",
    about: "Edit a resource from the default editor.",
    examples: [
      ("A deployment in your editor", "kubectl edit deployment web"),
      ("With another editor", "KUBE_EDITOR=nano kubectl edit svc/web"),
    ],
    flags: .printing + .filename + .validate + .saveConfig + .manager("kubectl-edit")
      + Flag.list("output-patch:bool subresource:string windows-line-endings:bool"),
    run: run)

  static func run(_ call: Invocation) async throws {
    var selection = Selection(call)
    selection.isLatest = true
    selection.allowsEmptySelector = true
    let findings = try await selection.find(call)
    try findings.check()
    let editing = Editing(call: call, format: try await OutputFormat.parse(call, .edited))
    try await editing.edit(findings.flattened)
  }
}

/// One round with an editor after another, until the text is saved well or not changed.
struct Editing {
  let call: Invocation
  let format: OutputFormat?
  var target = Target.object

  /// What the text in the editor becomes.
  enum Target {
    case object
    /// New objects: `create --edit`.
    case creation
    /// The annotation in which apply keeps what was applied last.
    case annotation
  }

  private static let header = """
    # Please edit the object below. Lines beginning with a '#' will be ignored,
    # and an empty file will abort the edit. If an error occurs while saving this file will be
    # reopened with the relevant failures.
    #

    """

  func edit(_ infos: [ResourceInfo]) async throws {
    guard !infos.isEmpty else { throw CommandError.text("edit cancelled, no objects found") }
    let original = infos.map { Self.shown($0.object) }
    let body = text(original)
    let number = ShortHash.number(of: body + "\(call.now.nanoseconds)")
    let path = "/tmp/kubectl-edit-\(number).\(format == .json ? "json" : "yaml")"
    var content = Self.header + body
    var refused: String?
    for _ in 0..<100 {
      let ends = call.values.bool("windows-line-endings") ? "\r\n" : "\n"
      try call.surroundings.writeFile(path, Array(content.replacing("\n", with: ends).utf8))
      try await open(path)
      let bytes = try await call.surroundings.readFile(path)
      let edited = Self.withoutComments(
        String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n"))
      // What was refused once is not sent again.
      if edited == refused {
        throw preserved(path, "Edit cancelled, no valid changes were saved.")
      }
      if edited == body {
        try? call.surroundings.removeFile(path)
        call.output.complainLine("Edit cancelled, no changes made.")
        return
      }
      if let trouble = try await save(edited, infos, original) {
        if trouble.isFinal { throw preserved(path, trouble.comment) }
        content = Self.header + trouble.comment + edited
        refused = edited
        continue
      }
      try? call.surroundings.removeFile(path)
      return
    }
    throw CommandError.text("drydock: the editor never left a file that could be saved")
  }

  private func preserved(_ path: String, _ reason: String) -> CommandError {
    .told(
      "A copy of your changes has been stored to \(Go.quoted(path))\nerror: \(reason)\n", 1)
  }

  private struct Trouble {
    var comment: String
    var isFinal = false
  }

  /// Sends what changed; what is wrong comes back as comments for the top of the file.
  private func save(_ text: String, _ infos: [ResourceInfo], _ original: [Value]) async throws
    -> Trouble?
  {
    let (documents, problem) = ManifestText.read(Array(text.utf8))
    let flaw =
      problem.map { "\($0)" }
      ?? (documents.isEmpty
        ? "invalid object to validate" : documents.compactMap(Manifest.flaw).first)
    if let flaw, let info = infos.first {
      complainOfInvalid(info)
      return Trouble(
        comment: Self.comment(
          info, ["<nil>: Invalid value: \"The edited file failed validation\": " + flaw]))
    }
    let manifests = documents.flatMap { Manifest.flatten($0, source: "edited-file") }
    let mapper = try await call.mapper()
    do {
      for manifest in manifests { _ = try manifest.info(mapper) }
    } catch {
      return Trouble(
        comment: "# The edited file had a syntax error: "
          + CommandError.message(error).replacing("\n", with: "\n# ") + "\n#\n")
    }
    let edited = manifests.map(\.object)
    let printer = try await ResultPrinter(
      call, operation: target == .creation ? "created" : "edited")
    var reasons: [String] = []
    var skipped: [String] = []
    for (index, info) in infos.enumerated() {
      guard
        let new = edited.first(where: {
          target != .object
            || $0[path: "metadata", "uid"] == info.object[path: "metadata", "uid"]
        }), original.indices.contains(index)
      else {
        guard let stranger = edited.first else { continue }
        return Trouble(
          comment: "no original object found for &unstructured.Unstructured{Object:"
            + "\(GoSyntax.text(stranger))}", isFinal: true)
      }
      if target == .creation {
        var made = info
        made.refresh(
          try await call.client().send(
            "POST", info.resource.path(namespace: info.namespace), Writing(call).query(), body: new
          ).value)
        try printer.print(made)
        continue
      }
      if target == .object, let trouble = identityTrouble(info, new) { return trouble }
      let patch =
        target == .object
        ? try ObjectPatch.twoWay(info.resource, from: original[index], to: new)
        : ObjectPatch(
          body: [
            "metadata": [
              "annotations": .object([LastApplied.key: .string(LastApplied.plainText(new))])
            ]
          ], contentType: PatchMaker.mergeType)
      if patch.isEmpty {
        skipped.append("\(info.printedName) skipped")
        continue
      }
      do {
        var changed = info
        changed.refresh(
          try await call.client().send(
            "PATCH", info.path(call.values.string("subresource")), Writing(call).query(),
            body: patch.body, contentType: patch.contentType
          ).value)
        if call.values.bool("output-patch") {
          call.output.line("Patch: \(JSONText.marshal(patch.body))")
        }
        try printer.print(changed)
      } catch {
        guard let status = CommandError.status(of: error) else { throw error }
        reasons += Self.comments(status, info)
        let said = CommandError.report(error, command: call.commandPath).text
        if status.reason == "Invalid" {
          complainOfInvalid(info)
        } else {
          call.output.complainLine(
            "error: \(info.resource.groupResource) \(Go.quoted(info.name)) could not be patched: "
              + said)
        }
      }
    }
    if reasons.isEmpty {
      for line in skipped { call.output.line(line) }
      return nil
    }
    return Trouble(comment: reasons.joined())
  }

  /// What names an object may not change under the editor (kubectl's visitToPatch and the builder
  /// that reads the file back).
  private func identityTrouble(_ info: ResourceInfo, _ new: Value) -> Trouble? {
    let namespace = new[path: "metadata", "namespace"]?.string ?? ""
    if info.resource.isNamespaced, !namespace.isEmpty, namespace != info.namespace {
      return Trouble(
        comment:
          "the namespace from the provided object \(Go.quoted(namespace)) does not match the "
          + "namespace \(Go.quoted(info.namespace)). You must pass '--namespace=\(namespace)' to "
          + "perform this operation.", isFinal: true)
    }
    let isSame =
      info.object["apiVersion"] == new["apiVersion"] && info.object["kind"] == new["kind"]
      && info.name == new[path: "metadata", "name"]?.string
    return isSame
      ? nil
      : Trouble(comment: "At least one of apiVersion, kind and name was changed", isFinal: true)
  }

  private func complainOfInvalid(_ info: ResourceInfo) {
    call.output.complainLine(
      "error: \(info.resource.groupResource) \(Go.quoted(info.name)) is invalid")
  }

  private static func comments(_ status: StatusError, _ info: ResourceInfo) -> [String] {
    let causes = status.details?.causes ?? []
    if causes.isEmpty { return [comment(info, [status.message])] }
    return [comment(info, causes.map { "\($0.field): \($0.message)" })]
  }

  private static func comment(_ info: ResourceInfo, _ reasons: [String]) -> String {
    "# \(info.resource.groupResource) \(Go.quoted(info.name)) was not valid:\n"
      + reasons.map { "# * \($0.replacing("\n", with: "\n# "))\n" }.joined() + "#\n"
  }

  private func open(_ path: String) async throws {
    try await call.flush()
    let environment = call.surroundings.environment
    let editor =
      [environment["KUBE_EDITOR"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty }
      ?? "vi"
    // What needs a shell to be read is left to one (editor.NewDefaultEditor).
    let simple = !editor.contains(where: { "\"'\\$;&|<>".contains($0) })
    let shell = environment["SHELL"].flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/bash"
    let words =
      simple ? editor.split(separator: " ").map(String.init) : [shell, "-c", editor]
    let named = Go.quoted(words.joined(separator: " "))
    do {
      let arguments =
        simple ? words.dropFirst() + [path] : ["-c", "\(editor) \(Go.quoted(path))"]
      let status = try await call.surroundings.run(words.first ?? editor, Array(arguments))
      if status != 0 { throw CommandError.text("there was a problem with the editor \(named)") }
    } catch let error as HostError where error == .notFound {
      throw CommandError.text("unable to launch the editor \(named)")
    }
  }

  private func text(_ objects: [Value]) -> String {
    let shown: Value =
      objects.count == 1
      ? objects[0]
      : ["apiVersion": "v1", "items": .array(objects), "kind": "List", "metadata": [:]]
    return format == .json ? JSONText.indented(shown) + "\n" : YAMLText.text(shown)
  }

  private static func shown(_ object: Value) -> Value {
    var object = object
    if object[path: "metadata", "managedFields"] != nil {
      object[path: "metadata", "managedFields"] = nil
    }
    return object
  }

  private static func withoutComments(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("#") }.joined(separator: "\n")
  }
}
