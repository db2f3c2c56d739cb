import Documents

/// kubectl auth reconcile: roles and bindings hold at least what the files say.
enum AuthReconcile {
  static func run(_ call: Invocation) async throws {
    let values = call.values
    guard !values.strings("filename").isEmpty || !values.string("kustomize").isEmpty else {
      throw CommandError.text("must specify one of -f and -k")
    }
    let dryRun = try call.dryRun()
    guard dryRun != .server else {
      throw CommandError.text("--dry-run=server for command reconcile is not supported yet")
    }
    let printer = try await ResultPrinter(call, operation: "reconciled", dryRun: dryRun)
    var selection = Selection(call, arguments: [])
    // Typed objects keep the namespace of their file, even when that names none.
    selection.keepsNamespaces = true
    var findings = try await selection.find(call)
    for info in findings.infos {
      do {
        try GoType.require(info.resource, of: info.source)
        guard info.resource.group == Subjects.group else { continue }
        var info = info
        try await reconcile(&info, call, dryRun)
        try printer.print(info)
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }

  private static func reconcile(
    _ info: inout ResourceInfo, _ call: Invocation, _ dryRun: Invocation.DryRun
  ) async throws {
    let isBinding = info.resource.kind.hasSuffix("Binding")
    let member = isBinding ? "subjects" : "rules"
    let wanted = info.object[member]?.array ?? []
    let client = try await call.client()
    let isNowhere = info.resource.isNamespaced && info.namespace.isEmpty
    if isNowhere, dryRun == .none {
      // It is looked for where there are none, which not everybody may.
      do {
        _ = try await client.get(info.resource.path(name: info.name))
      } catch {
        guard CommandError.isNotFound(error) else { throw error }
      }
      throw CommandError.text("resource name may not be empty")
    }
    var current: Value?
    if !isNowhere {
      do {
        current = try await client.get(info.path())
      } catch {
        guard CommandError.isNotFound(error) else { throw error }
      }
    }
    let held = current?[member]?.array ?? []
    let missing = wanted.filter { !held.contains($0) }
    // A subject that stands twice goes once (diffSubjectLists).
    var extra: [Value] = []
    for item in held where !wanted.contains(item) && !(isBinding && extra.contains(item)) {
      extra.append(item)
    }
    let removes =
      call.values.bool(isBinding ? "remove-extra-subjects" : "remove-extra-permissions")
    let isChange = current == nil || !missing.isEmpty || (removes && !extra.isEmpty)
    if isChange {
      call.output.complainLine(
        "\treconciliation required \(current == nil ? "create" : "update")")
      if !missing.isEmpty {
        call.output.complainLine("\tmissing \(member) added:")
        for item in missing { call.output.complainLine("\t\t\(text(item, isBinding))") }
      }
      if removes, !extra.isEmpty {
        call.output.complainLine("\textra \(member) removed:")
        for item in extra { call.output.complainLine("\t\t\(text(item, isBinding))") }
      }
    }
    if let current { info.object = current }
    guard isChange, dryRun != .client else { return }
    guard var object = current else {
      info.object = try await client.send(
        "POST", info.resource.path(namespace: info.namespace), body: info.unversioned
      ).value
      return
    }
    object[member] = .array(removes ? wanted : held + missing)
    info.object = try await client.send("PUT", info.path(), body: object).value
  }

  private static func text(_ item: Value, _ isBinding: Bool) -> String {
    func list(_ name: String) -> String {
      Go.list((item[name]?.array ?? []).compactMap(\.string))
    }
    if isBinding {
      return "{Kind:\(item["kind"]?.string ?? "") APIGroup:\(item["apiGroup"]?.string ?? "") "
        + "Name:\(item["name"]?.string ?? "") Namespace:\(item["namespace"]?.string ?? "")}"
    }
    return "{Verbs:\(list("verbs")) APIGroups:\(list("apiGroups")) Resources:\(list("resources")) "
      + "ResourceNames:\(list("resourceNames")) NonResourceURLs:\(list("nonResourceURLs"))}"
  }
}
