import Documents

/// The rest of `run -it`: waits for the container, ties the terminal to it and cleans up.
struct RunAttachment {
  let call: Invocation
  let plan: RunPlan
  let pod: Value
  let namespace: String

  func run() async throws {
    throw CommandError.text("drydock: not simulated: attaching")
  }
}
