import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Signs approved certificate requests for the signers that the cluster's own authority stands for.
final class CertificateSigningController: Reconciler {
  static let name = "certificatesigningrequest-signing-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let requests: Informer
  private var queue: WorkQueue<String>!

  /// --cluster-signing-duration, and the shortest that can be asked for.
  private static let longest: Int64 = 365 * 24 * 3600
  private static let shortest: Int64 = 600

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("certificate-controller")
    requests = context.informer(.certificateSigningRequests)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline, backoff: (.milliseconds(200), .seconds(1000))) {
      [weak self] name throws(StatusError) in
      try self?.reconcile(name)
      return .done
    }
    requests.onChange { [weak self] _, new in
      if let new { self?.queue.add(new.name) }
    }
  }

  private func reconcile(_ name: String) throws(StatusError) {
    guard let signer = context.configuration.signer, let request = requests["", name] else {
      return
    }
    let form = CertificateRequestForm(request)
    guard CertificateRequestForm.signers.contains(form.signer), form.certificate.isEmpty,
      form.has("Approved"), !form.has("Denied"), !form.has("Failed")
    else { return }
    guard let pem = form.pem, let subject = signer.subject(of: pem) else {
      return try fail(
        request, "unable to parse csr \(name.goQuoted): PEM block type must be CERTIFICATE REQUEST")
    }
    if let refusal = form.refusal(subject) { return try fail(request, refusal) }
    let seconds = min(max(form.seconds ?? Self.longest, Self.shortest), Self.longest)
    guard
      let certificate = signer.sign(
        request: pem, usages: form.usages, now: context.timeline.now,
        lifetime: .seconds(seconds))
    else { return try fail(request, "error verifying signature of certificate request") }
    var changed = request
    changed["status"] = changed["status"] ?? .emptyObject
    changed["status"]?["certificate"] = .string(Base64.encode(Array(certificate.utf8)))
    _ = try client.update(.certificateSigningRequests, changed, subresource: "status")
  }

  private func fail(_ request: Value, _ message: String) throws(StatusError) {
    var changed = request
    let stamp = Value.string(context.timeline.now.rfc3339)
    changed["status"]?["conditions"] = .array(
      request.items(in: "conditions") + [
        [
          "type": "Failed", "status": "True", "reason": "SignerValidationFailure",
          "message": .string(message), "lastUpdateTime": stamp, "lastTransitionTime": stamp,
        ]
      ])
    _ = try client.update(.certificateSigningRequests, changed, subresource: "status")
  }
}
