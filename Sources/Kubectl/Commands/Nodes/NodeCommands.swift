import Documents
import KubeObjects

/// kubectl cordon and uncordon.
enum CordonCommand {
  static let cordon = specification(
    "cordon", "Mark node as unschedulable", "Mark node as unschedulable.", true)
  static let uncordon = specification(
    "uncordon", "Mark node as schedulable", "Mark node as schedulable.", false)

  private static func specification(
    _ name: String, _ summary: String, _ about: String, _ isCordon: Bool
  ) -> CommandSpecification {
    CommandSpecification(
      name: name, usage: "\(name) NODE", summary: summary, about: about,
      examples: [("One node", "kubectl \(name) node01")],
      flags: .dryRun + .selector,
      run: { try await run($0, isCordon: isCordon) })
  }

  static func nodes(_ call: Invocation) async throws -> [ResourceInfo] {
    let selector = call.values.string("selector")
    if call.arguments.isEmpty, selector.isEmpty {
      throw CommandError.usage("USAGE: \(call.command.name) NODE [flags]")
    }
    if call.arguments.contains("") { throw CommandError.text("resource name may not be empty") }
    if !call.arguments.isEmpty, !selector.isEmpty {
      throw CommandError.usage("cannot specify both a node name and a --selector option")
    }
    var selection = Selection()
    if selector.isEmpty {
      selection.arguments = call.arguments
      selection.namedType = "nodes"
      selection.isOfOneType = true
    } else {
      selection.arguments = ["nodes"]
      selection.labelSelector = selector
    }
    let findings = try await selection.find(call)
    // The first that is missing ends the look-up (Visit without ContinueOnError).
    if let error = findings.errors.first { throw error }
    return findings.flattened
  }

  static func run(_ call: Invocation, isCordon: Bool) async throws {
    let dryRun = try call.dryRun()
    for info in try await nodes(call) {
      // A refusal is told, and is no failure.
      do {
        try await set(info, isCordon, call, dryRun)
      } catch {
        try refuse(error, info, isCordon ? "cordon" : "uncordon", call)
      }
    }
  }

  static func refuse(
    _ error: any Error, _ info: ResourceInfo, _ verb: String, _ call: Invocation
  ) throws {
    guard CommandError.status(of: error) != nil else { throw error }
    call.output.complainLine(
      "error: unable to \(verb) node \(Go.quoted(info.name)): \(CommandError.message(error))")
  }

  static func set(
    _ info: ResourceInfo, _ isCordon: Bool, _ call: Invocation, _ dryRun: Invocation.DryRun
  ) async throws {
    let word = isCordon ? "cordoned" : "uncordoned"
    let isSet = info.object[path: "spec", "unschedulable"]?.bool ?? false
    if isSet == isCordon {
      return try await ResultPrinter(call, operation: "already \(word)", dryRun: dryRun).print(info)
    }
    if dryRun != .client {
      var query: APIClient.Query = []
      if dryRun == .server { query.append(("dryRun", "All")) }
      _ = try await call.client().send(
        "PATCH", info.path(), query,
        body: ["spec": ["unschedulable": isCordon ? .bool(true) : .null]],
        contentType: PatchMaker.strategicType)
    }
    try await ResultPrinter(call, operation: word, dryRun: dryRun).print(info)
  }
}

/// kubectl taint.
enum TaintCommand {
  static let specification = CommandSpecification(
    name: "taint",
    usage: "taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
    summary: "Update the taints on one or more nodes",
    about: "Update the taints on one or more nodes.",
    examples: [
      ("Only for those who tolerate it", "kubectl taint node node01 gpu=true:NoSchedule"),
      ("The taint goes", "kubectl taint node node01 gpu:NoSchedule-"),
    ],
    flags: .printing + .dryRun + .validate + .selector + .manager("kubectl-taint")
      + Flag.list("all:bool overwrite:bool"), run: run)

  static func run(_ call: Invocation) async throws {
    var resources: [String] = []
    var specs: [String] = []
    for word in call.arguments {
      let isTaint =
        word.contains("=") || word.contains(":") || (word.hasSuffix("-") && word.count > 1)
      if isTaint {
        specs.append(word)
      } else if specs.isEmpty {
        resources.append(word)
      } else {
        throw CommandError.text("all resources must be specified before taint changes: \(word)")
      }
    }
    if resources.isEmpty {
      throw CommandError.text("one or more resources must be specified as <resource> <name>")
    }
    let isTaintless = specs.isEmpty
    let change = try TaintChange(specs)
    let isAll = call.values.bool("all")
    if isTaintless {
      throw CommandError.text("at least one taint update is required")
    }
    let words = resources.first.map { $0.split(separator: ",") } ?? []
    for word in words where try await !call.mapper().isNode(String(word)) {
      throw CommandError.text("invalid resource type \(word), only node types are supported")
    }
    if isAll, !call.values.string("selector").isEmpty {
      throw CommandError.text("setting 'all' parameter with a non empty selector is prohibited")
    }
    if resources.count < 2, !isAll, call.values.string("selector").isEmpty {
      throw CommandError.text(
        "at least one resource name must be specified since 'all' parameter is not set")
    }
    let dryRun = try call.dryRun()
    // All are all, whatever is named beside.
    var selection = Selection(call, arguments: isAll ? ["nodes"] : resources)
    selection.allowsEmptySelector = isAll
    var findings = try await selection.find(call)
    var errors: [any Error] = []
    for info in findings.flattened {
      do {
        let (taints, note) = try change.apply(
          to: info.object[path: "spec", "taints"]?.array ?? [], node: info.name,
          overwrites: call.values.bool("overwrite"))
        var changed = info
        changed.object[path: "spec", "taints"] = taints.isEmpty ? Value?.none : .array(taints)
        if dryRun != .client {
          let patch = try ObjectPatch.twoWay(
            info.resource, from: info.object, to: changed.object)
          changed.refresh(
            try await call.client().send(
              "PATCH", info.path(), Writing(call).query(dryRun: dryRun, validates: false),
              body: patch.body, contentType: patch.contentType
            ).value)
        }
        // A trial is told like a deed.
        try await ResultPrinter(call, operation: note, dryRun: .none).print(changed)
      } catch {
        errors.append(error)
      }
    }
    findings.errors = errors + findings.errors
    try findings.check()
  }
}

