import Etcd
import KubeObjects
import Linux
import Shell
import Simulation

/// `etcdctl lease`: grants, renews and ends leases.
extension EtcdControlRun {
  func lease(_ verb: String) async throws -> ExitStatus {
    if verb == "list" {
      let all = store.leaseIDs
      try await process.write(
        "found \(all.count) leases\n" + all.map { EtcdMember.hex($0) + "\n" }.joined())
      return 0
    }
    guard ["grant", "revoke", "timetolive", "keep-alive"].contains(verb) else {
      return try await unknown(verb.isEmpty ? "lease" : verb)
    }
    guard words.count == 3 else {
      let what = verb == "grant" ? "TTL" : "lease ID as"
      return try await fail("lease \(verb) command needs \(what) argument", 128)
    }
    if verb == "grant" {
      guard let seconds = Int64(words[2]), seconds > 0, seconds < 9_000_000_000 else {
        return try await fail(
          "bad TTL (strconv.ParseInt: parsing \(words[2].goQuoted): invalid syntax)", 128)
      }
      let id: Int64
      do throws(KeyValueStore.Failure) {
        id = try store.grantLease(.seconds(seconds), id: freshLease())
      } catch {
        return try await refuse(error, told: "failed to grant lease (\(error.text))")
      }
      try await process.write("lease \(EtcdMember.hex(id)) granted with TTL(\(seconds)s)\n")
      return 0
    }
    guard let id = Int64(words[2], radix: 16) else {
      return try await fail(
        "bad lease ID (strconv.ParseInt: parsing \(words[2].goQuoted): invalid syntax), expecting ID "
          + "in Hex", 128)
    }
    let name = EtcdMember.hex(id)
    let found = store.lease(id)
    switch verb {
    case "revoke":
      guard found != nil else {
        let why = KeyValueStore.Failure.leaseNotFound(id)
        return try await refuse(why, told: "failed to revoke lease (\(why.text))")
      }
      try? store.revokeLease(id)
      try await process.write("lease \(name) revoked\n")
    case "keep-alive":
      while let granted = store.lease(id)?.granted {
        try? store.keepLeaseAlive(id)
        try await process.write("lease \(name) keepalived with TTL(\(granted.seconds))\n")
        if arguments.has("once") { return 0 }
        try await process.sleep(.milliseconds(max(500, granted.nanoseconds / 3_000_000)))
      }
      try await process.write("lease \(name) expired or revoked.\n")
    default:
      guard let found else {
        try await process.write("lease \(name) already expired\n")
        return 0
      }
      let keys =
        arguments.has("keys") ? ", attached keys([\(found.keys.joined(separator: " "))])" : ""
      try await process.write(
        "lease \(name) granted with TTL(\(found.granted.seconds)s), "
          + "remaining(\(max(0, found.remaining.seconds))s)\(keys)\n")
    }
    return 0
  }

  /// As long as those of a real member, whose own number is in them.
  private func freshLease() -> Int64 {
    var chance = SeededRandom(
      seed: cluster.seed, for: "lease/\(store.revision)/\(store.leaseIDs.count)")
    return 0x694D_0000_0000_0000 | Int64(chance.next() >> 16)
  }
}
