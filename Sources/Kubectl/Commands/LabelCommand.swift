import Documents
import KubeObjects

/// kubectl label.
enum LabelCommand {
  static let specification = CommandSpecification(
    name: "label",
    usage: "label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N "
      + "[--resource-version=version]",
    summary: "Update the labels on a resource", about: "Update the labels on a resource.",
    examples: [
      ("A label for a node", "kubectl label node node01 disk=ssd"),
      ("Another value", "kubectl label pod web tier=front --overwrite"),
      ("No such label any more", "kubectl label pod web tier-"),
    ],
    flags: MetadataChange.flags("kubectl-label"),
    run: { try await MetadataChange($0, member: "labels").run() })
}

/// kubectl annotate.
enum AnnotateCommand {
  static let specification = CommandSpecification(
    name: "annotate",
    usage: "annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N "
      + "[--resource-version=version]",
    summary: "Update the annotations on a resource",
    about: "Update the annotations on one or more resources.",
    examples: [
      ("A note on a pod", "kubectl annotate pod web note='first try'"),
      ("The note goes", "kubectl annotate pod web note-"),
    ],
    flags: MetadataChange.flags("kubectl-annotate"),
    run: { try await MetadataChange($0, member: "annotations").run() })
}

/// Sets and removes labels or annotations, which differ in little but words.
struct MetadataChange {
  private let call: Invocation
  private let member: String
  private var isLabel: Bool { member == "labels" }

  init(_ call: Invocation, member: String) {
    self.call = call
    self.member = member
  }

  static func flags(_ manager: String) -> [Flag] {
    .printing + .filename + .dryRun + .selector + .allNamespaces + .manager(manager)
      + Flag.list(
        "all:bool field-selector:string list:bool local:bool overwrite:bool resource-version:string"
      )
  }

