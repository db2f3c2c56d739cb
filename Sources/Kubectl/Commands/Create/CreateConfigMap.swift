import Documents

/// kubectl create configmap.
enum CreateConfigMap {
  static let specification = CommandSpecification(
    name: "configmap", aliases: ["cm"],
    usage: "configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] "
      + "[--dry-run=server|client|none]",
    summary: "Create a config map from a local file, directory or literal value",
    about: "Create a config map from a local file, directory or literal value.",
    examples: [
      (
        "Two values", "kubectl create configmap app --from-literal=mode=dark --from-literal=lang=en"
      ),
      (
        "A file under a key of one's own",
        "kubectl create configmap web --from-file=conf=nginx.conf"
      ),
    ],
    flags: Creation.flags
      + Flag.list("append-hash:bool from-env-file:list from-file:list from-literal:array"),
    run: run)

  static func run(_ call: Invocation) async throws {
    var creation = try Creation(call, .configMaps)
    let sources = DataSources(call, owner: "ConfigMap \(Go.quoted(creation.name))")
    let entries = try await sources.entries()
    var data = Mapping()
    var binary = Mapping()
    for (key, bytes) in entries {
      if let text = String(validating: bytes, as: UTF8.self) {
        data[key] = .string(text)
      } else {
        binary[key] = .string(Base64.encode(bytes))
      }
    }
    if call.values.bool("append-hash") {
      var hashed: Value = [
        "kind": "ConfigMap", "name": .string(creation.name), "data": .object(data),
      ]
      if !binary.isEmpty { hashed["binaryData"] = .object(binary) }
      creation = creation.renamed(creation.name + "-" + ShortHash.suffix(of: hashed))
    }
    var members: Mapping = [:]
    if !data.isEmpty { members["data"] = .object(data) }
    if !binary.isEmpty { members["binaryData"] = .object(binary) }
    try await creation.finish(
      creation.frame(members), failure: "failed to create configmap: ")
  }
}
