import Documents
import Etcd
import KubeObjects
import Linux
import PKI
import Shell
import Simulation

/// Works on etcd's files: `etcdutl`.
struct EtcdUtility: Program {
  let name = "etcdutl"
  nonisolated(unsafe) unowned let cluster: Cluster

  init(_ cluster: Cluster) { self.cluster = cluster }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let arguments = ToolArguments(
      process.arguments, values: EtcdControl.values, flags: EtcdControl.flags)
    if let unknown = arguments.unknown {
      try await process.writeError("Error: unknown flag: \(unknown)\n")
      return 1
    }
    let files = EtcdFiles(cluster: cluster, process: process, arguments: arguments)
    switch arguments.operands.prefix(2) {
    case ["snapshot", "restore"]: return try await files.restore(isDeprecated: false)
    case ["snapshot", "status"]: return try await files.status(isDeprecated: false)
    case ["version"]:
      try await process.write("etcdutl version: \(EtcdControl.version)\nAPI version: 3.6\n")
      return 0
    default:
      try await process.write(
        "Usage:\n  etcdutl [command]\n\nAvailable Commands:\n  defrag      Defragments the storage "
          + "of the etcd\n  snapshot    Manages etcd node snapshots\n  version     Prints the version "
          + "of etcdutl\n")
      return 0
    }
  }
}

/// Snapshots as files.
struct EtcdFiles {
  let cluster: Cluster
  let process: Linux.Process
  let arguments: ToolArguments

  func info(
    _ caller: String, _ message: String, _ rest: String, logger: String? = nil
  ) async throws {
    try await process.writeError(
      "{\"level\":\"info\",\"ts\":\"\(process.machine.timeline.now.rfc3339Micro)\","
        + (logger.map { "\"logger\":\"\($0)\"," } ?? "") + "\"caller\":"
        + "\"\(caller)\",\"msg\":\"\(message)\"\(rest.isEmpty ? "" : ",")\(rest)}\n")
  }

  /// zap's console form, which etcdutl logs in.
  private func note(
    _ caller: String, _ message: String, _ fields: KeyValuePairs<String, String> = [:]
  ) async throws {
    let shown = fields.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
    try await process.writeError(
      "\(process.machine.timeline.now.rfc3339)\tinfo\t\(caller)\t\(message)"
        + (shown.isEmpty ? "\n" : "\t{\(shown)}\n"))
  }

  /// Bytes as etcd's tools tell them.
  static func size(_ count: Int) -> String {
    if count < 1000 { return "\(count) B" }
    if count < 1_000_000 { return "\(count / 1000) kB" }
    return "\(count / 1_000_000).\(count / 100_000 % 10) MB"
  }

  private func snapshot(_ verb: String) async throws -> (bytes: [UInt8], path: String)? {
    guard arguments.operands.count == 3, let path = arguments.operands.last else {
      try await process.writeError("Error: snapshot \(verb) requires exactly one argument\n")
      return nil
    }
    guard let bytes = try? await process.contents(of: path) else {
      try await process.writeError("Error: stat \(path): no such file or directory\n")
      return nil
    }
    return (bytes, path)
  }

  func status(isDeprecated: Bool) async throws -> ExitStatus {
    if isDeprecated {
      try await process.writeError("Deprecated: Use `etcdutl snapshot status` instead.\n\n")
    }
    guard let (bytes, _) = try await snapshot("status") else { return 128 }
    guard let snapshot = EtcdFile.snapshot(in: bytes, seed: cluster.seed) else {
      try await process.writeError(
        EtcdFile.isDatabase(bytes)
          ? "Error: snapshot file integrity check failed. invalid database\n"
          : "Error: invalid database\n")
      return 1
    }
    let row = [
      String(Digest.sha256(bytes).prefix(8)), "\(snapshot.revision)", "\(snapshot.entries.count)",
      Self.size(bytes.count), "3.6.0",
    ]
    switch arguments["write-out"] {
    case "fields":
      try await process.write(
        "\"Hash\" : \(UInt32(row[0], radix: 16) ?? 0)\n\"Revision\" : \(row[1])\n\"Keys\" : \(row[2])\n"
          + "\"Size\" : \(bytes.count)\n\"Version\" : \"\(row[4])\"\n")
    case "table":
      try await process.write(
        ToolTable.boxed(["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE", "VERSION"], [row]))
    case "json":
      try await process.write(
        "{\"hash\":\(UInt32(row[0], radix: 16) ?? 0),\"revision\":\(row[1]),\"totalKey\":\(row[2]),"
          + "\"totalSize\":\(bytes.count),\"version\":\"3.6.0\"}\n")
    default: try await process.write(row.joined(separator: ", ") + "\n")
    }
    return 0
  }

