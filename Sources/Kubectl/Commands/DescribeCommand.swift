import Documents
import KubeObjects

/// kubectl describe.
enum DescribeCommand {
  static let specification = CommandSpecification(
    name: "describe",
    usage: "describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
    summary: "Show details of a specific resource or group of resources",
    about: "Show details of a specific resource or group of resources.",
    examples: [
      ("A node", "kubectl describe node node01"),
      ("All pods of an app", "kubectl describe pods -l app=web"),
    ],
    flags: .filename + .selector + .allNamespaces
      + Flag.list("chunk-size:int64=500 show-events:bool=true"), run: run)

  static func run(_ call: Invocation) async throws {
    let files = call.values.strings("filename")
    if call.arguments.isEmpty, files.isEmpty, call.values.string("kustomize").isEmpty {
      throw CommandError.text(
        """
        You must specify the type of resource to describe. Use "kubectl api-resources" for a \
        complete list of supported resources.
        """)
    }
    var selection = Selection(call)
    selection.allowsEmptySelector = true
    selection.isLatest = true
    var findings = try await selection.find(call)
    if call.arguments.count == 2, findings.errors.count == 1,
      findings.errors.allSatisfy(CommandError.isNotFound)
    {
      return try await describeMatching(call, findings)
    }
    let infos = findings.flattened
    var isFirst = true
    for info in infos {
      do {
        // A describer asks for its object by name.
        _ = try info.path()
        let text = try await text(info, call)
        call.output.print((isFirst ? "" : "\n\n") + text)
        isFirst = false
      } catch {
        findings.errors.append(error)
      }
    }
    if infos.isEmpty, findings.errors.isEmpty {
      let namespace = try await call.namespace().name
      call.output.complainLine(
        call.values.bool("all-namespaces")
          ? "No resources found" : "No resources found in \(namespace) namespace.")
    }
    try findings.check()
  }

  static func text(_ info: ResourceInfo, _ call: Invocation) async throws -> String {
    let out = DescribeWriter()
    let context = DescribeContext(
      call: call, resource: info.resource, showsEvents: call.values.bool("show-events"))
    try await Describers.describer(of: info.resource).describe(info.object, out, context)
    return out.text
  }

  /// A name that no object has is taken for the beginning of names; of two words only, as upstream
  /// counts them, be they a type and a name or not.
  private static func describeMatching(
    _ call: Invocation, _ findings: Selection.Findings
  ) async throws {
    guard !call.arguments[0].contains(",") else {
      throw CommandError.text("you may only specify a single resource type")
    }
    var selection = Selection(call, arguments: [call.arguments[0]])
    selection.allowsEmptySelector = true
    let all = try await selection.find(call)
    try all.check()
    let matching = all.flattened.filter { $0.name.hasPrefix(call.arguments[1]) }
    if matching.isEmpty { return try findings.check() }
    // Each ends with a line of its own.
    for info in matching { call.output.print(try await text(info, call) + "\n") }
  }
}
