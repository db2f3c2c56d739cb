import Documents
import KubeObjects
import Simulation

@testable import KubeAPIServer

/// One recorded case replayed against a server in process.
struct RecordedCase {
  let name: String
  let steps: [Value]
  private let bodies: [String?]

  init(_ value: Value, bodies: [String?]) {
    self.bodies = bodies
    name = value["name"]?.string ?? ""
    steps = value["steps"]?.array ?? []
  }

  static let owner = Credential.component(
    UserInfo(
      name: "kubernetes-super-admin", groups: ["system:masters", "system:authenticated"],
      extra: [
        "authentication.kubernetes.io/credential-id": [
          "X509SHA256=" + String(repeating: "a", count: 64)
        ]
      ]))

  /// What differs; empty: all replies are equal.
  func replay(on server: APIServer) -> [String] {
    var run = Run(server: server, bodies: bodies)
    for (index, step) in steps.enumerated() where step["pause"] == nil {
      run.step(index, step)
    }
    return run.found
  }

  private struct Run {
    let server: APIServer
    let bodies: [String?]
    var found: [String] = []
    var values = PlaceholderValues()
    var seen: [String: Value] = [:]
    var generated: [String] = []
    var failed = false

    mutating func step(_ index: Int, _ step: Value) {
      let role = step["role"]?.string
      if failed, role != "cleanup" { return }
      guard let method = step["method"]?.string, let rawPath = step["path"]?.string else { return }
      let path = fill(resolve(rawPath).string ?? "")
      let text = index < bodies.count ? bodies[index] : nil
      let request = request(method, path, step, text.map { resolved(json: $0) })
      var answer = send(request)
      if let until = step["repeat_until"]?.int {
        var tries = 0
        while answer.code != Int(until), tries < 20 {
          server.timeline.advance(by: .seconds(1))
          answer = send(request)
          tries += 1
        }
      }
      server.timeline.settle()
      let got = body(answer, path)
      if let name = step["as"]?.string { seen[name] = got }
      if answer.code == 201, got["metadata"]?["generateName"] != nil {
        generated.append(got.name)
      }
      guard let want = step["reply"] else { return }
      let code = Int(want["code"]?.int ?? 0)
      if role != nil {
        if answer.code != code, role != "cleanup" {
          found.append(
            "step \(index) setup: \(code) became \(answer.code) \(method) \(path) "
              + JSON.text(got).prefix(500))
        }
        return
      }
      if answer.code != code {
        found.append(
          "step \(index) code: \(code) became \(answer.code)\n"
            + "  real: \(message(want["body"] ?? .null))\n  here: \(message(got))")
        return
      }
      var comparison = ReplyComparison(values)
      headers(want["headers"] ?? .emptyObject, answer, &comparison)
      comparison.body(parsed(want["body"] ?? .null, want), parsed(got, want))
      values = comparison.values
      for difference in comparison.differences {
        found.append(
          "step \(index) \(difference.path)\n  real: \(difference.want)\n"
            + "  here: \(difference.got)")
      }
    }

    private func message(_ body: Value) -> String {
      String((body["message"]?.string ?? JSON.text(body)).prefix(600))
    }

    private func send(_ request: APIRequest) -> APIResponse { server.handle(request) }

    private func request(
      _ method: String, _ path: String, _ step: Value, _ text: String?
    ) -> APIRequest {
      var headers: [(name: String, value: String)] = [
        ("user-agent", "drydock/1"), ("accept", "application/json"),
      ]
      var body = APIRequest.Body.none
      if let sent = step["body"], !sent.isNull {
        headers.append(("content-type", "application/json"))
        let resolved = text ?? resolve(sent).string
        body = .bytes(resolved.map { Array($0.utf8) } ?? JSON.bytes(resolve(sent)))
      }
      var credential = step["anonymous"] == true ? Credential.anonymous : RecordedCase.owner
      for (name, value) in step["headers"]?.object ?? [:] {
        let lower = name.lowercased()
        headers.removeAll { $0.name == lower }
        for one in value.array ?? [value] {
          guard let text = resolve(one).string else { continue }
          if lower == "authorization" {
            credential = .bearer(String(text.dropFirst("Bearer ".count)))
          }
          headers.append((lower, text))
        }
      }
      let halves = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      return APIRequest(
        method: method, path: String(halves[0]),
        query: halves.count > 1 ? APIRequest.parameters(halves[1]) : [], headers: headers,
        body: body, credential: credential)
    }

