import Documents
import KubeObjects
import Shell
import Simulation

/// kubectl diff: what apply would change, shown by the diff program.
enum DiffCommand {
  static let specification = CommandSpecification(
    name: "diff", usage: "diff -f FILENAME",
    summary: "Diff the live version against a would-be applied version",
    about: "Diff configurations specified by file name or stdin between the current online "
      + "configuration, and the configuration as it would be if applied.\n\n"
      + " The output is always YAML. KUBECTL_EXTERNAL_DIFF names another program than diff.\n\n"
      + " Exit status: 0 no differences were found. 1 differences were found. More than 1: kubectl "
      + "or diff failed.",
    examples: [
      ("What applying a file would change", "kubectl diff -f pod.yaml"),
      ("What comes down a pipe", "cat service.yaml | kubectl diff -f -"),
    ],
    flags: .filename + .selector + .manager("kubectl-client-side-apply")
      + Flag.list(
        "concurrency:int=1 force-conflicts:bool prune:bool prune-allowlist:array server-side:bool "
          + "show-managed-fields:bool show-secrets:bool"),
    failureStatus: 2, run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    if !call.arguments.isEmpty {
      throw CommandError.usage("Unexpected args: \(Go.list(call.arguments))")
    }
    guard !values.strings("filename").isEmpty || !values.string("kustomize").isEmpty else {
      throw CommandError.text("must specify one of -f and -k")
    }
    let findings = try await Selection(call, arguments: []).find(call)
    let folders = DiffFolders(call)
    try folders.make()
    var pairs: [DiffFolders.Pair] = []
    do {
      try findings.check()
      for info in findings.infos {
        let (live, merged) = try await states(of: info, call)
        pairs.append(try folders.write(info, live: live, merged: merged))
      }
      let status = try await folders.compare(pairs)
      folders.remove(pairs)
      if status != 0 { throw CommandError.exit(status) }
    } catch {
      folders.remove(pairs)
      throw error
    }
  }

  /// The object as it is, and as applying would leave it.
  private static func states(
    of info: ResourceInfo, _ call: Invocation
  ) async throws -> (live: Value?, merged: Value) {
    let client = try await call.client()
    var live: Value?
    do {
      live = try await client.get(info.path())
    } catch {
      guard CommandError.isNotFound(error) else { throw error }
    }
    if call.values.bool("server-side") {
      let manager =
        call.values.changed("field-manager") ? call.values.string("field-manager") : "kubectl"
      var query = Writing(call).query(dryRun: .server, manager: manager)
      query.append(("force", call.values.bool("force-conflicts") ? "true" : "false"))
      do {
        let answer = try await client.send(
          "PATCH", info.path(), query, body: info.object, contentType: PatchMaker.applyType)
        return (live, answer.value)
      } catch {
        // A conflict is taken for a change in between, and tried again until the last time.
        if CommandError.isConflict(error) {
          call.klog(
            "W", "diff.go:723",
            "Object (\(info.resource.groupVersion), Kind=\(info.resource.kind): \(info.name)) keeps "
              + "changing, diffing without lock")
        }
        throw error
      }
    }
    // The record of what was applied last is left out of the comparison.
    var modified = info.object
    var annotations = modified[path: "metadata", "annotations"]?.object ?? [:]
    annotations[LastApplied.key] = nil
    modified[path: "metadata", "annotations"] = .object(annotations)
    guard let live else {
      let answer = try await client.send(
        "POST", info.resource.path(namespace: info.namespace),
        Writing(call).query(dryRun: .server), body: modified)
      return (nil, answer.value)
    }
    let original =
      LastApplied.recorded(in: live).flatMap { try? JSON.parse($0) } ?? .emptyObject
    let patch = try ObjectPatch.threeWay(
      info.resource, original: original, modified: modified, current: live)
    if patch.isEmpty { return (live, live) }
    let answer = try await client.send(
      "PATCH", info.path(), Writing(call).query(dryRun: .server), body: patch.body,
      contentType: patch.contentType)
    return (live, answer.value)
  }
}

/// The two folders that the diff program compares.
struct DiffFolders {
  struct Pair {
    let name: String
    let differs: Bool
  }

