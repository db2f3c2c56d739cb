import Documents
import KubeObjects
import Simulation

extension ObjectTable {
  package static let roleBindings = ObjectTable("rolebindings", binding)
  package static let clusterRoleBindings = ObjectTable("clusterrolebindings", binding)

  private static let binding: @Sendable (Value, Moment) -> [Value] = { object, now in
    let role = object["roleRef"] ?? [:]
    let subjects = object.items("subjects")
    func named(_ kind: String) -> Value {
      .string(
        subjects.filter { $0.text("kind") == kind }.map { subject in
          kind == "ServiceAccount"
            ? "\(subject.text("namespace"))/\(subject.text("name"))" : subject.text("name")
        }.joined(separator: ", "))
    }
    return [
      Cell.name(object), .string("\(role.text("kind"))/\(role.text("name"))"),
      Cell.age(object, now), named("User"), named("Group"), named("ServiceAccount"),
    ]
  }

  package static let certificateSigningRequests = ObjectTable("certificatesigningrequests") {
    object, now in
    let (spec, status) = (object["spec"] ?? [:], object["status"] ?? [:])
    let duration = spec["expirationSeconds"]?.int.map { Span.seconds($0).humanText }
    var (isApproved, isDenied, hasFailed) = (false, false, false)
    for condition in status.items("conditions") {
      switch condition.text("type") {
      case "Approved": isApproved = true
      case "Denied": isDenied = true
      case "Failed": hasFailed = true
      default: break
      }
    }
    var state = isDenied ? "Denied" : isApproved ? "Approved" : "Pending"
    if hasFailed { state += ",Failed" }
    if !status.text("certificate").isEmpty { state += ",Issued" }
    let signer = spec.text("signerName")
    return [
      Cell.name(object), Cell.age(object, now), Cell.orNone(signer),
      .string(spec.text("username")), Cell.orNone(duration ?? ""), .string(state),
    ]
  }

  package static let flowSchemas = ObjectTable("flowschemas") { object, now in
    let spec = object["spec"] ?? [:]
    return [
      Cell.name(object), .string(spec["priorityLevelConfiguration"]?.text("name") ?? "<none>"),
      .int(spec.number("matchingPrecedence")),
      Cell.orNone(spec["distinguisherMethod"]?.text("type") ?? ""), Cell.age(object, now),
      .string(object.condition("Dangling")?.text("status") ?? "?"),
    ]
  }

  package static let priorityLevelConfigurations = ObjectTable("prioritylevelconfigurations") {
    object, now in
    let spec = object["spec"] ?? [:]
    let limited = spec["limited"]
    let queuing = limited?["limitResponse"]?["queuing"]
    func number(_ value: Value?) -> Value { value.flatMap { $0.isNull ? nil : $0 } ?? Cell.none }
    return [
      Cell.name(object), .string(spec.text("type")),
      number(limited?["nominalConcurrencyShares"]), number(queuing?["queues"]),
      number(queuing?["handSize"]), number(queuing?["queueLengthLimit"]), Cell.age(object, now),
    ]
  }

  package static let validatingWebhooks = ObjectTable("validatingwebhookconfigurations", hooks)
  package static let mutatingWebhooks = ObjectTable("mutatingwebhookconfigurations", hooks)

  private static let hooks: @Sendable (Value, Moment) -> [Value] = { object, now in
    [Cell.name(object), .int(Int64(object.items("webhooks").count)), Cell.age(object, now)]
  }

  package static let validatingAdmissionPolicies = policies(
    "validatingadmissionpolicies", "validations")
  package static let mutatingAdmissionPolicies = policies(
    "mutatingadmissionpolicies", "mutations")

  private static func policies(_ resource: String, _ list: String) -> ObjectTable {
    ObjectTable(resource) { object, now in
      let spec = object["spec"] ?? [:]
      let kind = spec["paramKind"].flatMap { $0.isNull ? nil : $0 }
      return [
        Cell.name(object), .int(Int64(spec.items(list).count)),
        .string(kind.map { "\($0.text("apiVersion"))/\($0.text("kind"))" } ?? "<unset>"),
        Cell.age(object, now),
      ]
    }
  }

  package static let validatingAdmissionPolicyBindings = bindings(
    "validatingadmissionpolicybindings")
  package static let mutatingAdmissionPolicyBindings = bindings(
    "mutatingadmissionpolicybindings")

  private static func bindings(_ resource: String) -> ObjectTable {
    ObjectTable(resource) { object, now in
      let spec = object["spec"] ?? [:]
      var parameters = "<unset>"
      if let reference = spec["paramRef"], !reference.isNull {
        let namespace = reference.text("namespace")
        if !reference.text("name").isEmpty {
          parameters = "\(namespace.isEmpty ? "*" : namespace)/\(reference.text("name"))"
        } else if reference.has("selector") {
          parameters = (reference["selector"] ?? .null).printedSelector
        }
      }
      return [
        Cell.name(object), .string(spec.text("policyName")), .string(parameters),
        Cell.age(object, now),
      ]
    }
  }
}
