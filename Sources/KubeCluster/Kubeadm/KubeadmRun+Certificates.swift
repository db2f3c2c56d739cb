import Documents
import Linux
import PKI
import Shell
import Simulation

extension KubeadmRun {
  /// Everything that `kubeadm certs` looks after, in the order of its names.
  private enum Item {
    case certificate(PlaneCertificate)
    case config(PlaneKubeconfig)

    var name: String {
      switch self {
      case .certificate(let one): one.name
      case .config(let one): one.name
      }
    }

    var authority: String {
      switch self {
      case .certificate(let one):
        switch one.authority {
        case .kubernetes: "ca"
        case .etcd: "etcd-ca"
        case .frontProxy: "front-proxy-ca"
        }
      case .config: "ca"
      }
    }

    func facts(_ files: MountNamespace) -> CertificateFacts? {
      switch self {
      case .certificate(let one): return files.text(one.path).flatMap { CertificateFacts(pem: $0) }
      case .config(let one):
        guard let config = files.text(one.path).flatMap({ try? YAML.parse($0) }),
          let data = config["users"]?.array?.first?[path: "user", "client-certificate-data"]?
            .string,
          let bytes = Base64.decode(data)
        else { return nil }
        return CertificateFacts(pem: String(decoding: bytes, as: UTF8.self))
      }
    }

    /// What a renewal is told of it.
    var title: String {
      switch name {
      case "admin.conf":
        "certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself"
      case "apiserver": "certificate for serving the Kubernetes API"
      case "apiserver-etcd-client": "certificate the apiserver uses to access etcd"
      case "apiserver-kubelet-client": "certificate for the API server to connect to kubelet"
      case "controller-manager.conf":
        "certificate embedded in the kubeconfig file for the controller manager to use"
      case "etcd-healthcheck-client": "certificate for liveness probes to healthcheck etcd"
      case "etcd-peer": "certificate for etcd nodes to communicate with each other"
      case "etcd-server": "certificate for serving etcd"
      case "front-proxy-client": "certificate for the front proxy client"
      case "scheduler.conf":
        "certificate embedded in the kubeconfig file for the scheduler manager to use"
      default: "certificate embedded in the kubeconfig file for the super-admin"
      }
    }
  }

  private var items: [Item] {
    let all =
      PlaneCertificate.all(host.plan).map { Item.certificate($0) }
      + PlaneKubeconfig.all(host.plan).map { Item.config($0) }
    return all.sorted { $0.name < $1.name }
  }

  func certificates(_ verb: String) async throws -> ExitStatus {
    switch verb {
    case "check-expiration": return try await checkExpiration()
    case "renew": return try await renew()
    case "certificate-key":
      var text = ""
      for _ in 0..<4 {
        let word = String(host.machine.randomBits(), radix: 16)
        text += String(repeating: "0", count: 16 - word.count) + word
      }
      try await process.write(text + "\n")
      return 0
    default:
      try await process.writeError("drydock: not simulated: kubeadm certs \(verb)\n")
      return 1
    }
  }

  private func checkExpiration() async throws -> ExitStatus {
    if serverRefusal() == nil {
      try await process.write(reading("check-expiration") + "\n")
    } else {
      try await process.write(
        "[check-expiration] Error reading configuration from the Cluster. Falling back to default "
          + "configuration\n\n")
    }
    var rows = [
      ["CERTIFICATE", "EXPIRES", "RESIDUAL TIME", "CERTIFICATE AUTHORITY", "EXTERNALLY MANAGED"]
    ]
    for item in items {
      guard let facts = item.facts(files) else {
        rows.append(["!MISSING! " + item.name, "", "", "", ""])
        continue
      }
      rows.append([
        item.name, date(facts.notAfter), residual(facts.notAfter), item.authority, "no      ",
      ])
    }
    try await process.write(ToolTable.plain(rows) + "\n")
    var authorities = [["CERTIFICATE AUTHORITY", "EXPIRES", "RESIDUAL TIME", "EXTERNALLY MANAGED"]]
    for (name, file) in [
      ("ca", "ca"), ("etcd-ca", "etcd/ca"), ("front-proxy-ca", "front-proxy-ca"),
    ] {
      guard
        let facts = files.text("\(PlaneCertificate.folder)/\(file).crt")
          .flatMap({ CertificateFacts(pem: $0) })
      else {
        authorities.append(["!MISSING! " + name, "", "", ""])
        continue
      }
      authorities.append([name, date(facts.notAfter), residual(facts.notAfter), "no      "])
    }
    try await process.write(ToolTable.plain(authorities))
    return 0
  }

  private func date(_ seconds: Int64) -> String {
    Linux.Calendar(Moment(seconds: seconds)).formatted("%b %d, %Y %H:%M UTC")
  }

  /// apimachinery's ShortHumanDuration.
  private func residual(_ seconds: Int64) -> String {
    let left = seconds - cluster.timeline.now.seconds
    if left < 0 { return "<invalid>" }
    if left < 60 { return "\(left)s" }
    if left < 3600 { return "\(left / 60)m" }
    if left < 86_400 { return "\(left / 3600)h" }
    if left < 365 * 86_400 { return "\(left / 86_400)d" }
    return "\(left / (365 * 86_400))y"
  }

  private func renew() async throws -> ExitStatus {
    guard let wanted = arguments.operands.dropFirst(2).first else { return try await help() }
    let chosen = wanted == "all" ? items : items.filter { $0.name == wanted }
    guard !chosen.isEmpty else {
      return try await fail("unknown command \"\(wanted)\" for \"kubeadm certs renew\"")
    }
    guard files.text("\(PlaneCertificate.folder)/ca.key") != nil else {
      return try await fail(
        "failed to renew certificate \(wanted): unable to sign certificate with the CA: couldn't load "
          + "the private key file \(PlaneCertificate.folder)/ca.key")
    }
    try await process.write(reading("renew") + "\n")
    let now = cluster.timeline.now.seconds
    let server = "https://\(host.plan.address):6443"
    for item in chosen {
      switch item {
      case .certificate(let one): one.install(on: host, from: now)
      case .config(let one): one.install(on: host, server, from: now)
      }
      try await process.write(item.title + " renewed\n")
    }
    if wanted == "all" {
      try await process.write(
        "\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, "
          + "kube-scheduler and etcd, so that they can use the new certificates.\n")
    }
    return 0
  }
}
