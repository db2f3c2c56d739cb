import Documents
import KubeObjects

/// kubectl set env.
enum SetEnvironment {
  static let specification = CommandSpecification(
    name: "env", usage: "env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
    summary: "Update environment variables on a pod template",
    about: "Update environment variables on a pod template.",
    examples: [
      ("One variable", "kubectl set env deployment/web MODE=dark"),
      ("All keys of a config map", "kubectl set env deployment/web --from=configmap/app"),
      ("What is set", "kubectl set env deployment/web --list"),
    ],
    flags: SetCommand.flags + .selector
      + Flag.list(
        "containers,c:string=* env,e:array from:string keys:list list:bool overwrite:bool=true "
          + "prefix:string resolve:bool"), run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let change = try TemplateChange(call, operation: "env updated")
    var (resources, pairs) = try MetadataChange.split(call.arguments, what: "environment")
    pairs += values.strings("env")
    try TemplateChange.requireResources(resources, call)
    if pairs.isEmpty, values.string("from").isEmpty, !values.bool("list") {
      throw CommandError.text("at least one environment variable must be provided")
    }
    if values.bool("list"), !values.string("output").isEmpty {
      throw CommandError.text("--list and --output may not be specified together")
    }
    resources = resources.filter { !$0.isEmpty }
    var added = try pairs.filter { $0.contains("=") }.map { pair -> Value in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard DataSources.isKey(String(parts[0])) else {
        throw CommandError.text(
          "\(Go.quoted(String(parts[0]))) is not a valid key name")
      }
      return ["name": .string(String(parts[0])), "value": .string(String(parts[1]))]
    }
    let removed = Set(pairs.filter { !$0.contains("=") }.map { String($0.dropLast()) })
    if !values.string("from").isEmpty { added += try await source(call) }
    let findings = try await change.find(resources)
    try findings.check()
    if values.bool("list") { return list(findings.flattened, call) }
    let pattern = values.string("containers")
    let overwrites = values.bool("overwrite")
    try await change.apply(findings) { spec in
      for member in ["initContainers", "containers"] {
        guard var containers = spec[member]?.array else { continue }
        for index in containers.indices
        where TemplateChange.matches(pattern, containers[index]["name"]?.string ?? "") {
          containers[index]["env"] = try merged(
            containers[index]["env"]?.array ?? [], added, removed, overwrites: overwrites)
        }
        spec[member] = .array(containers)
      }
    }
  }

  private static func merged(
    _ current: [Value], _ added: [Value], _ removed: Set<String>, overwrites: Bool
  ) throws -> Value? {
    var list = current.filter { !removed.contains($0["name"]?.string ?? "") }
    for variable in added {
      if let index = list.firstIndex(where: { $0["name"] == variable["name"] }) {
        guard overwrites else {
          throw CommandError.text(
            "'\(variable["name"]?.string ?? "")' already has a value "
              + "(\(list[index]["value"]?.string ?? "")), and --overwrite is false")
        }
        list[index] = variable
      } else {
        list.append(variable)
      }
    }
    return list.isEmpty ? Value?.none : .array(list)
  }

  /// The keys of a ConfigMap or Secret as references.
  private static func source(_ call: Invocation) async throws -> [Value] {
    var selection = Selection()
    selection.arguments = [call.values.string("from")]
    let findings = try await selection.find(call)
    try findings.check()
    let prefix = call.values.string("prefix")
    let wanted = Set(call.values.strings("keys"))
    return try findings.flattened.flatMap { info -> [Value] in
      let member: String
      switch info.resource.kind {
      case "ConfigMap": member = "configMapKeyRef"
      case "Secret": member = "secretKeyRef"
      default:
        throw CommandError.text(
          "unsupported resource specified in --from: \(info.resource.kind)")
      }
      let keys = (info.object["data"]?.object ?? [:]).keys
      return keys.filter { wanted.isEmpty || wanted.contains($0) }.map { key in
        let name = (prefix + key).uppercased().map { $0 == "-" || $0 == "." ? "_" : $0 }
        let reference: Value = ["key": .string(key), "name": .string(info.name)]
        return [
          "name": .string(String(name)), "valueFrom": .object([member: reference]),
        ]
      }
    }
  }

