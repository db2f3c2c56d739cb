import Documents

/// `--record`: the command line becomes the change-cause of what it changed.
enum ChangeCause {
  /// The last words of the commands that still take the flag.
  static let commands: Set<String> = [
    "annotate", "apply", "autoscale", "create", "edit", "edit-last-applied", "expose", "image",
    "label", "patch", "resources", "run", "scale", "selector", "serviceaccount",
  ]
  static let flags = Flag.list("record:bool")
  static let deprecation =
    "Flag --record has been deprecated, --record will be removed in the future"
  private static let key = "kubernetes.io/change-cause"

  static func record(_ call: Invocation) async throws {
    guard call.values.bool("record"), call.values.string("dry-run") == "none",
      call.command.name != "apply"
    else { return }
    let patch: Value = [
      "metadata": ["annotations": .object([key: .string(text(call))])]
    ]
    var paths = try call.changed.map { try $0.path() }
    if !call.changedObjects.isEmpty {
      let mapper = try await call.mapper()
      for object in call.changedObjects {
        guard let resource = mapper.resource(of: object) else { continue }
        paths.append(
          resource.path(
            namespace: object[path: "metadata", "namespace"]?.string ?? "",
            name: object[path: "metadata", "name"]?.string ?? ""))
      }
    }
    for path in paths {
      _ = try await call.client().send(
        "PATCH", path, body: patch, contentType: PatchMaker.mergeType)
    }
  }

  /// apply takes the change-cause for a part of what the file says.
  static func mark(_ object: inout Value, _ call: Invocation) {
    guard call.values.bool("record") else { return }
    object[path: "metadata", "annotations", key] = .string(text(call))
  }

  /// The command with its arguments, then its flags as `--name=value`.
  private static func text(_ call: Invocation) -> String {
    let path = call.commandPath.split(separator: " ").map(String.init)
    let flags = call.values.order.map { name in
      "--\(name)=\(call.values.strings(name).joined(separator: ","))"
    }
    return (path + call.arguments + flags).joined(separator: " ")
  }
}
