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
    let readsInput = call.arguments.contains("-")
    var (resources, pairs) = try MetadataChange.split(
      call.arguments.filter { $0 != "-" }, what: "environment")
    pairs += values.strings("env")
    if readsInput {
      let text = String(decoding: try await call.surroundings.readInput(), as: UTF8.self)
      pairs += text.split(whereSeparator: \.isNewline).map(String.init)
        .filter { !$0.hasPrefix("#") && $0.contains("=") }
    }
    try TemplateChange.requireResources(resources, call)
    if values.bool("list"), !values.string("output").isEmpty {
      throw CommandError.text("--list and --output may not be specified together")
    }
    if !values.strings("keys").isEmpty, values.string("from").isEmpty {
      throw CommandError.text(
        "when specifying --keys, a configmap or secret must be provided with --from")
    }
    resources = resources.filter { !$0.isEmpty }
    var added = try pairs.filter { $0.contains("=") }.map { pair -> Value in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      try DataSources.requireEnvironmentName(String(parts[0]))
      return ["name": .string(String(parts[0])), "value": .string(String(parts[1]))]
    }
    if pairs.contains(where: { pair in
      !pair.contains("=") && pairs.contains { $0.hasPrefix("\(pair.dropLast())=") }
    }) {
      throw CommandError.text(
        "can not both modify and remove the same environment variable in the same command")
    }
    let removed = Set(pairs.filter { !$0.contains("=") }.map { String($0.dropLast()) })
    if !values.string("from").isEmpty { added += try await source(call) }
    let findings = try await change.find(resources)
    try findings.check()
    let pattern = values.string("containers")
    let overwrites = values.bool("overwrite")
    func update(_ spec: inout Value) throws {
      // A name that is taken is found in the containers first (selectContainers).
      for member in ["containers", "initContainers"] {
        guard var containers = spec[member]?.array else { continue }
        for index in containers.indices
        where TemplateChange.matches(pattern, containers[index]["name"]?.string ?? "") {
          containers[index]["env"] = try merged(
            containers[index]["env"]?.array ?? [], added, removed, overwrites: overwrites)
        }
        spec[member] = .array(containers)
      }
    }
    if values.bool("list") {
      // What is listed is what would be.
      let changed = findings.flattened.compactMap { info -> ResourceInfo? in
        var info = info
        guard let path = TemplateChange.podSpec(info), var spec = info.object.at(path),
          (try? update(&spec)) != nil
        else { return nil }
        info.object.set(path[...], spec)
        return info
      }
      return try await list(changed, call)
    }
    // Without a change nothing is said.
    if added.isEmpty, removed.isEmpty { return }
    for info in findings.flattened {
      guard let path = TemplateChange.podSpec(info), let spec = info.object.at(path) else {
        continue
      }
      let names = ["initContainers", "containers"].flatMap { spec[$0]?.array ?? [] }
        .compactMap { $0["name"]?.string }
      if !names.contains(where: { TemplateChange.matches(pattern, $0) }) {
        call.warn(
          "\(info.resource.kind)/\(info.name) does not have any containers matching "
            + Go.quoted(pattern))
      }
    }
    try await change.apply(findings) { try update(&$0) }
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
        throw CommandError.text("unsupported resource specified in --from")
      }
      let keys = (info.object["data"]?.object ?? [:]).keys
      return keys.filter { wanted.isEmpty || wanted.contains($0) }.map { key in
        let bare = String(key.uppercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
        if bare != key { call.warn("key \(key) transferred to \(bare)") }
        let name = prefix + bare
        let reference: Value = ["key": .string(key), "name": .string(info.name)]
        return [
          "name": .string(name), "valueFrom": .object([member: reference]),
        ]
      }
    }
  }

  private static func list(_ infos: [ResourceInfo], _ call: Invocation) async throws {
    let resolves = call.values.bool("resolve")
    for info in infos {
      guard let path = TemplateChange.podSpec(info), let spec = info.object.at(path) else {
        continue
      }
      var unresolved: [String: [String]] = [:]
      for container in (spec["containers"]?.array ?? []) + (spec["initContainers"]?.array ?? []) {
        let name = container["name"]?.string ?? ""
        guard TemplateChange.matches(call.values.string("containers"), name) else { continue }
        call.output.line("# \(info.resource.kind) \(info.name), container \(name)")
        for variable in container["env"]?.array ?? [] {
          let key = variable["name"]?.string ?? ""
          guard let source = variable["valueFrom"] else {
            call.output.line("\(key)=\(variable["value"]?.string ?? "")")
            continue
          }
          if resolves {
            do {
              let value = try await resolved(source, container, info, call)
              call.output.line("\(key)=\(value)")
              continue
            } catch {
              unresolved[CommandError.message(error), default: []].append(key)
            }
          }
          call.output.line("# \(key) from \(reference(source))")
        }
      }
      // What could not be found is told, and is no failure.
      for line in unresolved.map({ error, keys in
        "error retrieving reference for \(keys.sorted().joined(separator: ", ")): \(error)"
      }).sorted() {
        call.output.complainLine(line)
      }
    }
  }
}

