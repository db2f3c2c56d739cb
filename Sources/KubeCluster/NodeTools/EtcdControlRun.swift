import Documents
import Etcd
import KubeAPIServer
import KubeObjects
import Linux
import Shell
import Simulation

/// One run of etcdctl.
struct EtcdControlRun {
  let cluster: Cluster
  let process: Linux.Process
  let arguments: ToolArguments
  let session: EtcdSession

  private var store: KeyValueStore { cluster.server.etcd }
  private var words: [String] { arguments.operands }
  private var form: String { arguments["write-out"] ?? "simple" }

  /// nil when an endpoint lets us in, or the exit status.
  func connect() async throws -> ExitStatus? {
    if let missing = await session.missingFile() {
      try await process.writeError("Error: \(missing)\n")
      return 1
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
    return "{\"level\":\"warn\",\"ts\":\"\(process.machine.timeline.now.rfc3339Micro)\",\"logger\":"
      + "\"etcd-client\",\"caller\":\"v3@v\(EtcdControl.version)/retry_interceptor.go:65\",\"msg\":"
      + "\"retrying of unary invoker failed\",\"target\":\"etcd-endpoints://0xc00021c1e0/\(plain)\","
      + "\"attempt\":0,\"error\":\"\(text)\"}\n"
  }

  // MARK: keys

  private func range(_ key: String) -> (start: String, end: String)? {
    if arguments.has("prefix") {
      return (key, key.isEmpty ? "" : EtcdRange.end(ofPrefix: key))
    }
    if arguments.has("from-key") { return (key, "") }
    return words.count > 2 ? (key, words[2]) : nil
  }

  func get() async throws -> ExitStatus {
    guard words.count > 1 else {
      try await process.writeError(
        "Error: get command needs one argument as key and an optional argument as range_end\n")
      return 128
    }
    let revision = arguments["rev"].flatMap { Int64($0) } ?? 0
    let limit = arguments["limit"].flatMap { Int($0) } ?? 0
    var entries: [Entry] = []
    do throws(KeyValueStore.Failure) {
      let asked = range(words[1]) ?? (words[1], words[1] + "\u{0}")
      entries = try store.range(
        from: asked.start, before: asked.end, limit: max(0, limit), revision: max(0, revision)
      ).entries
    } catch {
      let text =
        switch error {
        case .compacted: "required revision has been compacted"
        default: "required revision is a future revision"
        }
      try await process.writeError("Error: etcdserver: mvcc: \(text)\n")
      return 1
    }
    if arguments.has("count-only") {
      try await process.write("{\"count\":\(entries.count)}\n")
      return 0
    }
    switch form {
    case "json":
      let list = entries.map { entry in
        let value = EtcdValue.bytes(of: entry, seed: cluster.seed)
        return "{\"key\":\"\(Base64.encode(Array(entry.key.utf8)))\",\"create_revision\":"
          + "\(entry.createRevision),\"mod_revision\":\(entry.modRevision),\"version\":"
          + "\(entry.version)"
          + (arguments.has("keys-only") ? "}" : ",\"value\":\"\(Base64.encode(value))\"}")
      }
      try await process.write(
        "{\"header\":\(header),\"kvs\":[\(list.joined(separator: ","))],\"count\":\(list.count)}\n")
    case "fields":
      for entry in entries {
        try await process.write(
          "\"Key\" : \"\(entry.key)\"\n\"CreateRevision\" : \(entry.createRevision)\n"
            + "\"ModRevision\" : \(entry.modRevision)\n\"Version\" : \(entry.version)\n")
      }
    default:
      for entry in entries {
        if !arguments.has("print-value-only") { try await process.write(entry.key + "\n") }
        let value = arguments.has("keys-only") ? [] : EtcdValue.bytes(of: entry, seed: cluster.seed)
        try await process.write(value + [0x0A])
      }
    }
    return 0
  }

  /// As Go's json writes etcd's ResponseHeader.
  private var header: String {
    "{\"cluster_id\":\(EtcdMember.clusterID(cluster)),\"member_id\":\(EtcdMember.id(cluster)),"
      + "\"revision\":\(store.revision),\"raft_term\":2}"
  }

  func put() async throws -> ExitStatus {
    guard words.count > 1 else {
      try await process.writeError(
        "Error: put command needs 1 argument and input from stdin or 2 arguments\n")
      return 128
    }
    let text: String
    if words.count > 2 {
      text = words[2]
    } else {
      text = String(decoding: try await process.readAll(), as: UTF8.self)
    }
    // What is an object's stays one: the API server would not read anything else.
    let value = (try? JSON.parse(text)).flatMap { $0.object == nil ? nil : $0 } ?? .string(text)
    store.put(words[1], value)
    try await process.write("OK\n")
    return 0
  }

  func delete() async throws -> ExitStatus {
    guard words.count > 1 else {
      try await process.writeError(
        "Error: del command needs one argument as key and an optional argument as range_end\n")
      return 128
    }
    var count = 0
    if let asked = range(words[1]) {
      count = store.delete(from: asked.start, before: asked.end).count
    } else if store.delete(words[1]) != nil {
      count = 1
    }
    try await process.write("\(count)\n")
    return 0
  }

  func compact() async throws -> ExitStatus {
    guard let revision = words.dropFirst().first.flatMap({ Int64($0) }) else {
      try await process.writeError("Error: compaction command needs 1 argument\n")
      return 128
    }
    do throws(KeyValueStore.Failure) {
      try store.compact(revision)
    } catch {
      try await process.writeError(
        "Error: etcdserver: mvcc: required revision "
          + (revision > store.revision ? "is a future revision\n" : "has been compacted\n"))
      return 1
    }
    try await process.write("compacted revision \(revision)\n")
    return 0
  }

  // MARK: members

  func endpoint(_ verb: String) async throws -> ExitStatus {
    if let missing = await session.missingFile() {
      try await process.writeError("Error: \(missing)\n")
      return 1
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
      } else if verb == "health" {
        rows.append([endpoint, "true", "9.214ms", ""])
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
            "[{\"endpoint\":\"\(row[0])\",\"health\":true,\"took\":\"\(row[2])\"}]\n")
        }
      } else {
        for row in rows {
          try await process.write(
            "\(row[0]) is healthy: successfully committed proposal: took = \(row[2])\n")
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
    default:
      try await process.writeError("drydock: not simulated: etcdctl endpoint \(verb)\n")
      return 1
    }
    return status
  }

