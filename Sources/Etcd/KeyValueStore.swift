package import Documents
package import Simulation

/// etcd: keys in order, every write a revision, a history to watch and to read from until compacted,
/// leases, transactions, snapshots.
package final class KeyValueStore {
  /// One change of one key.
  package struct Event: Sendable {
    package var revision: Int64
    package var previous: Entry?
    /// nil: deleted.
    package var entry: Entry?
    package var key: String { entry?.key ?? previous?.key ?? "" }
  }

  /// `--max-request-bytes` as etcd has it where nothing is said.
  package static let requestLimit = 1_572_864

  private let timeline: Timeline
  private var entries = OrderedEntries()
  package private(set) var revision: Int64 = 1
  package private(set) var compactRevision: Int64 = 0
  private var history = History()
  private var watchers: [Watcher] = []
  private var nextWatch = 0
  private var leases = Leases()
  package var space = Space()

  package init(timeline: Timeline) { self.timeline = timeline }

  package var count: Int { entries.count }

  // MARK: reading

  package subscript(_ key: String) -> Entry? { entries[key] }

  /// What a range read found.
  package struct RangeResult: Sendable {
    package var entries: [Entry]
    /// Whether the limit cut it off.
    package var more: Bool
    package var revision: Int64
  }

  /// The entries from `start` on, before `end` (empty: all that follow), as they were at `revision`
  /// (0: now), no more than `limit` (0: all).
  package func range(
    from start: String, before end: String, limit: Int = 0, revision asked: Int64 = 0
  ) throws(Failure) -> RangeResult {
    if asked > revision { throw .futureRevision(revision) }
    if asked > 0, asked < compactRevision { throw .compacted(compactRevision) }
    var found: [Entry] = []
    var more = false
    try past(asked, from: start, before: end) { entry in
      if limit > 0, found.count == limit {
        more = true
        return false
      }
      found.append(entry)
      return true
    }
    return RangeResult(entries: found, more: more, revision: asked > 0 ? asked : revision)
  }

  /// Calls `body` for each entry of the range until it returns false.
  package func forEach(
    from start: String, before end: String, revision asked: Int64 = 0,
    _ body: (Entry) -> Bool
  ) throws(Failure) {
    if asked > revision { throw .futureRevision(revision) }
    if asked > 0, asked < compactRevision { throw .compacted(compactRevision) }
    try past(asked, from: start, before: end, body)
  }

  private func past(
    _ asked: Int64, from start: String, before end: String, _ body: (Entry) -> Bool
  ) throws(Failure) {
    guard asked > 0, asked < revision else {
      entries.forEach(from: start, before: end, body)
      return
    }
    // Undo, newest first, what happened to the range since: each key's oldest change is what counts.
    var then: [String: Entry?] = [:]
    for event in history.events(after: asked) {
      let key = event.key
      guard Watcher.covers(key, start, end), then[key] == nil else { continue }
      then[key] = .some(event.previous)
    }
    let gone = then.compactMap { $0.value }.filter { entries[$0.key] == nil }
      .sorted { ByteOrder.precedes($0.key, $1.key) }
    var next = 0
    var stopped = false
    entries.forEach(from: start, before: end) { entry in
      while next < gone.count, ByteOrder.precedes(gone[next].key, entry.key) {
        next += 1
        if !body(gone[next - 1]) {
          stopped = true
          return false
        }
      }
      switch then[entry.key] {
      case nil: stopped = !body(entry)
      case .some(nil): break
      case .some(let old?): stopped = !body(old)
      }
      return !stopped
    }
    while !stopped, next < gone.count {
      stopped = !body(gone[next])
      next += 1
    }
  }

  // MARK: writing

  /// Writes one key, as a revision of its own.
  @discardableResult
  package func put(
    _ key: String, _ value: Value, lease: Int64 = 0, form: String = ""
  ) throws(Failure) -> Entry {
    let size = Entry.size(key, value)
    if size > Self.requestLimit { throw .tooLarge }
    try space.admit(size)
    return write(key, value, lease: lease, form: form, size: size)
  }

  private func write(
    _ key: String, _ value: Value, lease: Int64, form: String, size: Int
  ) -> Entry {
    revision += 1
    let (previous, entry) = entries.update(key) { previous in
      Entry(
        key: key, value: value, createRevision: previous?.createRevision ?? revision,
        modRevision: revision, version: (previous?.version ?? 0) + 1, lease: lease,
        form: form, size: size)
    }
    if let old = previous?.lease, old != lease { leases.detach(key, from: old) }
    if lease != 0 { leases.attach(key, to: lease) }
    space.take(size)
    record([Event(revision: revision, previous: previous, entry: entry)])
    return entry
  }

  /// Removes one key; nil when it is not there.
  @discardableResult
  package func delete(_ key: String) -> Entry? {
    guard let previous = entries.remove(key) else { return nil }
    revision += 1
    if previous.lease != 0 { leases.detach(key, from: previous.lease) }
    record([Event(revision: revision, previous: previous, entry: nil)])
    return previous
  }

  /// Removes a range as one revision; returns what was there.
  @discardableResult
  package func delete(from start: String, before end: String) -> [Entry] {
    var found: [Entry] = []
    entries.forEach(from: start, before: end) { entry in
      found.append(entry)
      return true
    }
    guard !found.isEmpty else { return [] }
    revision += 1
    for entry in found {
      entries.remove(entry.key)
      if entry.lease != 0 { leases.detach(entry.key, from: entry.lease) }
    }
    record(found.map { Event(revision: revision, previous: $0, entry: nil) })
    return found
  }

  private func record(_ events: [Event]) {
    for event in events { history.append(event) }
    if events.count == 1 {
      for watcher in watchers where watcher.covers(events[0].key) { watcher.handler(events) }
      return
    }
    for watcher in watchers {
      let seen = events.filter { watcher.covers($0.key) }
      if !seen.isEmpty { watcher.handler(seen) }
    }
  }

  // MARK: watching

  /// Follows a range from the revision after `revision` on (0: from now); the handler runs inside
  /// the write. Returns a number for `cancelWatch`.
  @discardableResult
  package func watch(
    from start: String, before end: String, after asked: Int64 = 0,
    _ handler: @escaping ([Event]) -> Void
  ) throws(Failure) -> Int {
    if asked > 0, asked < compactRevision { throw .compacted(compactRevision) }
    nextWatch += 1
    let watcher = Watcher(number: nextWatch, start: start, end: end, handler: handler)
    if asked > 0 {
      let missed = history.events(from: asked + 1).filter { watcher.covers($0.key) }
      if !missed.isEmpty { handler(missed) }
    }
    watchers.append(watcher)
    return nextWatch
  }

  package func cancelWatch(_ number: Int) { watchers.removeAll { $0.number == number } }

  /// All changes after a revision to keys of a range, oldest first.
  package func events(
    after asked: Int64, from start: String, before end: String
  ) throws(Failure) -> [Event] {
    if asked < compactRevision { throw .compacted(compactRevision) }
    return history.events(from: asked + 1).filter { event in
      Watcher.covers(event.key, start, end)
    }
  }

  /// Forgets the history up to a revision.
  package func compact(_ asked: Int64) throws(Failure) {
    if asked > revision { throw .futureRevision(revision) }
    if asked <= compactRevision { throw .compacted(compactRevision) }
    compactRevision = asked
    space.free(history.drop(through: asked))
  }

  // MARK: leases

  /// A lease that ends after `span` unless kept alive; its keys end with it.
  package func grantLease(_ span: Span, id: Int64 = 0) throws(Failure) -> Int64 {
    try space.admit(0)
    let number = leases.grant(span, id: id, now: timeline.now)
    expireLater(number, span)
    return number
  }

  package func keepLeaseAlive(_ id: Int64) throws(Failure) {
    guard leases.renew(id, now: timeline.now) else { throw .leaseNotFound(id) }
  }

  /// What is known of a lease.
  package struct LeaseState: Hashable, Sendable {
    package var granted: Span
    package var remaining: Span
    package var keys: [String]
  }

  package var leaseIDs: [Int64] { leases.ids }
  package func lease(_ id: Int64) -> LeaseState? { leases.state(of: id, now: timeline.now) }

  package func revokeLease(_ id: Int64) throws(Failure) {
    guard let keys = leases.revoke(id) else { throw .leaseNotFound(id) }
    for key in keys.sorted() { delete(key) }
  }

  private func expireLater(_ id: Int64, _ span: Span) {
    timeline.after(span) { [weak self] in
      guard let self, let end = leases.end(of: id) else { return }
      if end <= timeline.now {
        try? revokeLease(id)
      } else {
        expireLater(id, end - timeline.now)
      }
    }
  }

  // MARK: snapshots

  /// All keys at one revision; a copy that shares everything unchanged.
  package struct Snapshot: Sendable {
    package let entries: OrderedEntries
    package let revision: Int64

    package init(entries: OrderedEntries, revision: Int64) {
      self.entries = entries
      self.revision = revision
    }
  }

  package func snapshot() -> Snapshot { Snapshot(entries: entries, revision: revision) }

  /// Puts a snapshot in the place of everything; the history starts anew at a higher revision, and
  /// watchers are told of each difference.
  package func restore(_ snapshot: Snapshot) {
    var wanted: [Entry] = []
    snapshot.entries.forEach(from: "", before: "") { entry in
      wanted.append(entry)
      return true
    }
    var gone: [Entry] = []
    entries.forEach(from: "", before: "") { entry in
      if snapshot.entries[entry.key] == nil { gone.append(entry) }
      return true
    }
    for entry in gone { delete(entry.key) }
    for entry in wanted
    where entries[entry.key]?.value != entry.value || entries[entry.key]?.form != entry.form {
      _ = write(entry.key, entry.value, lease: 0, form: entry.form, size: entry.size)
    }
    space.defragment()
  }
}

private struct Watcher {
  let number: Int
  let start: String
  let end: String
  let handler: ([KeyValueStore.Event]) -> Void

  func covers(_ key: String) -> Bool { Self.covers(key, start, end) }

  static func covers(_ key: String, _ start: String, _ end: String) -> Bool {
    !ByteOrder.precedes(key, start) && (end.isEmpty || ByteOrder.precedes(key, end))
  }
}