extension SetEnvironment {
  /// Where a value comes from (GetEnvVarRefString).
  private static func reference(_ source: Value) -> String {
    for (member, what) in [("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")] {
      guard let reference = source[member] else { continue }
      return "\(what) \(reference["name"]?.string ?? ""), key \(reference["key"]?.string ?? "")"
    }
    if let field = source[path: "fieldRef", "fieldPath"] {
      return "field path \(field.string ?? "")"
    }
    if let reference = source["resourceFieldRef"] {
      let owner = reference["containerName"]?.string.map { $0 + "/" } ?? ""
      return "resource field \(owner)\(reference["resource"]?.string ?? "")"
    }
    return "invalid valueFrom"
  }

  /// The value behind a reference (GetEnvVarRefValue).
  private static func resolved(
    _ source: Value, _ container: Value, _ info: ResourceInfo, _ call: Invocation
  ) async throws -> String {
    if let path = source[path: "fieldRef", "fieldPath"]?.string {
      return try field(path, of: info.object)
    }
    if let reference = source["resourceFieldRef"] {
      guard let amount = amount(reference, container) else {
        throw CommandError.text(
          "unsupported container resource: \(reference["resource"]?.string ?? "")")
      }
      return amount
    }
    let sources: [(String, APIResource, String)] = [
      ("configMapKeyRef", .configMaps, "config map"), ("secretKeyRef", .secrets, "secret"),
    ]
    for (member, resource, what) in sources {
      guard let reference = source[member] else { continue }
      let name = reference["name"]?.string ?? ""
      let key = reference["key"]?.string ?? ""
      let object: Value
      do {
        object = try await call.client().get(resource.path(namespace: info.namespace, name: name))
      } catch {
        throw CommandError.text(
          CommandError.status(of: error)?.message ?? CommandError.message(error))
      }
      guard let text = object[path: "data", key]?.string else {
        throw CommandError.text("key \(key) not found in \(what) \(name)")
      }
      if resource == .configMaps { return text }
      return Base64.decode(text).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    throw CommandError.text("invalid valueFrom")
  }

  private static func field(_ path: String, of object: Value) throws -> String {
    let metadata = object["metadata"]
    for member in ["labels", "annotations"] {
      if path == "metadata.\(member)" {
        return (metadata?[member]?.object ?? [:]).map {
          "\($0.key)=\(Go.quoted($0.value.string ?? ""))"
        }.joined(separator: "\n")
      }
      let start = "metadata.\(member)['"
      if path.hasPrefix(start), path.hasSuffix("']") {
        return metadata?[member]?[String(path.dropFirst(start.count).dropLast(2))]?.string ?? ""
      }
    }
    guard ["metadata.name", "metadata.namespace", "metadata.uid"].contains(path) else {
      throw CommandError.text("unsupported fieldPath: \(path)")
    }
    return object.at(path.split(separator: ".").map(String.init))?.string ?? ""
  }

  /// How much a container asks for, in units of the divisor, rounded up.
  private static func amount(_ reference: Value, _ container: Value) -> String? {
    let parts = (reference["resource"]?.string ?? "").split(separator: ".").map(String.init)
    guard parts.count == 2 else { return nil }
    let amount = PodResources.amounts(container[path: "resources", parts[0]])[parts[1]] ?? .zero
    let given = reference["divisor"].flatMap { try? Quantity(parsing: $0) } ?? .zero
    let divisor = given.sign > 0 ? given : Quantity(1)
    let isCPU = parts[1] == "cpu"
    let (whole, unit) =
      isCPU ? (amount.milliValue, divisor.milliValue) : (amount.value, divisor.value)
    let (quotient, remainder) = whole.quotientAndRemainder(dividingBy: max(unit, 1))
    return String(quotient + (remainder > 0 ? 1 : 0))
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
    // The last word is the selector, whatever it looks like.
    guard let text = call.arguments.last else {
      throw CommandError.text("one selector is required")
    }
    let selector = try SelectorText.object(text)
    // What is missing keeps nothing from the rest.
    var findings = try await change.find(Array(call.arguments.dropLast()))
    let printer = try await ResultPrinter(
      call, operation: "selector updated", dryRun: change.dryRun)
    for info in findings.flattened {
      do {
        guard info.resource.kind == "Service" else {
          throw CommandError.text("setting a selector is only supported for Services")
        }
        if let expression = selector["matchExpressions"]?.array?.first {
          let values = (expression["values"]?.array ?? []).compactMap(\.string)
          throw CommandError.text(
            "match expression [{\(expression["key"]?.string ?? "") "
              + "\(expression["operator"]?.string ?? "") \(Go.list(values))}] not supported on "
              + "this object")
        }
        var object = info.object
        let version = call.values.string("resource-version")
        if !version.isEmpty { object[path: "metadata", "resourceVersion"] = .string(version) }
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
    try TemplateChange.requireSelection(call.arguments, call)
    var findings = try await change.find(call.arguments)
    try findings.check()
    let added = try Subjects.list(call)
    guard !added.isEmpty else {
      throw CommandError.text(
        "you must specify at least one value of user, group or serviceaccount")
    }
    let printer = try await ResultPrinter(
      call, operation: "subjects updated", dryRun: change.dryRun)
    for info in findings.flattened {
      do {
        guard info.resource.kind.hasSuffix("RoleBinding") else {
          throw CommandError.text(
            "\(info.resource.name)/\(info.name) setting subjects is only supported for "
              + "RoleBinding/ClusterRoleBinding")
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
