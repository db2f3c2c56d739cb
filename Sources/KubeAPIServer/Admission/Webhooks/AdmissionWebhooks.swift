import Documents
import KubeObjects

/// Lets the webhooks of MutatingWebhookConfigurations change or refuse objects, one after another.
struct MutatingAdmissionWebhooks: MutatingAdmissionPlugin {
  let name = "MutatingAdmissionWebhook"
  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { true }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let calls = WebhookCall.all(of: "mutatingwebhookconfigurations", objects)
    guard !calls.isEmpty else { return }
    attributes.reinvocation.enter(name, attributes.object)
    defer { attributes.reinvocation.leave(name, attributes.object) }
    for call in calls {
      guard let matched = try call.matched(attributes),
        !attributes.reinvocation.skips(name, call.key),
        let response = try call.response(&attributes, as: matched)
      else { continue }
      guard response["allowed"]?.bool == true else { throw call.refusal(response) }
      let before = attributes.object
      try Self.apply(response, call, matched, &attributes, objects)
      attributes.reinvocation.note(
        name, call.key, changed: attributes.object != before,
        mayRunAgain: call.hook.text("reinvocationPolicy") == "IfNeeded")
    }
  }

  private static func apply(
    _ response: Value, _ call: WebhookCall, _ matched: GroupVersionResource,
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard let text = response["patch"]?.string, !text.isEmpty else { return }
    let view = AdmissionView(attributes, as: matched, objects)
    let changed: Value
    do {
      let operations = try JSON.parse(Base64.decode(text) ?? [])
      guard !(operations.array?.isEmpty ?? false) else { return }
      if view.object.isNull {
        throw PatchFailure(
          "admission webhook \(call.name.goQuoted) attempted to modify the object, which is not "
            + "supported for this operation")
      }
      changed = try JSONPatch(operations).apply(to: view.object)
    } catch let failure as PatchFailure {
      throw .internalError(failure.message)
    } catch {
      throw .internalError("\(error)")
    }
    attributes.object = try objects.reread(changed, of: attributes, in: matched, isStrict: false)
  }
}

/// Lets the webhooks of ValidatingWebhookConfigurations refuse what would be stored.
struct ValidatingAdmissionWebhooks: ValidatingAdmissionPlugin {
  let name = "ValidatingAdmissionWebhook"
  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { true }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    var refusal: StatusError?
    // Upstream asks all at once and tells the first refusal.
    for call in WebhookCall.all(of: "validatingwebhookconfigurations", objects) {
      do throws(StatusError) {
        guard let matched = try call.matched(attributes),
          let response = try call.response(&attributes, as: matched)
        else { continue }
        if response["allowed"]?.bool != true { refusal = refusal ?? call.refusal(response) }
      } catch {
        refusal = refusal ?? error
      }
    }
    if let refusal { throw refusal }
  }
}
