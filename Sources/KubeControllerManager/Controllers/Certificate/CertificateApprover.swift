import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Approves the client certificates that kubelets ask for, if they may ask for them.
final class CertificateApprover: Reconciler {
  static let name = "certificatesigningrequest-approving-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let requests: Informer
  private var queue: WorkQueue<String>!

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
    guard form.certificate.isEmpty, !form.isDecided, let pem = form.pem,
      let subject = signer.subject(of: pem), form.isKubeletClient(subject)
    else { return }
    let isSelf = subject.commonName == form.userName
    let recognizers: [(attribute: String, message: String)] =
      (isSelf
        ? [
          (
            "selfnodeclient",
            "Auto approving self kubelet client certificate after SubjectAccessReview."
          )
        ] : [])
      + [("nodeclient", "Auto approving kubelet client certificate after SubjectAccessReview.")]
    for (attribute, message) in recognizers where mayAsk(form, attribute) {
      var changed = request
      let stamp = Value.string(context.timeline.now.rfc3339)
      changed["status"] = changed["status"] ?? .emptyObject
      changed["status"]?["conditions"] = .array(
        request.items(in: "conditions") + [
          [
            "type": "Approved", "status": "True", "reason": "AutoApproved",
            "message": .string(message), "lastUpdateTime": stamp, "lastTransitionTime": stamp,
          ]
        ])
      _ = try client.update(
        .certificateSigningRequests, changed, subresource: "approval")
      return
    }
  }

  private func mayAsk(_ form: CertificateRequestForm, _ attribute: String) -> Bool {
    var question = AccessQuestion(verb: "create")
    question.group = "certificates.k8s.io"
    question.version = "*"
    question.resource = "certificatesigningrequests"
    question.subresource = attribute
    return context.server.isAllowed(
      UserInfo(name: form.userName, groups: form.groups), question)
  }
}

extension Value {
  /// A list in the status.
  func items(in name: String) -> [Value] { self[path: "status", name]?.array ?? [] }
}

extension GroupVersionResource {
  static let certificateSigningRequests = Self(
    "certificates.k8s.io", "v1", "certificatesigningrequests")
}
