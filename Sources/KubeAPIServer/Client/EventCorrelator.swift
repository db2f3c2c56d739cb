import Documents
import Simulation

/// Counts repeated events, sums up similar ones and drops floods, by client-go's default limits.
struct EventCorrelator {
  /// Looked up several times for each event, so its hash is taken once.
  struct Key: Hashable {
    let object: Value
    let kind: String
    let reason: String
    /// Empty for a group of similar events.
    let message: String
    private let digest: Int

    init(object: Value, kind: String = "", reason: String = "", message: String = "") {
      self.object = object
      self.kind = kind
      self.reason = reason
      self.message = message
      var hasher = Hasher()
      hasher.combine(object["uid"])
      hasher.combine(object["name"])
      hasher.combine(reason)
      hasher.combine(message)
      digest = hasher.finalize()
    }

    func hash(into hasher: inout Hasher) { hasher.combine(digest) }
  }

  struct Result {
    var key: Key
    /// The name of the event that is already there, if any.
    var known: String?
    var count: Int64
    var first: Moment
    var message: String
  }

  private struct Group {
    var messages: Set<String> = []
    var last: Moment
  }

  private struct Counted {
    var count: Int64
    var first: Moment
    var name: String?
  }

  private struct Bucket {
    var tokens: Double
    var last: Moment
  }

  private var groups: [Key: Group] = [:]
  private var counted: [Key: Counted] = [:]
  private var buckets: [Key: Bucket] = [:]

  private static let capacity = 4096
  private static let similarLimit = 10
  private static let similarSpan = Span.seconds(600)
  private static let burst = 25.0
  private static let refillPerSecond = 1.0 / 300

  /// What to write for an occurrence, or nil when there were too many about its object.
  mutating func correlate(_ event: EventRecorder.Occurrence, now: Moment) -> Result? {
    var object = event.object
    object["resourceVersion"] = nil
    var key = Key(
      object: object, kind: event.kind.rawValue, reason: event.reason, message: event.message)
    var message = event.message
    let groupKey = Key(object: object, kind: event.kind.rawValue, reason: event.reason)
    var group = groups[groupKey] ?? Group(last: now)
    if now - group.last > Self.similarSpan { group.messages = [] }
    group.last = now
    if group.messages.count + (group.messages.contains(message) ? 0 : 1) >= Self.similarLimit {
      message = "(combined from similar events): " + message
      key = groupKey
    } else {
      group.messages.insert(message)
    }
    makeRoom()
    groups[groupKey] = group
    var record = counted[key] ?? Counted(count: 0, first: now, name: nil)
    record.count += 1
    counted[key] = record
    guard take(Key(object: object), now) else { return nil }
    return Result(
      key: key, known: record.count > 1 ? record.name : nil, count: record.count,
      first: record.first, message: message)
  }

  mutating func setName(_ name: String, for key: Key) { counted[key]?.name = name }

  private mutating func take(_ object: Key, _ now: Moment) -> Bool {
    var bucket = buckets[object] ?? Bucket(tokens: Self.burst, last: now)
    let seconds = Double((now - bucket.last).nanoseconds) / 1e9
    bucket.tokens = min(Self.burst, bucket.tokens + seconds * Self.refillPerSecond)
    bucket.last = now
    let isAllowed = bucket.tokens >= 1
    if isAllowed { bucket.tokens -= 1 }
    buckets[object] = bucket
    return isAllowed
  }

  /// Upstream forgets the least recently used of 4096; forgetting all at once is as safe and needs
  /// no order.
  private mutating func makeRoom() {
    if groups.count >= Self.capacity { groups = [:] }
    if counted.count >= Self.capacity { counted = [:] }
    if buckets.count >= Self.capacity { buckets = [:] }
  }
}
