import Documents
import Etcd
import KubeObjects
import Linux
import Shell

/// `etcdctl get`, `put`, `del` and `compaction`.
extension EtcdControlRun {
  func range(_ key: String) -> (start: String, end: String)? {
    if arguments.has("prefix") {
      return (key, key.isEmpty ? "" : EtcdRange.end(ofPrefix: key))
    }
    if arguments.has("from-key") { return (key, "") }
    return words.count > 2 ? (key, words[2]) : nil
  }

  func get() async throws -> ExitStatus {
    guard words.count > 1 else {
      return try await fail(
        "get command needs one argument as key and an optional argument as range_end", 128)
    }
    let revision = arguments["rev"].flatMap { Int64($0) } ?? 0
    let limit = arguments["limit"].flatMap { Int($0) } ?? 0
    let found: KeyValueStore.RangeResult
    let total: Int
    do throws(KeyValueStore.Failure) {
      let asked = range(words[1]) ?? (words[1], words[1] + "\u{0}")
      found = try store.range(
        from: asked.start, before: asked.end, limit: max(0, limit), revision: max(0, revision))
      total =
        found.more
        ? try store.range(
          from: asked.start, before: asked.end, limit: 0, revision: max(0, revision)
        ).entries.count : found.entries.count
    } catch {
      return try await refuse(error)
    }
    let countsOnly = arguments.has("count-only")
    let entries = countsOnly ? [] : sorted(found.entries)
    switch form {
    case "json":
      let list = entries.map { entry in
        let value = EtcdValue.bytes(of: entry, seed: cluster.seed)
        return "{\"key\":\"\(Base64.encode(Array(entry.key.utf8)))\",\"create_revision\":"
          + "\(entry.createRevision),\"mod_revision\":\(entry.modRevision),\"version\":"
          + "\(entry.version)"
          + (arguments.has("keys-only") || value.isEmpty
            ? "" : ",\"value\":\"\(Base64.encode(value))\"")
          + (entry.lease == 0 ? "}" : ",\"lease\":\(entry.lease)}")
      }
      // Go leaves out what is empty.
      try await process.write(
        "{\"header\":\(header)"
          + (list.isEmpty ? "" : ",\"kvs\":[\(list.joined(separator: ","))]")
          + (found.more ? ",\"more\":true" : "") + (total == 0 ? "" : ",\"count\":\(total)")
          + "}\n")
    case "fields":
      try await process.write(headerFields(store.revision))
      for entry in entries {
        let value = EtcdValue.bytes(of: entry, seed: cluster.seed)
        try await process.write(
          "\"Key\" : \(entry.key.goQuoted)\n\"CreateRevision\" : \(entry.createRevision)\n"
            + "\"ModRevision\" : \(entry.modRevision)\n\"Version\" : \(entry.version)\n"
            + "\"Value\" : \(String(decoding: value, as: UTF8.self).goQuoted)\n"
            + "\"Lease\" : \(entry.lease)\n")
      }
      try await process.write("\"More\" : \(found.more)\n\"Count\" : \(total)\n")
    case "simple":
      if countsOnly {
        return try await fail("--count-only is only for `--write-out=fields`", 128)
      }
      for entry in entries {
        if !arguments.has("print-value-only") { try await process.write(entry.key + "\n") }
        let value = arguments.has("keys-only") ? [] : EtcdValue.bytes(of: entry, seed: cluster.seed)
        try await process.write(value + [0x0A])
      }
    default: return try await fail("\(form) not supported as output format", 128)
    }
    return 0
  }

  /// `--sort-by` and `--order`.
  private func sorted(_ entries: [Entry]) -> [Entry] {
    let isDescending = arguments["order"]?.uppercased() == "DESCEND"
    let ordered: [Entry] =
      switch arguments["sort-by"]?.uppercased() {
      case "CREATE": entries.sorted { $0.createRevision < $1.createRevision }
      case "MODIFY": entries.sorted { $0.modRevision < $1.modRevision }
      case "VERSION": entries.sorted { $0.version < $1.version }
      default: entries
      }
    return isDescending ? ordered.reversed() : ordered
  }

  private func headerFields(_ revision: Int64) -> String {
    "\"ClusterID\" : \(EtcdMember.clusterID(cluster))\n\"MemberID\" : \(EtcdMember.id(cluster))\n"
      + "\"Revision\" : \(revision)\n\"RaftTerm\" : 2\n"
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
    var lease: Int64 = 0
    if let given = arguments["lease"] {
      guard let id = Int64(given, radix: 16) else {
        return try await fail("bad lease ID (\(given.goQuoted)), expecting ID in Hex", 128)
      }
      guard store.lease(id) != nil else {
        return try await refuse(.leaseNotFound(id))
      }
      lease = id
    }
    let previous = store[words[1]]
    do throws(KeyValueStore.Failure) {
      try write(words[1], text, lease: lease)
    } catch {
      return try await refuse(error)
    }
    try await process.write("OK\n")
    if arguments.has("prev-kv"), let previous { try await process.write(pair(previous)) }
    return 0
  }

  func write(
    _ key: String, _ text: String, lease: Int64 = 0
  ) throws(KeyValueStore.Failure) {
    // What is an object's stays one: the API server would not read anything else.
    var value = Value.string(text)
    if let parsed = try? JSON.parse(text), parsed.object != nil { value = parsed }
    try store.put(key, value, lease: lease)
  }

  func delete() async throws -> ExitStatus {
    guard words.count > 1 else {
      try await process.writeError(
        "Error: del command needs one argument as key and an optional argument as range_end\n")
      return 128
    }
    let gone =
      range(words[1]).map { store.delete(from: $0.start, before: $0.end) }
      ?? store.delete(words[1]).map { [$0] } ?? []
    try await process.write("\(gone.count)\n")
    if arguments.has("prev-kv") {
      for entry in gone { try await process.write(pair(entry)) }
    }
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
      return try await refuse(error)
    }
    try await process.write("compacted revision \(revision)\n")
    return 0
  }

  // MARK: space

  func defragment() async throws -> ExitStatus {
    store.space.defragment()
    for endpoint in session.endpoints {
      try await process.write("Finished defragmenting etcd member[\(endpoint)]. took 31.4ms\n")
    }
    return 0
  }

  /// `alarm list` tells of the alarms, `alarm disarm` of those that it ends.
  func alarm(_ verb: String) async throws -> ExitStatus {
    guard ["list", "disarm"].contains(verb) else {
      return try await unknown(verb.isEmpty ? "alarm" : verb)
    }
    let alarms = alarm.map { [$0] } ?? []
    if verb == "disarm" { store.space.disarm() }
    switch form {
    case "simple":
      for alarm in alarms { try await process.write(alarm + "\n") }
    case "json":
      try await process.write(
        "{\"header\":\(header)"
          + (alarms.isEmpty
            ? "}\n" : ",\"alarms\":[{\"memberID\":\(EtcdMember.id(cluster)),\"alarm\":1}]}\n"))
    default: return try await fail("\(form) not supported as output format", 128)
    }
    return 0
  }
}
