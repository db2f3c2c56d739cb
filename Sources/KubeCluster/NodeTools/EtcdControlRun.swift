import Documents
import Etcd
import KubeAPIServer
import KubeObjects
import Linux
import PKI
import Shell
import Simulation

/// One run of etcdctl.
struct EtcdControlRun {
  let cluster: Cluster
  let process: Linux.Process
  let arguments: ToolArguments
  let session: EtcdSession

  var store: KeyValueStore { cluster.server.etcd }
  var words: [String] { arguments.operands }
  var form: String { arguments["write-out"] ?? "simple" }

  func fail(_ text: String, _ status: ExitStatus) async throws -> ExitStatus {
    try await process.writeError("Error: \(text)\n")
    return status
  }

  func unknown(_ word: String) async throws -> ExitStatus {
    try await fail(
      "unknown command \(word.goQuoted) for \"etcdctl\"\nRun 'etcdctl --help' for usage.", 1)
  }

  /// What the server refuses: the client's log line, and the error.
  func refuse(_ code: String, _ why: String, told: String? = nil) async throws -> ExitStatus {
    let plain = (session.endpoints.first ?? "").replacing("https://", with: "")
    try await process.writeError(
      warningLine(plain, "rpc error: code = \(code) desc = \(why)"))
    return try await fail(told ?? why, 1)
  }

  func refuse(_ failure: KeyValueStore.Failure, told: String? = nil) async throws -> ExitStatus {
    try await refuse(failure.code, failure.text, told: told)
  }

  /// As etcdctl tells of an alarm that is raised; nil: none is.
  var alarm: String? {
    store.space.hasAlarm ? "memberID:\(EtcdMember.id(cluster)) alarm:NOSPACE " : nil
  }

  /// nil when an endpoint lets us in, or the exit status.
  func connect() async throws -> ExitStatus? {
    if let why = await session.badFile() {
      try await process.writeError("Error: \(why)\n")
      return 128
    }
    var last = ""
    for endpoint in session.endpoints {
      guard let refusal = await session.refusal(endpoint) else { return nil }
      last = refusal
    }
    try await process.sleep(.seconds(5))
    try await process.writeError(warning(session.endpoints.first ?? "", last))
    try await process.writeError("Error: context deadline exceeded\n")
    return 1
  }

  private func warning(_ endpoint: String, _ why: String) -> String {
    let plain = endpoint.replacing("https://", with: "").replacing("http://", with: "")
    let text =
      "rpc error: code = DeadlineExceeded desc = latest balancer error: last connection error: "
      + "connection error: desc = \\\"transport: "
      + (why.hasPrefix("dial") ? "Error while dialing: " : "authentication handshake failed: ")
      + "\(why)\\\""
    return warningLine(plain, text)
  }

  private func warningLine(_ plain: String, _ text: String) -> String {
    "{\"level\":\"warn\",\"ts\":\"\(process.machine.timeline.now.rfc3339Micro)\",\"logger\":"
      + "\"etcd-client\",\"caller\":\"v3@v\(EtcdControl.version)/retry_interceptor.go:65\",\"msg\":"
      + "\"retrying of unary invoker failed\",\"target\":\"etcd-endpoints://0xc00021c1e0/\(plain)\","
      + "\"attempt\":0,\"error\":\"\(text)\"}\n"
  }

  /// As Go's json writes etcd's ResponseHeader.
  var header: String {
    "{\"cluster_id\":\(EtcdMember.clusterID(cluster)),\"member_id\":\(EtcdMember.id(cluster)),"
      + "\"revision\":\(store.revision),\"raft_term\":2}"
  }

  // MARK: members