  private var databaseSize: Int { store.count * 2150 + 20_480 }
  private var raftIndex: Int64 { store.revision + 212 }

  private func statusJSON(_ endpoint: String) -> String {
    "{\"Endpoint\":\"\(endpoint)\",\"Status\":{\"header\":\(header),\"version\":"
      + "\"\(EtcdControl.version)\",\"dbSize\":\(databaseSize),\"leader\":"
      + "\(EtcdMember.id(cluster)),\"raftIndex\":\(raftIndex),\"raftTerm\":2,"
      + "\"raftAppliedIndex\":\(raftIndex),\"dbSizeInUse\":\(databaseSize),\"storageVersion\":"
      + "\"3.6.0\"}}"
  }

  private func statusRow(_ endpoint: String) -> [String] {
    let size = EtcdFiles.size(databaseSize)
    let index = "\(raftIndex)"
    return [
      endpoint, EtcdMember.hex(EtcdMember.id(cluster)), EtcdControl.version, "3.6.0", size, size,
      "0%", "0 B", "true", "false", "2", index, index, "",
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
      "snapshot/v3_snapshot.go:96", "fetching snapshot", "\"endpoint\":\"\(session.endpoints[0])\"")
    try await log.info(
      "snapshot/v3_snapshot.go:111", "fetched snapshot",
      "\"endpoint\":\"\(session.endpoints[0])\",\"size\":\"\(EtcdFiles.size(bytes.count))\",\"took\":"
        + "\"38.1ms\",\"etcd-version\":\"3.6.0\"")
    try await log.info("snapshot/v3_snapshot.go:121", "saved", "\"path\":\"\(path)\"")
    try await process.write("Snapshot saved at \(path)\nServer version 3.6.0\n")
    return 0
  }
}

/// The one member of the cluster's etcd.
enum EtcdMember {
  static func id(_ cluster: Cluster) -> Int64 { number(cluster, "etcd member") }
  static func clusterID(_ cluster: Cluster) -> Int64 { number(cluster, "etcd cluster") }

  private static func number(_ cluster: Cluster, _ label: String) -> Int64 {
    var chance = SeededRandom(seed: cluster.seed, for: label)
    return Int64(chance.next() >> 1)
  }

  static func hex(_ number: Int64) -> String { String(number, radix: 16) }
}

enum EtcdRange {
  /// The first key after all that begin with a prefix.
  static func end(ofPrefix prefix: String) -> String {
    var scalars = Array(prefix.unicodeScalars)
    while let last = scalars.popLast() {
      guard let next = Unicode.Scalar(last.value + 1) else { continue }
      scalars.append(next)
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      return text
    }
    return ""
  }
}
