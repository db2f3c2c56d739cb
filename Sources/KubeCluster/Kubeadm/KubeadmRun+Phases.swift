import KubeObjects
import Linux
import PKI
import Shell
import Simulation

/// The files that phases of `kubeadm init` make: certificates, kubeconfigs, manifests.
extension KubeadmRun {
  func certify(_ name: String) async throws -> ExitStatus {
    let folder = PlaneCertificate.folder
    let authorities: [String: ClusterKeys.AuthorityName] = [
      "ca": .kubernetes, "front-proxy-ca": .frontProxy, "etcd-ca": .etcd,
    ]
    if name == "sa" {
      guard files.text("\(folder)/sa.key") == nil else {
        try await process.write("[certs] Using the existing \"sa\" key\n")
        return 0
      }
      let keys = cluster.keys.tokenKeys
      try files.place(keys.key, at: "\(folder)/sa.key", mode: 0o600)
      try files.place(keys.pub, at: "\(folder)/sa.pub")
      try await process.write("[certs] Generating \"sa\" key and public key\n")
      return 0
    }
    if let authority = authorities[name] {
      let path = "\(folder)/\(authority.rawValue)"
      guard files.text(path + ".crt") == nil else {
        try await process.write(
          "[certs] Using existing \(authority.rawValue) certificate authority\n")
        return 0
      }
      let made = cluster.keys.authority(authority)
      try files.place(made.facts.pem, at: path + ".crt")
      try files.place(made.key.pem, at: path + ".key", mode: 0o600)
      try await process.write(
        "[certs] Generating \"\(authority.rawValue)\" certificate and key\n")
      return 0
    }
    guard var certificate = PlaneCertificate.all(host.plan).first(where: { $0.name == name }) else {
      return try await fail("unknown command \"\(name)\" for \"kubeadm init phase certs\"")
    }
    if files.text(certificate.path) != nil, files.text(certificate.keyPath) != nil {
      try await process.write(
        "[certs] Using existing \(certificate.file) certificate and key on disk\n")
      return 0
    }
    guard files.text("\(folder)/\(certificate.authority.rawValue).key") != nil else {
      return try await fail(
        "error execution phase certs/\(name): couldn't load CA certificate "
          + "\(certificate.authority.rawValue) for \(name): couldn't load the certificate file "
          + "\(folder)/\(certificate.authority.rawValue).crt: open "
          + "\(folder)/\(certificate.authority.rawValue).crt: no such file or directory")
    }
    if name == "apiserver" {
      let endpoint = configuration.endpoint.map { String($0.prefix { $0 != ":" }) }
      let more = configuration.certificateNames + [endpoint].compactMap(\.self)
      for name in more {
        let one: AlternativeName =
          IPAddress(name) == nil ? .dns(name) : .address(PlaneCertificate.bytes(name))
        if !certificate.names.contains(one) { certificate.names.append(one) }
      }
    }
    certificate.install(on: host, from: cluster.timeline.now.seconds)
    try await process.write("[certs] Generating \"\(certificate.file)\" certificate and key\n")
    guard !certificate.names.isEmpty else { return 0 }
    var names: [String] = []
    var addresses: [String] = []
    for name in certificate.names {
      switch name {
      case .dns(let text): names.append(text)
      case .address(let bytes):
        if let address = IPAddress(octets: bytes) { addresses.append(address.description) }
      case .email, .uri: break
      }
    }
    try await process.write(
      "[certs] \(certificate.file) serving cert is signed for DNS names "
        + "[\(names.sorted().joined(separator: " "))] and IPs [\(addresses.joined(separator: " "))]\n"
    )
    return 0
  }

  func writeKubeconfig(_ name: String) async throws {
    let path = "/etc/kubernetes/\(name).conf"
    guard files.text(path) == nil else {
      try await process.write("[kubeconfig] Using existing kubeconfig file: \"\(path)\"\n")
      return
    }
    if name == "kubelet" {
      NodeFiles(host).installKubeletIdentity()
    } else {
      PlaneKubeconfig.all(host.plan).first { $0.name == "\(name).conf" }?
        .install(
          on: host, configuration.endpoint.map { "https://" + $0 } ?? serverURL,
          from: cluster.timeline.now.seconds)
    }
    try await process.write("[kubeconfig] Writing \"\(name).conf\" kubeconfig file\n")
  }

  func writeManifest(_ name: String) throws(HostError) {
    let text = ControlPlaneManifests.text(
      name, node: host.plan.name, address: host.plan.address,
      version: configuration.version ?? ownVersion)
    try files.place(
      configuration.amended(text, of: name), at: "\(manifestFolder)/\(name).yaml", mode: 0o600)
  }
}
