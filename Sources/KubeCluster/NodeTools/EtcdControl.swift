import Documents
import Etcd
import Linux
import PKI
import Shell
import Simulation

/// Talks to etcd: `etcdctl`.
struct EtcdControl: Program {
  let name = "etcdctl"
  nonisolated(unsafe) unowned let cluster: Cluster

  init(_ cluster: Cluster) { self.cluster = cluster }

  static let version = "3.6.6"

  static let values =
    "endpoints cacert cert key user password command-timeout dial-timeout keepalive-time "
    + "keepalive-timeout write-out,w limit order sort-by rev data-dir name initial-cluster "
    + "initial-advertise-peer-urls initial-cluster-token wal-dir lease discovery-srv "
    + "bump-revision peer-urls"
  static let flags =
    "prefix keys-only print-value-only from-key count-only hex debug insecure-skip-tls-verify "
    + "insecure-transport cluster help,h prev-kv skip-hash-check mark-compacted physical "
    + "ignore-value ignore-lease interactive,i once keys"

  /// As `--help` lists them.
  private static let commands = [
    "alarm disarm\t\tDisarms all alarms", "alarm list\t\tLists all alarms",
    "compaction\t\tCompacts the event history in etcd",
    "defrag\t\t\tDefragments the storage of the etcd members with given endpoints",
    "del\t\t\tRemoves the specified key or range of keys [key, range_end)",
    "endpoint hashkv\t\tPrints the KV history hash for each endpoint in --endpoints",
    "endpoint health\t\tChecks the healthiness of endpoints specified in `--endpoints` flag",
    "endpoint status\t\tPrints out the status of endpoints specified in `--endpoints` flag",
    "get\t\t\tGets the key or a range of keys", "help\t\t\tHelp about any command",
    "lease grant\t\tCreates leases", "lease keep-alive\tKeeps leases alive (renew)",
    "lease list\t\tList all active leases", "lease revoke\t\tRevokes leases",
    "lease timetolive\tGet lease information", "member list\t\tLists all members in the cluster",
    "move-leader\t\tTransfers leadership to another etcd cluster member.",
    "put\t\t\tPuts the given key into the store",
    "snapshot save\t\tStores an etcd node backend snapshot to a given file",
    "txn\t\t\tTxn processes all the requests in one transaction",
    "version\t\t\tPrints the version of etcdctl",
    "watch\t\t\tWatches events stream on keys or prefixes",
  ]

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let arguments = ToolArguments(process.arguments, values: Self.values, flags: Self.flags)
    if let unknown = arguments.unknown {
      try await process.writeError("Error: unknown flag: \(unknown)\n")
      return 1
    }
    let words = arguments.has("help") ? ["help"] : arguments.operands
    switch words.first {
    case "version":
      try await process.write("etcdctl version: \(Self.version)\nAPI version: 3.6\n")
      return 0
    case "snapshot" where words.dropFirst().first == "restore":
      return try await EtcdFiles(cluster: cluster, process: process, arguments: arguments)
        .restore(isDeprecated: true)
    case "snapshot" where words.dropFirst().first == "status":
      return try await EtcdFiles(cluster: cluster, process: process, arguments: arguments)
        .status(isDeprecated: true)
    case nil, "help":
      try await process.write(
        "NAME:\n\tetcdctl - A simple command line client for etcd3.\n\nUSAGE:\n\tetcdctl [flags]\n\n"
          + "VERSION:\n\t\(Self.version)\n\nAPI VERSION:\n\t3.6\n\nCOMMANDS:\n"
          + Self.commands.map { "\t\($0)\n" }.joined())
      return 0
    default: break
    }
    let session = EtcdSession(cluster: cluster, process: process, arguments: arguments)
    let run = EtcdControlRun(
      cluster: cluster, process: process, arguments: arguments, session: session)
    switch words.first {
    case "endpoint": return try await run.endpoint(words.dropFirst().first ?? "")
    case "get", "put", "del", "member", "snapshot", "alarm", "compaction", "compact", "defrag",
      "watch",
      "txn", "lease", "move-leader":
      if let status = try await run.connect() { return status }
    case "lock", "elect", "user", "role", "auth", "make-mirror", "check", "downgrade", "completion":
      try await process.writeError("drydock: not simulated: etcdctl \(words.first ?? "")\n")
      return 1
    default:
      try await process.writeError(
        "Error: unknown command \"\(words.first ?? "")\" for \"etcdctl\"\n"
          + "Run 'etcdctl --help' for usage.\n")
      return 1
    }
    switch words.first {
    case "get": return try await run.get()
    case "put": return try await run.put()
    case "del": return try await run.delete()
    case "member": return try await run.members(words.dropFirst().first ?? "")
    case "snapshot": return try await run.save(words.dropFirst().first ?? "")
    case "watch": return try await run.watch()
    case "txn": return try await run.transaction()
    case "lease": return try await run.lease(words.dropFirst().first ?? "")
    case "move-leader":
      return try await run.refuse("FailedPrecondition", "etcdserver: bad leader transferee")
    case "compaction", "compact": return try await run.compact()
    case "defrag": return try await run.defragment()
    case "alarm": return try await run.alarm(words.dropFirst().first ?? "")
    default: return 0
    }
  }
}