    private func body(_ answer: APIResponse, _ path: String) -> Value {
      let type = answer.headers.first { $0.name == "Content-Type" }?.value ?? ""
      switch answer.body {
      case .value(let value): return type.contains("yaml") ? .string(YAML.text(value)) : value
      case .bytes(let bytes):
        if type.contains("json"), let value = try? JSON.parse(bytes) { return value }
        return .string(String(decoding: bytes, as: UTF8.self))
      case .watch(let stream):
        server.timeline.advance(by: .seconds(2))
        let events = stream.take().map { event -> Value in
          ["type": .string(event.type), "object": event.object]
        }
        stream.cancel()
        if events.count == 1 { return events[0] }
        return .string(events.map { JSON.text($0) + "\n" }.joined())
      case .connect, .proxied: return .null
      }
    }

    /// A text as what it says, where it is YAML or lines of JSON.
    private func parsed(_ body: Value, _ reply: Value) -> Value {
      guard case .string(let text) = body, !text.isEmpty else { return body }
      let type = reply["headers"]?["Content-Type"]?.string ?? ""
      if type.contains("yaml"), let value = try? YAML.parse(text) { return value }
      if type.contains("json") {
        let lines = text.split(separator: "\n").map { try? JSON.parse(String($0)) }
        if !lines.contains(where: { $0 == nil }) { return .array(lines.compactMap { $0 }) }
      }
      return body
    }

    private func headers(
      _ want: Value, _ answer: APIResponse, _ comparison: inout ReplyComparison
    ) {
      let type = answer.headers.first { $0.name == "Content-Type" }.map { Value.string($0.value) }
      if let wanted = want["Content-Type"] {
        if !comparison.equal(wanted, type ?? .null) {
          comparison.add("Content-Type", wanted, type)
        }
      }
      let warnings = answer.headers.filter { $0.name == "Warning" }.map { Value.string($0.value) }
      let wanted = want["Warning"] ?? .array([])
      if !comparison.equal(wanted, .array(warnings)) {
        comparison.add("Warning", wanted, .array(warnings))
      }
    }

    // MARK: references

    private func resolve(_ text: String) -> Value {
      guard text.contains("{{") else { return .string(text) }
      var out = ""
      var rest = Substring(text)
      while let open = rest.firstRange(of: "{{"), let close = rest.firstRange(of: "}}") {
        let reference = rest[open.upperBound..<close.lowerBound]
        let value = look(String(reference))
        if open.lowerBound == text.startIndex, close.upperBound == text.endIndex {
          return value ?? .null
        }
        out += rest[..<open.lowerBound]
        switch value {
        case .string(let found): out += found
        case .int(let number): out += String(number)
        default: out += "missing"
        }
        rest = rest[close.upperBound...]
      }
      return .string(out + rest)
    }

    /// A body's text with its references replaced.
    private func resolved(json text: String) -> String {
      var out = ""
      var rest = Substring(text)
      while let open = rest.firstRange(of: "{{"),
        let close = rest[open.upperBound...].firstRange(of: "}}")
      {
        let value = look(String(rest[open.upperBound..<close.lowerBound])) ?? .null
        out += rest[..<open.lowerBound]
        rest = rest[close.upperBound...]
        if out.hasSuffix("\""), rest.hasPrefix("\"") {
          out.removeLast()
          rest.removeFirst()
          out += JSON.text(value)
        } else {
          out += value.string ?? JSON.text(value)
        }
      }
      return out + rest
    }

    private func look(_ reference: String) -> Value? {
      let parts = reference.split(separator: ".").map(String.init)
      var value = parts.first.flatMap { seen[$0] }
      for part in parts.dropFirst() {
        if let index = Int(part), value?.array != nil {
          value = value?[index]
        } else {
          value = value?[part]
        }
      }
      return value
    }

    private func resolve(_ value: Value) -> Value {
      switch value {
      case .string(let text): resolve(text)
      case .array(let elements): .array(elements.map { resolve($0) })
      case .object(let mapping): .object(Mapping(mapping.map { ($0.key, resolve($0.value)) }))
      default: value
      }
    }

    /// A path's own placeholders: names that the server generated, values known from before.
    private func fill(_ path: String) -> String {
      guard path.contains("<") else { return path }
      return path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
        let text = String(segment)
        guard let pattern = Placeholders(text) else { return text }
        if let name = generated.first(where: { pattern.match($0) != nil }) { return name }
        for (name, value) in values.values
        where text == "<\(name.kind):\(name.number)>" { return value }
        return text
      }.joined(separator: "/")
    }
  }
}
