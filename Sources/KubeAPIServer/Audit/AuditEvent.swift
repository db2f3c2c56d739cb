import Documents
import KubeObjects
package import Simulation

/// One request as the audit log tells of it.
package struct AuditEvent {
  package var verb: String
  package var uri: String
  package var path: String
  /// nil: nobody that is known here.
  package var user: UserInfo?
  package var impersonated: UserInfo?
  /// The verb that allowed it; empty: none, or `impersonate`.
  var constraint = ""
  package var source: String
  package var agent: String
  package var isResource: Bool
  package var group = ""
  package var version = ""
  package var resource = ""
  package var subresource = ""
  package var namespace = ""
  package var name = ""
  package var code: Int
  /// Of the authorizers, where they were asked.
  var decision: AccessDecision?
  /// What admission noted.
  var notes: [String: String] = [:]
  var requestObject: Value = .null
  var responseObject: Value = .null

  /// The lines of a request's stages at a level.
  package func lines(
    _ level: AuditPolicy.Level, omitting omitted: Set<String>, id: String, at moment: Moment
  ) -> [String] {
    guard level > .none else { return [] }
    // Who is not known is told of by who turns them away.
    let stages =
      user == nil
      ? ["ResponseStarted"]
      : ["RequestReceived", verb == "watch" ? "ResponseStarted" : "ResponseComplete"]
    return stages.filter { !omitted.contains($0) }.map { stage in
      String(
        decoding: JSON.bytes(value(level, stage, id, moment), .compact, order: AuditOrder.event),
        as: UTF8.self)
    }
  }

  private static func shown(_ user: UserInfo?) -> Value {
    guard let user else { return [:] }
    var who: Value = ["username": .string(user.name)]
    if !user.groups.isEmpty { who["groups"] = .array(user.groups.map { .string($0) }) }
    if !user.uid.isEmpty { who["uid"] = .string(user.uid) }
    for (key, values) in user.extra {
      if who["extra"] == nil { who["extra"] = [:] }
      who["extra"]?[key] = .array(values.map { .string($0) })
    }
    return who
  }

  private func value(
    _ level: AuditPolicy.Level, _ stage: String, _ id: String, _ moment: Moment
  ) -> Value {
    let stamp = Value.string(moment.rfc3339Micro)
    var event: Value = [
      "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": .string(level.name),
      "auditID": .string(id), "stage": .string(stage), "requestURI": .string(uri),
      "verb": .string(verb), "user": Self.shown(user), "sourceIPs": [.string(source)],
      "userAgent": .string(agent), "requestReceivedTimestamp": stamp, "stageTimestamp": stamp,
    ]
    if let impersonated { event["impersonatedUser"] = Self.shown(impersonated) }
    if !constraint.isEmpty {
      event["authenticationMetadata"] = ["impersonationConstraint": .string(constraint)]
    }
    if isResource {
      var reference: Value = ["resource": .string(resource), "apiVersion": .string(version)]
      for (key, text) in [
        ("namespace", namespace), ("name", name), ("apiGroup", group), ("subresource", subresource),
      ] where !text.isEmpty { reference[key] = .string(text) }
      // The object that is sent tells more, once it is read.
      if stage != "RequestReceived", subresource.isEmpty, ["create", "update"].contains(verb) {
        let metadata = requestObject["metadata"]
        for key in ["name", "uid", "resourceVersion"] where reference[key] == nil {
          if let text = metadata?[key]?.string, !text.isEmpty { reference[key] = .string(text) }
        }
      }
      event["objectRef"] = reference
    }
    guard stage != "RequestReceived" else { return event }
    var status: Value = ["metadata": [:], "code": .int(Int64(code))]
    if responseObject.kind == "Status" {
      for key in ["status", "message", "reason", "details"] { status[key] = responseObject[key] }
    }
    event["responseStatus"] = status
    var annotations = notes
    if let decision {
      annotations["authorization.k8s.io/decision"] = decision.isAllowed ? "allow" : "forbid"
      annotations["authorization.k8s.io/reason"] = decision.reason
    }
    if !annotations.isEmpty { event["annotations"] = .strings(annotations) }
    if level >= .request, case .object = requestObject { event["requestObject"] = requestObject }
    if level >= .requestResponse, case .object = responseObject {
      event["responseObject"] = responseObject
    }
    return event
  }
}

