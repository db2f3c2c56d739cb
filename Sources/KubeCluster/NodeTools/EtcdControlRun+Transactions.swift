import Documents
import Etcd
import KubeObjects
import Linux
import Shell
import Simulation

/// `etcdctl watch` and `etcdctl txn`.
extension EtcdControlRun {
  /// Follows keys until it is ended.
  func watch() async throws -> ExitStatus {
    guard words.count > 1 else {
      return try await fail("watch in non-interactive mode requires at least one argument", 128)
    }
    let asked = range(words[1]) ?? (words[1], words[1] + "\u{0}")
    let revision = arguments["rev"].flatMap { Int64($0) } ?? 0
    let queue = EventQueue()
    let number: Int
    do throws(KeyValueStore.Failure) {
      number = try store.watch(
        from: asked.start, before: asked.end, after: max(0, revision - 1)
      ) { [waiter = process.waiter] events in
        queue.events += events
        waiter.wake()
      }
    } catch {
      return try await fail(
        "watch was canceled (etcdserver: mvcc: required revision has been compacted)\n"
          + "Error: watch is canceled by the server", 1)
    }
    defer { store.cancelWatch(number) }
    while true {
      let events = queue.events
      queue.events = []
      for event in events { try await process.write(shown(event)) }
      try await process.wait()
    }
  }

  private final class EventQueue {
    var events: [KeyValueStore.Event] = []
  }

  private func shown(_ event: KeyValueStore.Event) -> [UInt8] {
    var bytes = Array(event.entry == nil ? "DELETE\n".utf8 : "PUT\n".utf8)
    if arguments.has("prev-kv"), let previous = event.previous { bytes += pair(previous) }
    bytes += event.entry.map(pair) ?? Array("\(event.key)\n\n".utf8)
    return bytes
  }

  func pair(_ entry: Entry) -> [UInt8] {
    Array("\(entry.key)\n".utf8) + EtcdValue.bytes(of: entry, seed: cluster.seed) + [0x0A]
  }

  // MARK: transactions

  /// Three lists of lines parted by empty ones: comparisons, and what happens if they hold or not.
  func transaction() async throws -> ExitStatus {
    let isSpoken = arguments.has("interactive")
    var parts: [[String]] = []
    for title in [
      "compares:", "success requests (get, put, del):", "failure requests (get, put, del):",
    ] {
      if isSpoken { try await process.write(title + "\n") }
      var lines: [String] = []
      while let line = try await process.readLine(), !line.isEmpty, lines.count < 128 {
        lines.append(line)
      }
      parts.append(lines)
    }
    var holds = true
    for line in parts[0] {
      guard let comparison = Comparison(line) else {
        return try await fail("malformed comparison: \(line)", 128)
      }
      holds = holds && comparison.holds(of: store[comparison.key], seed: cluster.seed)
    }
    // etcdctl's Argify parts words so.
    let requests = (holds ? parts[1] : parts[2]).map { QuotedWords.split($0) }
    for request in parts[1] + parts[2] {
      guard let verb = QuotedWords.split(request).first, ["get", "put", "del"].contains(verb) else {
        return try await fail("invalid txn request: \(request)", 128)
      }
    }
    try await process.write(holds ? "SUCCESS\n" : "FAILURE\n")
    for request in requests where request.count > 1 {
      try await process.write("\n")
      switch request[0] {
      case "put" where request.count > 2:
        do throws(KeyValueStore.Failure) {
          try write(request[1], request[2])
        } catch {
          return try await refuse(error)
        }
        try await process.write("OK\n")
      case "del":
        try await process.write(store.delete(request[1]) == nil ? "0\n" : "1\n")
      default:
        if let entry = store[request[1]] { try await process.write(pair(entry)) }
      }
    }
    return 0
  }

  /// `mod("key") > "0"`
  private struct Comparison {
    var target: String
    var key: String
    var sign: Character
    var value: String

    init?(_ line: String) {
      guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close
      else { return nil }
      target = String(line[..<open]).filter { $0 != " " }
      let rest = line[line.index(after: close)...].drop { $0 == " " }
      guard let sign = rest.first, "=!<>".contains(sign),
        let key = QuotedWords.split(line[line.index(after: open)..<close]).first
      else { return nil }
      self.sign = sign
      self.key = key
      value = QuotedWords.split(rest.drop { "=!<>".contains($0) }).first ?? ""
      guard ["c", "create", "m", "mod", "ver", "version", "val", "value", "lease"].contains(target)
      else { return nil }
    }

    func holds(of entry: Entry?, seed: UInt64) -> Bool {
      func compare<T: Comparable>(_ left: T, _ right: T) -> Bool {
        switch sign {
        case "=": left == right
        case "!": left != right
        case "<": left < right
        default: left > right
        }
      }
      if target.hasPrefix("val") {
        guard let entry else { return false }
        return compare(
          String(decoding: EtcdValue.bytes(of: entry, seed: seed), as: UTF8.self), value)
      }
      let number =
        switch target.first {
        case "c": entry?.createRevision
        case "m": entry?.modRevision
        case "l": entry?.lease
        default: entry?.version
        }
      return compare(number ?? 0, Int64(value, radix: target == "lease" ? 16 : 10) ?? 0)
    }
  }
}