/// Whether a client with its files may talk to an endpoint.
struct EtcdSession {
  let cluster: Cluster
  let process: Linux.Process
  let arguments: ToolArguments

  private func setting(_ flag: String, _ variable: String) -> String? {
    arguments[flag] ?? process.environment[variable]
  }

  var endpoints: [String] {
    (setting("endpoints", "ETCDCTL_ENDPOINTS") ?? "127.0.0.1:2379").split(separator: ",")
      .map(String.init)
  }

  /// What the client's own files lack ends the command at once.
  func badFile() async -> String? {
    for (flag, variable) in [
      ("cacert", "ETCDCTL_CACERT"), ("cert", "ETCDCTL_CERT"), ("key", "ETCDCTL_KEY"),
    ] {
      guard let path = setting(flag, variable) else { continue }
      do { _ = try await process.contents(of: path) } catch {
        let why = (error as? HostError)?.text.lowercased() ?? "cannot be read"
        return "open \(path): \(why)"
      }
    }
    let hasCertificate = setting("cert", "ETCDCTL_CERT") != nil
    if hasCertificate != (setting("key", "ETCDCTL_KEY") != nil) {
      return
        "KeyFile and CertFile must both be present[key: \(setting("key", "ETCDCTL_KEY") ?? ""), "
        + "cert: \(setting("cert", "ETCDCTL_CERT") ?? "")]"
    }
    guard hasCertificate else { return nil }
    do throws(CertificatePair.Refusal) {
      _ = try await pair()
      return nil
    } catch {
      return error.message
    }
  }

  /// The client's certificate with its key.
  private func pair() async throws(CertificatePair.Refusal) -> CertificatePair {
    try CertificatePair(
      certificate: await text("cert", "ETCDCTL_CERT") ?? "",
      key: await text("key", "ETCDCTL_KEY") ?? "")
  }

  private func text(_ flag: String, _ variable: String) async -> String? {
    guard let path = setting(flag, variable), let bytes = try? await process.contents(of: path)
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// gRPC's words for an endpoint that does not let the client in; nil when it does.
  func refusal(_ endpoint: String) async -> String? {
    guard let plane = cluster.controlPlane else { return "connection refused" }
    let isMarked = endpoint.contains("://")
    let target = URLParts(isMarked ? endpoint : "http://" + endpoint)
    let port = isMarked || endpoint.contains(":") ? target.port : 2379
    let shown = target.host == "localhost" ? "127.0.0.1" : target.host
    let known = ["127.0.0.1", plane.address, plane.node]
    guard known.contains(shown) else {
      return shown.contains(where: \.isLetter)
        ? "dial tcp: lookup \(shown) on 127.0.0.53:53: no such host"
        : "dial tcp \(shown):\(port): i/o timeout"
    }
    guard plane.isServing(.etcd), port == plane.clientPort else {
      return "dial tcp \(shown):\(port): connect: connection refused"
    }
    // Given files, the client speaks TLS to an endpoint without a scheme too.
    let hasFiles =
      setting("cacert", "ETCDCTL_CACERT") != nil || setting("cert", "ETCDCTL_CERT") != nil
    guard target.isSecure || !isMarked && hasFiles else {
      return "error reading server preface: read tcp 127.0.0.1:51342->\(shown):\(port): read: "
        + "connection reset by peer"
    }
    let authority = cluster.keys.authority(.etcd).facts
    if !arguments.has("insecure-skip-tls-verify") {
      let trusted = CertificateJudge.certificates(await text("cacert", "ETCDCTL_CACERT") ?? "")
      if let why = ServerTrust.refusal(
        of: plane.servingPair(of: .etcd)?.chain ?? [], by: trusted, for: shown,
        at: cluster.timeline.now)
      {
        return why
      }
    }
    return await distrust(authority)
  }

  private func distrust(_ authority: CertificateFacts) async -> String? {
    guard setting("cert", "ETCDCTL_CERT") != nil, let facts = try? await pair().certificate else {
      return "error reading server preface: remote error: tls: certificate required"
    }
    guard facts.isSigned(by: authority), facts.isGood(for: .client) else {
      return "error reading server preface: remote error: tls: bad certificate"
    }
    let now = cluster.timeline.now.seconds
    guard (facts.notBefore...max(facts.notBefore, facts.notAfter)).contains(now) else {
      return "error reading server preface: remote error: tls: expired certificate"
    }
    return nil
  }
}
