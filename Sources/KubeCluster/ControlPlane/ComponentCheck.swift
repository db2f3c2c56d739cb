import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import PKI
import Simulation

/// Whether a component can start with its flags and files, in the words it ends with when not.
struct ComponentCheck {
  struct Fatal {
    var lines: [String]
    var delay = Span.milliseconds(100)
  }

  let part: ControlPlane.Part
  let plan: ContainerPlan
  let flags: ComponentFlags
  let plane: ControlPlane

  init(
    _ part: ControlPlane.Part, _ plan: ContainerPlan, _ flags: ComponentFlags,
    _ plane: ControlPlane
  ) {
    self.part = part
    self.plan = plan
    self.flags = flags
    self.plane = plane
  }

  private func text(_ path: String) -> String? { plane.host?.text(of: path, in: plan) }

  func fatal() -> Fatal? {
    let known = KnownFlags.all(part)
    if let unknown = flags.given.first(where: { !known.contains($0.name) }) {
      return part == .etcd
        ? Fatal(lines: [
          "{\"level\":\"warn\",\"msg\":\"failed to verify flags\",\"error\":"
            + "\"flag provided but not defined: -\(unknown.name)\"}"
        ]) : Fatal(lines: ["Error: unknown flag: --\(unknown.name)"])
    }
    if let gate = badGate { return Fatal(lines: [gate]) }
    for name in Self.files(part) {
      guard let path = flags[name], !path.isEmpty, text(path) == nil else { continue }
      return failed(Self.missing(name, path, part))
    }
    if let problem = pairProblem { return failed(problem) }
    switch part {
    case .etcd: return etcd()
    case .apiServer: return apiServer()
    case .controllerManager, .scheduler: return client()
    }
  }

  /// How a component ends: Kubernetes' through component-base's cli.Run, etcd by a line of zap's.
  private func failed(_ why: String) -> Fatal {
    guard part != .etcd else {
      return Fatal(lines: [
        "{\"level\":\"fatal\",\"ts\":\"\(plane.timeline.now.rfc3339Micro)\",\"caller\":"
          + "\"etcdmain/etcd.go:183\",\"msg\":\"discovery failed\",\"error\":\(why.goQuoted)}"
      ])
    }
    return Fatal(lines: [
      KubernetesLog.line(
        "E", "run.go:72", "\"command failed\" err=\(why.goQuoted)", at: plane.timeline.now,
        process: 1)
    ])
  }

  /// Why a certificate and its key cannot be served with.
  private var pairProblem: String? {
    let names =
      switch part {
      case .etcd: [["cert-file", "key-file"], ["peer-cert-file", "peer-key-file"]]
      case .apiServer:
        [["tls-cert-file", "tls-private-key-file"], ["etcd-certfile", "etcd-keyfile"]]
      case .controllerManager, .scheduler: [["tls-cert-file", "tls-private-key-file"]]
      }
    for pair in names {
      guard let certificate = flags[pair[0]].flatMap(text), let key = flags[pair[1]].flatMap(text)
      else { continue }
      do throws(CertificatePair.Refusal) {
        _ = try CertificatePair(certificate: certificate, key: key)
      } catch {
        return pair[0] == "etcd-certfile"
          ? "error creating storage factory: \(error.message)" : error.message
      }
    }
    return nil
  }

  /// What a component says of flags that it obeys only in part.
  var notes: [String] {
    guard part == .apiServer else { return [] }
    return plane.settings.notSimulated(flags).map { "drydock: not simulated: \($0)" }
  }

  private var badGate: String? {
    guard part != .etcd else { return nil }
    for word in flags.list("feature-gates") {
      let pair = word.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2, ["true", "false"].contains(pair[1].lowercased()) else {
        return "Error: invalid argument \"\(word)\" for \"--feature-gates\" flag: missing bool "
          + "value for \(pair.first ?? "")"
      }
    }
    return nil
  }