  func endpoint(_ verb: String) async throws -> ExitStatus {
    if let why = await session.badFile() {
      try await process.writeError("Error: \(why)\n")
      return 128
    }
    var endpoints = session.endpoints
    if arguments.has("cluster"), let plane = cluster.controlPlane {
      endpoints = ["https://\(plane.address):\(plane.clientPort)"]
    }
    var status: ExitStatus = 0
    var rows: [[String]] = []
    for endpoint in endpoints {
      if let refusal = await session.refusal(endpoint) {
        try await process.sleep(.seconds(5))
        try await process.writeError(warning(endpoint, refusal))
        if verb == "health" {
          try await process.writeError(
            "\(endpoint) is unhealthy: failed to commit proposal: context deadline exceeded\n")
        } else {
          try await process.writeError(
            "Failed to get the status of endpoint \(endpoint) (context deadline exceeded)\n")
        }
        status = 1
      } else if verb == "hashkv" {
        rows.append([endpoint, "\(hash)", "\(store.revision)"])
      } else if verb == "health" {
        // An alarm makes a member unhealthy, whatever it still answers.
        let why = store.space.hasAlarm ? "Active Alarm(s): NOSPACE " : ""
        rows.append([endpoint, why.isEmpty ? "true" : "false", "9.214ms", why])
        if !why.isEmpty { status = 1 }
      } else {
        rows.append(statusRow(endpoint))
      }
    }
    switch verb {
    case "health":
      if form == "table" {
        try await process.write(
          ToolTable.boxed(["ENDPOINT", "HEALTH", "TOOK", "ERROR"], rows))
      } else if form == "json" {
        for row in rows {
          try await process.write(
            "[{\"endpoint\":\"\(row[0])\",\"health\":\(row[1]),\"took\":\"\(row[2])\""
              + (row[3].isEmpty ? "" : ",\"error\":\(row[3].goQuoted)") + "}]\n")
        }
      } else {
        for row in rows {
          if row[3].isEmpty {
            try await process.write(
              "\(row[0]) is healthy: successfully committed proposal: took = \(row[2])\n")
          } else {
            try await process.writeError(
              "\(row[0]) is unhealthy: failed to commit proposal: \(row[3])\n")
          }
        }
      }
      if status != 0 { try await process.writeError("Error: unhealthy cluster\n") }
    case "status":
      let titles = [
        "ENDPOINT", "ID", "VERSION", "STORAGE VERSION", "DB SIZE", "IN USE",
        "PERCENTAGE NOT IN USE",
        "QUOTA", "IS LEADER", "IS LEARNER", "RAFT TERM", "RAFT INDEX", "RAFT APPLIED INDEX",
        "ERRORS",
      ]
      if form == "table" {
        try await process.write(ToolTable.boxed(titles, rows))
      } else if form == "json" {
        let list = rows.map { statusJSON($0[0]) }.joined(separator: ",")
        try await process.write("[\(list)]\n")
      } else {
        for row in rows { try await process.write(row.joined(separator: ", ") + "\n") }
      }
    case "hashkv":
      if form == "table" {
        try await process.write(ToolTable.boxed(["ENDPOINT", "HASH", "HASH REVISION"], rows))
      } else if form == "json" {
        let list = rows.map {
          "{\"Endpoint\":\"\($0[0])\",\"HashKV\":{\"header\":\(header),\"hash\":\($0[1]),"
            + "\"hash_revision\":\($0[2])}}"
        }
        try await process.write("[\(list.joined(separator: ","))]\n")
      } else {
        for row in rows { try await process.write(row.joined(separator: ", ") + "\n") }
      }
    default:
      try await process.writeError("drydock: not simulated: etcdctl endpoint \(verb)\n")
      return 1
    }
    return status
  }

  /// Of everything that is stored.
  private var hash: UInt32 {
    let bytes = EtcdFile.bytes(of: store.snapshot(), seed: cluster.seed)
    return UInt32(Digest.sha256(bytes).prefix(8), radix: 16) ?? 0
  }

  /// Whole pages, as the file has them.
  private func pages(_ size: Int) -> Int { (size + 20_480 + 4095) / 4096 * 4096 }
  private var databaseSize: Int { pages(store.space.allocated) }
  private var usedSize: Int { pages(store.space.inUse) }
  private var raftIndex: Int64 { store.revision + 212 }

