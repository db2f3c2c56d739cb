import Documents

/// kubectl create serviceaccount.
enum CreateServiceAccount {
  static let specification = CommandSpecification(
    name: "serviceaccount", aliases: ["sa"],
    usage: "serviceaccount NAME [--dry-run=server|client|none]",
    summary: "Create a service account with the specified name",
    about: "Create a service account with the specified name.",
    examples: [("An account named robot", "kubectl create serviceaccount robot")],
    flags: Creation.flags, run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .serviceAccounts)
    try await creation.finish(
      creation.frame(), failure: "failed to create serviceaccount: ")
  }
}
