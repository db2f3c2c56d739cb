import Documents
import Simulation

/// kubectl create token.
enum CreateToken {
  static let specification = CommandSpecification(
    name: "token", usage: "token SERVICE_ACCOUNT_NAME", summary: "Request a service account token",
    about: "Request a service account token.",
    examples: [("A token that lasts an hour", "kubectl create token robot --duration=1h")],
    flags: .printing
      + Flag.list(
        "audience:list bound-object-kind:string bound-object-name:string bound-object-uid:string "
          + "duration:duration=0s"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .serviceAccounts)
    let values = call.values
    let duration = values.span("duration")
    if duration < .zero { throw CommandError.text("--duration must be greater than or equal to 0") }
    if duration.nanoseconds % 1_000_000_000 != 0 {
      throw CommandError.text("duration cannot be expressed in units less than seconds")
    }
    let kind = values.string("bound-object-kind")
    let kinds = ["Node": "v1", "Pod": "v1", "Secret": "v1"]
    if kind.isEmpty {
      for flag in ["name", "uid"] where !values.string("bound-object-\(flag)").isEmpty {
        throw CommandError.text(
          "--bound-object-\(flag) can only be set if --bound-object-kind is provided")
      }
    } else {
      guard let version = kinds[kind] else {
        throw CommandError.text(
          "supported --bound-object-kind values are \(kinds.keys.sorted().joined(separator: ", "))")
      }
      _ = version
      if values.string("bound-object-name").isEmpty {
        throw CommandError.text(
          "--bound-object-name is required if --bound-object-kind is provided")
      }
    }
    var spec: Value = [:]
    let audiences = values.strings("audience")
    spec["audiences"] = audiences.isEmpty ? .null : .array(audiences.map { .string($0) })
    if duration > .zero { spec["expirationSeconds"] = .int(duration.seconds) }
    if !kind.isEmpty {
      var bound: Value = [
        "apiVersion": "v1", "kind": .string(kind),
        "name": .string(values.string("bound-object-name")),
      ]
      if !values.string("bound-object-uid").isEmpty {
        bound["uid"] = .string(values.string("bound-object-uid"))
      }
      spec["boundObjectRef"] = bound
    }
    try await request(creation, spec)
  }

  private static func request(_ creation: Creation, _ spec: Value) async throws {
    let call = creation.call
    // What cannot be one part of a path is no name (IsValidPathSegmentName).
    let wrong = ["/", "%"].filter { creation.name.contains($0) }.map { "may not contain '\($0)'" }
    if !wrong.isEmpty {
      throw CommandError.text(
        "failed to create token: invalid resource name \(Go.quoted(creation.name)): "
          + Go.list(wrong))
    }
    let path = creation.resource.path(
      namespace: try await call.namespace().name, name: creation.name, subresource: "token")
    let body: Value = [
      "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
      "metadata": ["creationTimestamp": .null], "spec": spec,
      "status": ["token": "", "expirationTimestamp": .null],
    ]
    let answer: Value
    do {
      answer = try await call.client().send("POST", path, body: body).value
    } catch {
      guard CommandError.status(of: error) != nil else { throw error }
      throw CommandError.text("failed to create token: " + CommandError.message(error))
    }
    guard let token = answer[path: "status", "token"]?.string, !token.isEmpty else {
      throw CommandError.text("failed to create token: no token in server response")
    }
    guard let format = try await OutputFormat.parse(call) else {
      return call.output.print(call.surroundings.outputIsTerminal ? token + "\n" : token)
    }
    call.output.print(try ObjectPrinter(format, values: call.values, isTyped: true).text(answer))
  }
}