  private func statusJSON(_ endpoint: String) -> String {
    "{\"Endpoint\":\"\(endpoint)\",\"Status\":{\"header\":\(header),\"version\":"
      + "\"\(EtcdControl.version)\",\"dbSize\":\(databaseSize),\"leader\":"
      + "\(EtcdMember.id(cluster)),\"raftIndex\":\(raftIndex),\"raftTerm\":2,"
      + "\"raftAppliedIndex\":\(raftIndex),"
      + (alarm.map { "\"errors\":[\($0.goQuoted)]," } ?? "") + "\"dbSizeInUse\":\(usedSize),"
      + "\"storageVersion\":\"3.6.0\",\"dbSizeQuota\":\(store.space.quota)}}"
  }

  private func statusRow(_ endpoint: String) -> [String] {
    let index = "\(raftIndex)"
    return [
      endpoint, EtcdMember.hex(EtcdMember.id(cluster)), EtcdControl.version, "3.6.0",
      EtcdFiles.size(databaseSize), EtcdFiles.size(usedSize),
      "\((databaseSize - usedSize) * 100 / databaseSize)%", EtcdFiles.size(store.space.quota),
      "true", "false", "2", index, index, alarm ?? "",
    ]
  }

  func members(_ verb: String) async throws -> ExitStatus {
    guard verb == "list", let plane = cluster.controlPlane else {
      try await process.writeError("drydock: not simulated: etcdctl member \(verb)\n")
      return 1
    }
    let row = [
      EtcdMember.hex(EtcdMember.id(cluster)), "started", plane.node,
      "https://\(plane.address):2380", "https://\(plane.address):\(plane.clientPort)", "false",
    ]
    if form == "table" {
      try await process.write(
        ToolTable.boxed(
          ["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"], [row]))
    } else if form == "json" {
      try await process.write(
        "{\"header\":\(header),\"members\":[{\"ID\":\(EtcdMember.id(cluster)),\"name\":"
          + "\"\(plane.node)\",\"peerURLs\":[\"\(row[3])\"],\"clientURLs\":[\"\(row[4])\"]}]}\n")
    } else {
      try await process.write(row.joined(separator: ", ") + "\n")
    }
    return 0
  }

  // MARK: snapshots

  func save(_ verb: String) async throws -> ExitStatus {
    guard verb == "save", words.count > 2 else {
      try await process.writeError("Error: snapshot save expects one argument\n")
      return 128
    }
    guard session.endpoints.count == 1 else {
      try await process.writeError(
        "Error: snapshot must be requested to one selected node, not multiple "
          + "[\(session.endpoints.joined(separator: " "))]\n")
      return 128
    }
    let path = words[2]
    let bytes = EtcdFile.bytes(of: store.snapshot(), seed: cluster.seed)
    let log = EtcdFiles(cluster: cluster, process: process, arguments: arguments)
    let version = EtcdControl.version
    try await log.info(
      "snapshot/v3_snapshot.go:83", "created temporary db file", "\"path\":\"\(path).part\"")
    do throws(HostError) {
      try process.replace(path, with: bytes)
    } catch {
      try await process.writeError(
        "Error: could not open \(path).part (open \(path).part: \(error.text.lowercased()))\n")
      return 1
    }
    try? process.machine.files.changeMode(path, to: 0o600, in: process.directory)
    try await log.info(
      "v3@v\(version)/maintenance.go:236", "opened snapshot stream; downloading", "",
      logger: "client")
    try await log.info(
      "snapshot/v3_snapshot.go:96", "fetching snapshot", "\"endpoint\":\"\(session.endpoints[0])\"")
    try await log.info(
      "v3@v\(version)/maintenance.go:302", "completed snapshot read; closing", "",
      logger: "client")
    try await log.info(
      "snapshot/v3_snapshot.go:111", "fetched snapshot",
      "\"endpoint\":\"\(session.endpoints[0])\",\"size\":\"\(EtcdFiles.size(bytes.count))\",\"took\":"
        + "\"38.1ms\",\"etcd-version\":\"3.6.0\"")
    try await log.info("snapshot/v3_snapshot.go:121", "saved", "\"path\":\"\(path)\"")
    try await process.write("Snapshot saved at \(path)\nServer version 3.6.0\n")
    return 0
  }
}