  func run() async throws {
    let values = call.values
    let (resources, pairs) = try Self.split(call.arguments, what: isLabel ? "label" : "annotation")
    let (added, removed) = try parse(pairs)
    if values.bool("all"), !values.string("selector").isEmpty {
      throw CommandError.text("cannot set --all and --selector at the same time")
    }
    if values.bool("all"), !values.string("field-selector").isEmpty {
      throw CommandError.text("cannot set --all and --field-selector at the same time")
    }
    let hasFiles = !values.strings("filename").isEmpty || !values.string("kustomize").isEmpty
    if values.bool("local"), !hasFiles {
      throw CommandError.text(
        "can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set")
    }
    if resources.isEmpty, !hasFiles {
      throw CommandError.text(
        "one or more resources must be specified as <resource> <name> or <resource>/<name>")
    }
    if values.bool("list"), !values.string("output").isEmpty {
      throw CommandError.text("--list and --output may not be specified together")
    }
    if added.isEmpty, removed.isEmpty, !values.bool("list") {
      throw CommandError.text("at least one \(isLabel ? "label" : "annotation") update is required")
    }
    let dryRun = try call.dryRun()
    var printer = try await ResultPrinter(call, operation: "", dryRun: dryRun)
    var selection = Selection(call, arguments: resources)
    selection.isLatest = !values.bool("local")
    selection.isOfflineFile = values.bool("local")
    var findings = try await selection.find(call)
    let infos = findings.flattened
    if infos.count > 1, !values.string("resource-version").isEmpty {
      throw CommandError.text("--resource-version may only be used with a single resource")
    }
    for (index, info) in infos.enumerated() {
      // Labels have a printer for each object, and so no lines between documents.
      if isLabel, index > 0 {
        printer = try await ResultPrinter(call, operation: "", dryRun: dryRun)
      }
      do {
        try await change(info, added, removed, dryRun, printer, isOneOfMany: !findings.isSingle)
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }

  private func change(
    _ info: ResourceInfo, _ added: [(String, String)], _ removed: [String],
    _ dryRun: Invocation.DryRun, _ printer: ResultPrinter, isOneOfMany: Bool
  ) async throws {
    let values = call.values
    var info = info
    let old = info.object
    let current = old[path: "metadata", member]?.object ?? [:]
    if !values.bool("overwrite") { try refuseOverwriting(current, added) }
    var changed = current
    for (key, value) in added { changed[key] = .string(value) }
    for key in removed {
      if isLabel, current[key] == nil, !values.bool("list") {
        call.output.line("label \(Go.quoted(key)) not found.")
      }
      changed[key] = nil
    }
    var new = old
    new[path: "metadata", member] = .object(changed)
    if !values.string("resource-version").isEmpty {
      new[path: "metadata", "resourceVersion"] = .string(values.string("resource-version"))
    }
    // What is listed is what would be.
    if values.bool("list") { return list(changed, of: info, isOneOfMany) }
    let note = operation(old, new, dryRun)
    if dryRun == .client || values.bool("local") {
      info.object = new
    } else {
      let patch = PatchMaker.merge(from: old, to: new) ?? .emptyObject
      info.refresh(
        try await call.client().send(
          "PATCH", info.path(), Writing(call).query(dryRun: dryRun), body: patch,
          contentType: PatchMaker.mergeType
        ).value)
    }
    try printer.print(info, operation: note)
  }

  private func list(_ entries: Mapping, of info: ResourceInfo, _ isOneOfSeveral: Bool) {
    let isOneOfMany =
      isOneOfSeveral || call.values.bool("all") || !call.values.string("selector").isEmpty
    if isOneOfMany {
      let kind = "\(info.resource.kind).\(info.resource.group)/\(info.name)"
      call.output.line("Listing \(member) for \(kind):")
    }
    for (key, value) in entries {
      call.output.line("\(isOneOfMany ? " " : "")\(key)=\(value.string ?? "")")
    }
  }

  /// kubectl compares the lengths of the texts to tell a removal from a change.
  private func operation(_ old: Value, _ new: Value, _ dryRun: Invocation.DryRun) -> String {
    var text = isLabel ? "not labeled" : "annotated"
    if isLabel, old != new {
      text = "labeled"
      if !call.values.bool("overwrite"),
        JSONText.marshal(new).utf8.count < JSONText.marshal(old).utf8.count
      {
        text = "unlabeled"
      }
    }
    switch dryRun {
    case .none: return text
    case .client: return text + " (dry run)"
    case .server: return text + " (server dry run)"
    }
  }

  private func refuseOverwriting(_ current: Mapping, _ added: [(String, String)]) throws {
    var last: [String: String] = [:]
    for (key, value) in added { last[key] = value }
    var told: Set<String> = []
    let taken = added.compactMap { key, _ -> String? in
      guard told.insert(key).inserted, let value = last[key] else { return nil }
      guard let old = current[key]?.string, old != value else { return nil }
      return "'\(key)' already has a value (\(old))"
    }
    guard !taken.isEmpty else { return }
    if isLabel {
      let complaints = taken.map { CommandError.text("\($0), and --overwrite is false") }
      throw complaints.count == 1 ? complaints[0] : CommandError.aggregate(complaints)
    }
    throw CommandError.text(
      "--overwrite is false but found the following declared annotation(s): "
        + taken.joined(separator: "; "))
  }

  /// Words before the first pair name resources.
  static func split(_ words: [String], what: String) throws -> (
    resources: [String], pairs: [String]
  ) {
    var resources: [String] = []
    var pairs: [String] = []
    for word in words {
      let isPair =
        (word.contains("=") && !word.hasPrefix("=")) || (word.hasSuffix("-") && word != "-")
      if isPair {
        pairs.append(word)
      } else if pairs.isEmpty {
        resources.append(word)
      } else {
        throw CommandError.text("all resources must be specified before \(what) changes: \(word)")
      }
    }
    return (resources, pairs)
  }

  private let longest = "must be no more than 63 characters"

  private func parse(_ pairs: [String]) throws -> (added: [(String, String)], removed: [String]) {
    var added: [(String, String)] = []
    var removed: [String] = []
    for pair in pairs {
      if let equals = pair.firstIndex(of: "=") {
        let value = String(pair[equals...].dropFirst())
        if isLabel, value.contains("=") {
          throw CommandError.text("invalid label spec: \(pair)")
        }
        if isLabel, let problem = NameRule.labelValue.problems(value).first {
          // The client's own rule still counts characters where the server's counts bytes.
          let text = problem.replacing("must be no more than 63 bytes", with: longest)
          throw CommandError.text("invalid label value: \(Go.quoted(pair)): \(text)")
        }
        added.append((String(pair[..<equals]), value))
      } else {
        removed.append(String(pair.dropLast()))
      }
    }
    let both = removed.filter { key in added.contains { $0.0 == key } }
    if !both.isEmpty {
      throw CommandError.text(
        isLabel
          ? "can not both modify and remove a label in the same command"
          : "can not both modify and remove the following annotation(s) in the same command: "
            + both.joined(separator: ", "))
    }
    return (added, removed)
  }
}