  func restore(isDeprecated: Bool) async throws -> ExitStatus {
    if isDeprecated {
      try await process.writeError("Deprecated: Use `etcdutl snapshot restore` instead.\n\n")
    }
    guard isDeprecated || arguments["data-dir"] != nil else {
      try await process.writeError("Error: required flag(s) \"data-dir\" not set\n")
      return 1
    }
    guard let (bytes, path) = try await snapshot("restore") else { return 128 }
    let directory = arguments["data-dir"] ?? "\(arguments["name"] ?? "default").etcd"
    let known = try? process.names(in: directory)
    if let known, !known.isEmpty || process.status(directory)?.kind != .directory {
      try await process.writeError(
        "Error: data-dir \"\(directory)\" not empty or could not be read\n")
      return 1
    }
    guard EtcdFile.isWhole(bytes) else {
      try await process.writeError(
        "Error: snapshot missing hash but --skip-hash-check=false\n")
      return 1
    }
    let paths: KeyValuePairs = [
      "path": path.goQuoted,
      "wal-dir": (arguments["wal-dir"] ?? "\(directory)/member/wal").goQuoted,
      "data-dir": directory.goQuoted, "snap-dir": "\(directory)/member/snap".goQuoted,
      "initial-memory-map-size": isDeprecated ? "0" : "10737418240",
    ]
    try await note("snapshot/v3_snapshot.go:305", "restoring snapshot", paths)
    let whole = process.absolute(directory)
    do throws(HostError) {
      try process.machine.files.makeDirectories(whole + "/member/snap", mode: 0o700)
      try process.machine.files.makeDirectories(whole + "/member/wal", mode: 0o700)
      try process.replace(EtcdDatabase.file(in: whole), with: bytes)
    } catch {
      try await process.writeError("Error: \(error.text.lowercased())\n")
      return 1
    }
    try await note("membership/store.go:138", "Trimming membership information from the backend...")
    let peers = arguments["initial-advertise-peer-urls"] ?? "http://localhost:2380"
    try await note(
      "membership/cluster.go:424", "added member",
      [
        "cluster-id": "\"cdf818194e3a8c32\"", "local-member-id": "\"0\"",
        "added-peer-id": "\"8e9e05c52164694d\"", "added-peer-peer-urls": "[\(peers.goQuoted)]",
        "added-peer-is-learner": "false",
      ])
    try await note("snapshot/v3_snapshot.go:333", "restored snapshot", paths)
    return 0
  }
}

/// Values as the API server stores them: `k8s`, a zero, and a message that holds their texts.
enum EtcdValue {
  static func bytes(of entry: Entry, seed: UInt64) -> [UInt8] {
    if !entry.form.isEmpty { return StoredForm.bytes(of: entry, seed: seed) }
    guard case .object = entry.value else {
      return entry.value.string.map { Array($0.utf8) } ?? JSON.bytes(entry.value)
    }
    let type =
      field(1, Array((entry.value["apiVersion"]?.string ?? "").utf8))
      + field(2, Array((entry.value["kind"]?.string ?? "").utf8))
    var body = entry.value
    body["apiVersion"] = nil
    body["kind"] = nil
    let isSecret = entry.value["kind"]?.string == "Secret"
    return Array("k8s\u{0}".utf8) + field(1, type)
      + field(2, message(body, isSecret: isSecret, depth: 0)) + [0x1A, 0, 0x22, 0]
  }

  private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    var out = [UInt8(truncatingIfNeeded: number << 3 | 2)]
    var length = bytes.count
    while length >= 0x80 {
      out.append(UInt8(truncatingIfNeeded: length & 0x7F | 0x80))
      length >>= 7
    }
    out.append(UInt8(truncatingIfNeeded: length))
    return out + bytes
  }

  private static let maps: Set<String> = [
    "data", "labels", "annotations", "matchLabels", "nodeSelector", "limits", "requests",
    "stringData", "binaryData", "capacity", "allocatable",
  ]

  private static func message(_ value: Value, isSecret: Bool, depth: Int) -> [UInt8] {
    guard depth < 64 else { return [] }
    var out: [UInt8] = []
    var number = 1
    func add(_ member: Value, _ name: String) {
      switch member {
      case .object(let inner) where maps.contains(name):
        for (key, text) in inner {
          var bytes = Array((text.string ?? "").utf8)
          // Bytes are base 64 in JSON only.
          if isSecret, name == "data" { bytes = Base64.decode(text.string ?? "") ?? bytes }
          out += field(number, field(1, Array(key.utf8)) + field(2, bytes))
        }
      case .object: out += field(number, message(member, isSecret: isSecret, depth: depth + 1))
      case .array(let elements): for element in elements { add(element, "") }
      case .string(let text): out += field(number, Array(text.utf8))
      case .bool(let flag): out += [UInt8(truncatingIfNeeded: number << 3), flag ? 1 : 0]
      case .int(let count):
        out += [UInt8(truncatingIfNeeded: number << 3), UInt8(truncatingIfNeeded: count & 0x7F)]
      default: break
      }
    }
    for (name, member) in value.object ?? [:] {
      add(member, name)
      number = min(number + 1, 15)
    }
    return out
  }
}
