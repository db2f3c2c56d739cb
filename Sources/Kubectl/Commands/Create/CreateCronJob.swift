import Documents

/// kubectl create cronjob.
enum CreateCronJob {
  static let specification = CommandSpecification(
    name: "cronjob", aliases: ["cj"],
    usage: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] "
      + "[flags]",
    summary: "Create a cron job with the specified name",
    about: "Create a cron job with the specified name.",
    examples: [
      (
        "Every five minutes",
        "kubectl create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date"
      )
    ],
    flags: Creation.flags + Flag.list("image:string schedule:string restart:string"),
    required: ["image", "schedule"], run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .cronJobs)
    let restart = call.values.string("restart")
    let spec = CreateJob.spec(
      creation, image: call.values.string("image"),
      policy: restart.isEmpty ? "OnFailure" : restart)
    let object = try await creation.frame([
      "spec": [
        "schedule": .string(call.values.string("schedule")),
        "jobTemplate": [
          "metadata": ["creationTimestamp": .null, "name": .string(creation.name)], "spec": spec,
        ],
      ], "status": [:],
    ])
    try await creation.finish(object, failure: "failed to create cronjob: ")
  }
}