/// What `taint` adds and takes away.
struct TaintChange {
  private var added: [(key: String, value: String, effect: String)] = []
  private var removed: [(key: String, effect: String)] = []
  private static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

  init(_ specs: [String]) throws {
    var seen: Set<String> = []
    for spec in specs {
      let isRemoval = spec.hasSuffix("-")
      let (key, value, effect) = try Self.parse(isRemoval ? String(spec.dropLast()) : spec)
      if isRemoval {
        removed.append((key, effect))
        continue
      }
      guard !effect.isEmpty else { throw CommandError.text("invalid taint spec: \(spec)") }
      guard seen.insert("\(key):\(effect)").inserted else {
        throw CommandError.usage(
          "duplicated taints with the same key and effect: {\(key) \(value) \(effect) <nil>}")
      }
      added.append((key, value, effect))
    }
    let both = added.filter { new in
      removed.contains { $0.key == new.key && ($0.effect.isEmpty || $0.effect == new.effect) }
    }
    if let first = both.first {
      throw CommandError.text(
        "can not both modify and remove the following taint(s) in the same command: "
          + "\(first.key)=\(removed.first { $0.key == first.key }?.effect ?? "")")
    }
  }

  private static func parse(_ spec: String) throws -> (String, String, String) {
    var rest = spec[...]
    var effect = ""
    let colons = rest.split(separator: ":", omittingEmptySubsequences: false)
    if colons.count > 2 { throw CommandError.usage("invalid taint spec: \(spec)") }
    if colons.count == 2 {
      effect = String(colons[1])
      rest = colons[0]
      guard effects.contains(effect) else {
        throw CommandError.usage(
          "invalid taint effect: \(effect), unsupported taint effect")
      }
    }
    // Without an effect the whole is the key.
    let parts =
      colons.count == 1 ? [rest] : rest.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { throw CommandError.usage("invalid taint spec: \(spec)") }
    let value = parts.count == 2 ? String(parts[1]) : ""
    let key = String(parts[0])
    let problems = NameRule.qualifiedName.problems(key)
    if !problems.isEmpty {
      throw CommandError.usage(
        "invalid taint spec: \(spec), \(problems.joined(separator: "; "))"
          .replacing("a valid label key must consist", with: "a qualified name must consist"))
    }
    if let problem = NameRule.labelValue.problems(value).first {
      throw CommandError.usage("invalid taint spec: \(spec), \(problem)")
    }
    return (key, value, effect)
  }

  func apply(to taints: [Value], node: String, overwrites: Bool) throws -> ([Value], String) {
    var kept: [Value] = []
    var isRemoving = false
    for taint in taints {
      let key = taint["key"]?.string ?? ""
      let effect = taint["effect"]?.string ?? ""
      if removed.contains(where: { $0.key == key && ($0.effect.isEmpty || $0.effect == effect) }) {
        isRemoving = true
        continue
      }
      if let new = added.first(where: { $0.key == key && $0.effect == effect }) {
        if !overwrites {
          throw CommandError.text(
            "node \(node) already has \(new.key) taint(s) with same effect(s) and --overwrite is "
              + "false")
        }
        continue
      }
      kept.append(taint)
    }
    for item in removed
    where !taints.contains(where: { taint in
      taint["key"]?.string == item.key
        && (item.effect.isEmpty || taint["effect"]?.string == item.effect)
    }) {
      throw CommandError.text(
        "taint \(Go.quoted(item.effect.isEmpty ? item.key : "\(item.key):\(item.effect)")) not "
          + "found"
      )
    }
    let new = added.map { item -> Value in
      var taint: Value = ["effect": .string(item.effect), "key": .string(item.key)]
      if !item.value.isEmpty { taint["value"] = .string(item.value) }
      return taint
    }
    let note = added.isEmpty ? "untainted" : isRemoving ? "modified" : overwritten(taints)
    return (new + kept, note)
  }

  private func overwritten(_ taints: [Value]) -> String {
    let isChange = added.contains { item in
      taints.contains { $0["key"]?.string == item.key && $0["effect"]?.string == item.effect }
    }
    return isChange ? "modified" : "tainted"
  }
}
