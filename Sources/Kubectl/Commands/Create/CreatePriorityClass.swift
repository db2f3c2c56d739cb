import Documents

/// kubectl create priorityclass.
enum CreatePriorityClass {
  static let specification = CommandSpecification(
    name: "priorityclass", aliases: ["pc"],
    usage: "priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]",
    summary: "Create a priority class with the specified name",
    about: "Create a priority class with the specified name, value, globalDefault and description.",
    examples: [
      (
        "A high priority",
        "kubectl create priorityclass high --value=1000 --description='goes first'"
      )
    ],
    flags: Creation.flags
      + Flag.list(
        "description:string global-default:bool preemption-policy:string=PreemptLowerPriority "
          + "value:int32=0"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .priorityClasses)
    let values = call.values
    var members: Mapping = [
      "value": .int(Int64(values.int("value"))),
      "preemptionPolicy": .string(values.string("preemption-policy")),
    ]
    if values.bool("global-default") { members["globalDefault"] = true }
    if !values.string("description").isEmpty {
      members["description"] = .string(values.string("description"))
    }
    try await creation.finish(
      creation.frame(members), failure: "failed to create priorityclass: ")
  }
}
