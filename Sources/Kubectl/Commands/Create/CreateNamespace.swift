import Documents

/// kubectl create namespace.
enum CreateNamespace {
  static let specification = CommandSpecification(
    name: "namespace", aliases: ["ns"],
    usage: "namespace NAME [--dry-run=server|client|none]",
    summary: "Create a namespace with the specified name",
    about: "Create a namespace with the specified name.",
    examples: [("A namespace named harbor", "kubectl create namespace harbor")],
    flags: Creation.flags, run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .namespaces)
    try await creation.finish(creation.frame(["spec": [:], "status": [:]]))
  }
}