  /// Flags that name files which must be there.
  private static func files(_ part: ControlPlane.Part) -> [String] {
    switch part {
    case .etcd:
      [
        "cert-file", "key-file", "trusted-ca-file", "peer-cert-file", "peer-key-file",
        "peer-trusted-ca-file",
      ]
    case .apiServer:
      [
        "client-ca-file", "etcd-cafile", "etcd-certfile", "etcd-keyfile", "tls-cert-file",
        "tls-private-key-file", "service-account-key-file", "service-account-signing-key-file",
        "requestheader-client-ca-file", "kubelet-client-certificate", "kubelet-client-key",
        "proxy-client-cert-file", "proxy-client-key-file", "audit-policy-file",
        "encryption-provider-config", "token-auth-file", "admission-control-config-file",
        "authentication-config", "authorization-config",
      ]
    case .controllerManager:
      [
        "kubeconfig", "client-ca-file", "root-ca-file", "cluster-signing-cert-file",
        "cluster-signing-key-file", "service-account-private-key-file",
        "requestheader-client-ca-file", "authentication-kubeconfig", "authorization-kubeconfig",
      ]
    case .scheduler:
      [
        "kubeconfig", "config", "authentication-kubeconfig", "authorization-kubeconfig",
        "client-ca-file",
      ]
    }
  }

  private static func missing(_ flag: String, _ path: String, _ part: ControlPlane.Part) -> String {
    let open = "open \(path): no such file or directory"
    switch flag {
    case "audit-policy-file":
      return "loading audit policy file: failed to read file path "
        + "\"\(path)\": \(open)"
    case "encryption-provider-config":
      return
        "error while parsing file: error reading encryption provider configuration file "
        + "\"\(path)\": \(open)"
    case "etcd-cafile", "etcd-certfile", "etcd-keyfile":
      return "error creating storage factory: \(open)"
    case "admission-control-config-file":
      return
        "failed to apply admission: failed to read plugin config: unable to read admission control configuration "
        + "from \"\(path)\" [\(open)]"
    case "kubeconfig": return "stat \(path): no such file or directory"
    case "client-ca-file", "requestheader-client-ca-file":
      return "unable to load client CA provider: \(open)"
    default: return open
    }
  }

  private func etcd() -> Fatal? {
    if let problem = ServerSettings.databaseTransportProblem(flags) { return failed(problem) }
    if let name = flags["name"], let cluster = flags["initial-cluster"],
      !cluster.split(separator: ",").contains(where: { $0.hasPrefix("\(name)=") })
    {
      return failed("couldn't find local name \"\(name)\" in the initial cluster configuration")
    }
    return nil
  }

  private func apiServer() -> Fatal? {
    if let problem = plane.settings.problem(flags, text) {
      return failed(problem)
    }
    if let problem = ServerSettings.logProblem(flags, plan) {
      return failed(problem)
    }
    let servers = flags.list("etcd-servers")
    guard !servers.isEmpty else {
      return failed("--etcd-servers must be specified")
    }
    let target = URLParts(servers[0])
    let isRight =
      ["127.0.0.1", "localhost", plane.address].contains(target.host)
      && target.port == plane.clientPort && target.isSecure
    guard isRight, plane.isServing(.etcd) else {
      return noDatabase(
        target,
        target.isSecure
          ? "Error while dialing: dial tcp \(target.host):\(target.port): connect: connection refused"
          : "Error while dialing: error reading server preface: http2: failed reading the frame "
            + "payload")
    }
    return plane.databaseRefusal(flags, plan).map {
      noDatabase(target, "authentication handshake failed: " + $0)
    }
  }

  /// gRPC tries until the storage factory gives up.
  private func noDatabase(_ target: URLParts, _ why: String) -> Fatal {
    let text =
      "grpc: addrConn.createTransport failed to connect to {Addr: \"\(target.host):\(target.port)\", "
      + "ServerName: \"\(target.host):\(target.port)\", }. Err: connection error: desc = "
      + "\"transport: \(why)\""
    let now = plane.timeline.now
    return Fatal(
      lines: [
        KubernetesLog.line("W", "logging.go:55", text, at: now, process: 1),
        KubernetesLog.line(
          "F", "instance.go:233",
          "Error creating leases: error creating storage factory: context deadline exceeded",
          at: now, process: 1),
      ], delay: .seconds(20))
  }

  private func client() -> Fatal? {
    guard let path = flags["kubeconfig"], let text = text(path) else { return nil }
    guard Kubeconfigs.server(of: text) != nil else {
      return failed("error loading config file \"\(path)\": invalid configuration: no server found")
    }
    return nil
  }
}