/// The order of an event's members: that of upstream's structures.
struct AuditOrder: NamedOrder {
  let names: [String]
  private let below: [String: AuditOrder]

  private init(_ members: String, _ below: [String: AuditOrder] = [:]) {
    names = members.split(separator: " ").map(String.init)
    self.below = below
  }

  private static let user = AuditOrder("username uid groups extra")
  static let event = AuditOrder(
    "kind apiVersion level auditID stage requestURI verb user impersonatedUser "
      + "authenticationMetadata sourceIPs userAgent objectRef responseStatus requestObject "
      + "responseObject requestReceivedTimestamp stageTimestamp annotations",
    [
      "user": user, "impersonatedUser": user,
      "objectRef": AuditOrder(
        "resource namespace name uid apiGroup apiVersion resourceVersion subresource"),
      "responseStatus": AuditOrder("metadata status message reason details code"),
    ])

  func order(within member: String) -> AuditOrder? { below[member] }
  var elementOrder: AuditOrder? { nil }
}

/// Records requests by a policy.
package final class Auditor {
  private let policy: AuditPolicy
  private let timeline: Timeline
  private var chance: SeededRandom
  private let write: (String) -> Void

  package init(
    _ policy: AuditPolicy, timeline: Timeline, seed: UInt64, write: @escaping (String) -> Void
  ) {
    self.policy = policy
    self.timeline = timeline
    self.write = write
    chance = SeededRandom(seed: seed, for: "audit/\(timeline.now.nanoseconds)")
  }

  func record(_ event: AuditEvent) {
    let (level, omitted) = policy.level(of: event)
    guard level > .none else { return }
    for line in event.lines(level, omitting: omitted, id: newID(), at: timeline.now) { write(line) }
  }

  private func newID() -> String {
    var hex: [Character] = []
    for _ in 0..<2 {
      let text = String(chance.next(), radix: 16)
      hex += Array(String(repeating: "0", count: 16 - text.count) + text)
    }
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }
      .joined(separator: "-")
  }
}

extension APIServer {
  /// Tells the auditor of a client's request.
  func audit(
    _ request: APIRequest, _ info: RequestInfo, _ served: ServedUser?, _ warned: Warned,
    _ answer: APIResponse
  ) {
    guard let auditor else { return }
    let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let asker = try? self.user(of: request)
    var event = AuditEvent(
      verb: info.verb, uri: query.isEmpty ? request.path : "\(request.path)?\(query)",
      path: request.path, user: asker, source: "192.168.56.5",
      agent: request.header("user-agent") ?? "", isResource: info.isResource, code: answer.code)
    event.group = info.group
    event.version = info.version
    event.resource = info.resource
    event.subresource = info.subresource
    event.namespace = info.namespace
    event.name = info.name
    if let served {
      if served.user != asker { event.impersonated = served.user }
      event.constraint = served.constraint
      event.decision = decide(served.user, info.question)
    }
    event.notes = warned.annotations
    switch request.body {
    case _ where warned.object != nil: event.requestObject = warned.object ?? .null
    case .value(let value): event.requestObject = value
    case .bytes(let bytes): event.requestObject = (try? JSON.parse(bytes)) ?? .null
    case .none: break
    }
    if case .value(let value) = answer.body { event.responseObject = value }
    auditor.record(event)
  }

  /// Tells the auditor of what a component did.
  func audit(_ call: ResourceCall, code: Int, _ object: Value) {
    guard let auditor else { return }
    let resource = call.resource
    var path =
      resource.group.isEmpty
      ? "/api/\(resource.version)" : "/apis/\(resource.group)/\(resource.version)"
    if !call.namespace.isEmpty { path += "/namespaces/\(call.namespace)" }
    path += "/\(resource.resource)"
    if !call.name.isEmpty { path += "/\(call.name)" }
    if !call.subresource.isEmpty { path += "/\(call.subresource)" }
    var event = AuditEvent(
      verb: call.verb.rawValue, uri: path, path: path, user: call.user, source: "192.168.56.10",
      agent: "\(call.manager)/\(configuration.version) (linux/amd64)", isResource: true, code: code)
    event.group = resource.group
    event.version = resource.version
    event.resource = resource.resource
    event.subresource = call.subresource
    event.namespace = call.namespace
    event.name = call.name
    event.decision = AccessDecision(isAllowed: code != 403, reason: "")
    event.requestObject = call.object
    event.responseObject = object
    auditor.record(event)
  }
}