  private let call: Invocation
  private let live: String
  private let merged: String

  init(_ call: Invocation) {
    self.call = call
    // As os.MkdirTemp names them, from the clock rather than from chance.
    let number = UInt64(bitPattern: call.now.nanoseconds) % 4_294_967_296
    live = "/tmp/LIVE-\(number)"
    merged = "/tmp/MERGED-\((number &* 7919 &+ 104_729) % 4_294_967_296)"
  }

  func make() throws {
    try call.surroundings.makeDirectory(live)
    try call.surroundings.makeDirectory(merged)
  }

  func write(_ info: ResourceInfo, live old: Value?, merged new: Value) throws -> Pair {
    let group = info.resource.group.isEmpty ? "" : info.resource.group + "."
    let name =
      "\(group)\(info.resource.version).\(info.resource.kind).\(info.namespace).\(info.name)"
    let (before, after) = masked(old.map(shown), shown(new), kind: info.resource.kind)
    let texts = [before.map(YAMLText.text) ?? "", YAMLText.text(after)]
    try call.surroundings.writeFile("\(live)/\(name)", Array(texts[0].utf8))
    try call.surroundings.writeFile("\(merged)/\(name)", Array(texts[1].utf8))
    return Pair(name: name, differs: texts[0] != texts[1])
  }

  private func shown(_ object: Value) -> Value {
    var object = object
    if !call.values.bool("show-managed-fields"),
      object[path: "metadata", "managedFields"] != nil
    {
      object[path: "metadata", "managedFields"] = nil
    }
    return object
  }

  /// Of Secrets one sees only which values change.
  private func masked(_ old: Value?, _ new: Value, kind: String) -> (Value?, Value) {
    guard kind == "Secret", !call.values.bool("show-secrets") else { return (old, new) }
    var (old, new) = (old, new)
    let before = old?["data"]?.object ?? [:]
    let after = new["data"]?.object ?? [:]
    for (key, value) in after {
      let isChanged = before[key] != nil && before[key] != value
      new[path: "data", key] = .string(isChanged ? "*** (after)" : "***")
    }
    for (key, value) in before {
      let isChanged = after[key] != nil && after[key] != value
      old?[path: "data", key] = .string(isChanged ? "*** (before)" : "***")
    }
    return (old, new)
  }

  /// Runs the diff program; its exit status, 0 for no difference.
  func compare(_ pairs: [Pair]) async throws -> Int32 {
    try await call.flush()
    let custom = call.surroundings.environment["KUBECTL_EXTERNAL_DIFF"] ?? ""
    let words = custom.split(separator: " ").map(String.init)
    if let program = words.first {
      // Only plain options are taken over, and they stand last.
      let options = words.dropFirst().filter { word in
        word.wholeMatch(of: /[A-Za-z0-9=-]+/) != nil
      }
      let status: ExitStatus
      do {
        status = try await call.surroundings.run(program, [live, merged] + options)
      } catch let error as HostError where error == .notFound {
        throw CommandError.text(
          "failed to run \(Go.quoted(program)): executable file not found in $PATH")
      }
      guard status <= 1 else { throw CommandError.text("exit status \(status)") }
      return status
    }
    var found: Int32 = 0
    // What `diff -u -N` of two folders prints, file by file.
    for pair in pairs.sorted(by: { $0.name < $1.name }) where pair.differs {
      let paths = ["\(live)/\(pair.name)", "\(merged)/\(pair.name)"]
      call.output.line("diff -u -N \(paths[0]) \(paths[1])")
      try await call.flush()
      let status = try await call.surroundings.run("diff", ["-u", "-N"] + paths)
      guard status <= 1 else { throw CommandError.text("exit status \(status)") }
      found = max(found, status)
    }
    return found
  }

  func remove(_ pairs: [Pair]) {
    for pair in pairs {
      try? call.surroundings.removeFile("\(live)/\(pair.name)")
      try? call.surroundings.removeFile("\(merged)/\(pair.name)")
    }
    try? call.surroundings.removeDirectory(live)
    try? call.surroundings.removeDirectory(merged)
  }
}
