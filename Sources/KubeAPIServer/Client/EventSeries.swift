import Documents
import Simulation

/// Repetitions of events of events.k8s.io: the second is written at once, later ones in the end.
struct EventSeries {
  struct Key: Hashable {
    var kind: EventRecorder.Kind
    var action: String
    var reason: String
    /// With its resourceVersion: a changed object starts an event of its own, as upstream.
    var regarding: Value
    var related: Value?

    func hash(into hasher: inout Hasher) {
      hasher.combine(regarding["uid"])
      hasher.combine(regarding["name"])
      hasher.combine(reason)
    }
  }

  enum Observation {
    case first
    case second(name: String, namespace: String)
    case counted
  }

  struct Entry {
    var name = ""
    var namespace = ""
    var count: Int64 = 1
    var last: Moment
    var written: Int64 = 1
  }

  private var entries: [Key: Entry] = [:]
  private static let capacity = 4096
  private static let quiet = Span.minutes(6)

  var hasOpen: Bool { entries.contains { $0.value.count > 1 } }

  mutating func observe(_ key: Key, now: Moment) -> Observation {
    if var entry = entries[key], !entry.name.isEmpty, now - entry.last < Self.quiet {
      entry.count += 1
      entry.last = now
      let isSecond = entry.count == 2
      if isSecond { entry.written = 2 }
      entries[key] = entry
      return isSecond ? .second(name: entry.name, namespace: entry.namespace) : .counted
    }
    if entries.count >= Self.capacity {
      entries = entries.filter { $0.value.count > 1 && now - $0.value.last < Self.quiet }
    }
    entries[key] = Entry(last: now)
    return .first
  }

  mutating func setName(_ name: String, _ namespace: String, for key: Key) {
    entries[key]?.name = name
    entries[key]?.namespace = namespace
  }

  /// Series whose last count was not written yet and that went quiet, by name; they are forgotten.
  mutating func finish(now: Moment) -> [Entry] {
    var ended: [Entry] = []
    for (key, entry) in entries where now - entry.last >= Self.quiet {
      if entry.count > entry.written { ended.append(entry) }
      entries[key] = nil
    }
    return ended.sorted { $0.name < $1.name }
  }
}
