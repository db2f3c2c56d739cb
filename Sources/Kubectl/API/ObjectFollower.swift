import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Follows one object through its changes until something is true of it.
struct ObjectFollower {
  let call: Invocation
  let resource: APIResource
  let namespace: String
  let name: String

  enum Ending { case met, timedOut }

  /// Calls `isMet` with the object as it is now (nil when it is not there) and after each change.
  /// `timeout` nil waits for ever.
  func wait(
    timeout: Span?, _ isMet: (Value?) throws -> Bool
  ) async throws -> Ending {
    try await call.flush()
    let deadline = timeout.map { call.now + $0 }
    let field = (name: "fieldSelector", value: "metadata.name=\(name)")
    let list = try await call.client().get(resource.path(namespace: namespace), [field])
    if try isMet(list["items"]?[0].map(complete)) { return .met }
    let version = list[path: "metadata", "resourceVersion"]?.string ?? ""
    let answer = try await call.client().send(
      "GET", resource.path(namespace: namespace),
      [field, ("resourceVersion", version), ("watch", "true")])
    guard case .watch(let stream) = answer.body else { return .timedOut }
    let surroundings = call.surroundings
    stream.onReady = { surroundings.wake() }
    let disarm = deadline.map { surroundings.after($0 - call.now) { surroundings.wake() } }
    defer {
      stream.cancel()
      disarm?()
    }
    while true {
      for event in stream.take() where event.type != "BOOKMARK" {
        if event.type == "ERROR" { throw CommandError.status(StatusError(reading: event.object)) }
        // A bare nil would be the value null here.
        if try isMet(event.type == "DELETED" ? Value?.none : event.object) { return .met }
      }
      try await call.flush()
      if let deadline, call.now >= deadline { return .timedOut }
      if stream.isEnded { return .timedOut }
      try await surroundings.pause()
    }
  }

  /// Items of lists leave out what the list says.
  private func complete(_ item: Value) -> Value {
    var item = item
    if item["kind"] == nil {
      item["kind"] = .string(resource.kind)
      item["apiVersion"] = .string(resource.groupVersion.description)
    }
    return item
  }
}
