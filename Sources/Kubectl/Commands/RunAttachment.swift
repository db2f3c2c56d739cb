import Documents
import Linux
import Shell
import Simulation

/// The rest of `run -it`: waits for the container, ties the terminal to it and cleans up.
struct RunAttachment {
  let call: Invocation
  let plan: RunPlan
  let pod: Value
  let namespace: String

  func run() async throws {
    let name = plan.name
    let follower = ObjectFollower(
      call: call, resource: .pods, namespace: namespace, name: name)
    var latest = pod
    let ending = try await follower.wait(timeout: call.values.span("pod-running-timeout")) {
      guard let object = $0 else { return true }
      latest = object
      let phase = object[path: "status", "phase"]?.string
      if phase == "Succeeded" || phase == "Failed" { return true }
      return phase == "Running" && Self.isStarted(object, name)
    }
    if ending == .timedOut {
      try await cleanUp()
      throw CommandError.text("timed out waiting for the condition")
    }
    var failure: (any Error)?
    do {
      try await AttachCommand.attachOrRead(
        call, pod: latest, container: name,
        hasEnded: latest[path: "status", "phase"]?.string != "Running")
    } catch let end as Killed where end.signal == Signal.kill {
      // Who is killed cleans up no more.
      throw end
    } catch {
      failure = error
    }
    let code = try await exitCode(follower)
    try await cleanUp()
    if let failure { throw failure }
    if code != 0 { throw CommandError.exit(code) }
  }

  private static func isStarted(_ pod: Value, _ container: String) -> Bool {
    (pod[path: "status", "containerStatuses"]?.array ?? []).contains {
      $0["name"]?.string == container
        && ($0[path: "state", "running"] != nil || $0[path: "state", "terminated"] != nil)
    }
  }

  /// With --restart=Never the container's own exit status is that of kubectl.
  private func exitCode(_ follower: ObjectFollower) async throws -> Int32 {
    guard call.values.string("restart") == "Never" else { return 0 }
    var code: Int32 = 0
    _ = try await follower.wait(timeout: .minutes(5)) { object in
      guard let object else { return true }
      let phase = object[path: "status", "phase"]?.string
      guard phase == "Succeeded" || phase == "Failed" else { return false }
      let status = object[path: "status", "containerStatuses"]?[0]
      code = Int32(truncatingIfNeeded: status?[path: "state", "terminated", "exitCode"]?.int ?? 0)
      if phase == "Failed" {
        let reason = status?[path: "state", "terminated", "reason"]?.string ?? "Error"
        call.output.complainLine("pod \(namespace)/\(plan.name) terminated (\(reason))")
      }
      return true
    }
    return code
  }

  private func cleanUp() async throws {
    guard call.values.bool("rm") else { return }
    for (resource, isWanted) in [(APIResource.pods, true), (.services, plan.exposes)] where isWanted
    {
      var options: Value = [
        "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background",
      ]
      let grace = call.values.int("grace-period")
      if grace >= 0 { options["gracePeriodSeconds"] = .int(Int64(grace)) }
      _ = try await call.client().send(
        "DELETE", resource.path(namespace: namespace, name: plan.name), body: options)
      if !call.values.bool("quiet") {
        let note = call.values.bool("force") ? "force deleted" : "deleted"
        call.output.line("\(resource.printedKind) \(Go.quoted(plan.name)) \(note)")
      }
    }
  }
}
