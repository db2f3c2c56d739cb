import Documents
import KubeObjects
import Simulation

/// A Pod has the number and the preemption policy of its priority class.
struct Priority: MutatingAdmissionPlugin, ValidatingAdmissionPlugin {
  let name = "Priority"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods) else { return }
    let spec = attributes.object["spec"] ?? [:]
    if attributes.operation == .update {
      // What was computed stays when a client that does not know it writes.
      for field in ["priority", "preemptionPolicy"] where !spec.has(field) {
        if let old = attributes.oldObject["spec"]?[field] {
          attributes.object["spec"]?[field] = old
        }
      }
      return
    }
    var number: Int64 = 0
    var policy = "PreemptLowerPriority"
    let wanted = spec.text("priorityClassName")
    if wanted.isEmpty {
      if let standard = Self.standard(objects) {
        number = standard.number("value")
        policy = standard["preemptionPolicy"]?.string ?? policy
        attributes.object["spec"]?["priorityClassName"] = .string(standard.name)
      }
    } else {
      guard let found = objects.get(.priorityClasses, namespace: "", name: wanted) else {
        throw attributes.forbidden("no PriorityClass with name \(wanted) was found")
      }
      number = found.number("value")
      policy = found["preemptionPolicy"]?.string ?? policy
    }
    if let given = spec["priority"]?.int, given != number {
      throw attributes.forbidden(
        "the integer value of priority (\(given)) must not be provided in pod spec; priority "
          + "admission controller computed \(number) from the given PriorityClass name")
    }
    let given = spec.text("preemptionPolicy")
    if !given.isEmpty, given != policy {
      throw attributes.forbidden(
        "the string value of PreemptionPolicy (\(given)) must not be provided in pod spec; "
          + "priority admission controller computed \(policy) from the given PriorityClass name")
    }
    attributes.object["spec"]?["priority"] = .int(number)
    attributes.object["spec"]?["preemptionPolicy"] = .string(policy)
  }

  /// The class of Pods that name none: of several, the lowest.
  private static func standard(_ objects: any ObjectAccess) -> Value? {
    objects.list(.priorityClasses, namespace: "").filter { $0.flag("globalDefault") }
      .min { $0.number("value") < $1.number("value") }
  }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.priorityClasses), attributes.object.flag("globalDefault"),
      let other = Self.standard(objects), other.name != attributes.object.name
    else { return }
    throw attributes.forbidden(
      "PriorityClass \(other.name) is already marked as default. Only one default can exist")
  }
}