  private static func list(_ infos: [ResourceInfo], _ call: Invocation) {
    for info in infos {
      guard let path = TemplateChange.podSpec(info), let spec = info.object.at(path) else {
        continue
      }
      for container in spec["containers"]?.array ?? [] {
        let name = container["name"]?.string ?? ""
        guard TemplateChange.matches(call.values.string("containers"), name) else { continue }
        call.output.line("# \(info.resource.name) \(info.name), container \(name)")
        for variable in container["env"]?.array ?? [] {
          let key = variable["name"]?.string ?? ""
          if let value = variable["value"] {
            call.output.line("\(key)=\(value.string ?? "")")
          } else if let reference = variable[path: "valueFrom", "configMapKeyRef"] {
            call.output.line(
              "# \(key) from configmap \(reference["name"]?.string ?? ""), key "
                + (reference["key"]?.string ?? ""))
          } else if let reference = variable[path: "valueFrom", "secretKeyRef"] {
            call.output.line(
              "# \(key) from secret \(reference["name"]?.string ?? ""), key "
                + (reference["key"]?.string ?? ""))
          } else if let field = variable[path: "valueFrom", "fieldRef", "fieldPath"] {
            call.output.line("# \(key) from field path \(field.string ?? "")")
          }
        }
      }
    }
  }
}

/// kubectl set selector.
enum SetSelector {
  static let specification = CommandSpecification(
    name: "selector",
    usage: "selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
    summary: "Set the selector on a resource", about: "Set the selector on a resource.",
    examples: [("Of a service", "kubectl set selector service web app=web,tier=front")],
    flags: .printing + .dryRun + .manager("kubectl-set")
      + Flag.list(
        "all:bool filename,f:list local:bool recursive,R:bool=true resource-version:string"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let change = try TemplateChange(call, operation: "selector updated")
    let (resources, pairs) = try MetadataChange.split(call.arguments, what: "selector")
    try TemplateChange.requireResources(resources, call)
    guard pairs.count == 1, let text = pairs.first else {
      throw CommandError.text("one selector is required")
    }
    let selector = try SelectorText.object(text)
    var findings = try await change.find(resources)
    try findings.check()
    let printer = try await ResultPrinter(
      call, operation: "selector updated", dryRun: change.dryRun)
    for info in findings.flattened {
      do {
        guard info.resource.kind == "Service" else {
          throw CommandError.text("setting a selector is only supported for Services")
        }
        guard selector["matchExpressions"] == nil else {
          throw CommandError.text(
            "unable to convert set-based selector to a map-based selector")
        }
        var object = info.object
        object[path: "spec", "selector"] = selector["matchLabels"] ?? [:]
        try await change.send(info, object, printer)
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }
}

/// kubectl set subject.
enum SetSubject {
  static let specification = CommandSpecification(
    name: "subject",
    usage: "subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] "
      + "[--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
    summary:
      "Update the user, group, or service account in a role binding or cluster role binding",
    about: "Update the user, group, or service account in a role binding or cluster role binding.",
    examples: [("One more user", "kubectl set subject rolebinding reader --user=ann")],
    flags: SetCommand.flags + .selector
      + Flag.list("group:array serviceaccount:array user:array"), run: run)

  static func run(_ call: Invocation) async throws {
    let change = try TemplateChange(call, operation: "subjects updated")
    let added = try Subjects.list(call)
    guard !added.isEmpty else {
      throw CommandError.text(
        "you must specify at least one value of user, group or serviceaccount")
    }
    var findings = try await change.find(call.arguments)
    try findings.check()
    let printer = try await ResultPrinter(
      call, operation: "subjects updated", dryRun: change.dryRun)
    for info in findings.flattened {
      do {
        guard info.resource.kind.hasSuffix("RoleBinding") else {
          throw CommandError.text(
            "setting subjects is only supported for RoleBinding/ClusterRoleBinding")
        }
        var object = info.object
        var subjects = object["subjects"]?.array ?? []
        subjects += added.filter { !subjects.contains($0) }
        object["subjects"] = .array(subjects)
        try await change.send(info, object, printer)
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }
}
