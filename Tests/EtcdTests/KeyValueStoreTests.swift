import Documents
import Simulation
import Testing

@testable import Etcd

@Suite struct KeyValueStoreTests {
  let timeline = Timeline(now: Moment(seconds: 0))

  @Test("every write is a revision and keeps the key's own")
  func revisions() throws {
    let store = KeyValueStore(timeline: timeline)
    let first = try store.put("a", 1)
    let second = try store.put("a", 2)
    #expect(first.modRevision == 2)
    #expect(second == Entry(key: "a", value: 2, createRevision: 2, modRevision: 3, version: 2))
    #expect(store.delete("a")?.value == 2)
    #expect(store["a"] == nil)
    #expect(store.revision == 4)
  }

  @Test("a range is in order, limited, and can be continued")
  func ranges() throws {
    let store = KeyValueStore(timeline: timeline)
    var random = SeededRandom(seed: 4)
    for number in (0..<2000).shuffled(using: &random) {
      try store.put("/p/\(number + 10_000)", .int(Int64(number)))
    }
    try store.put("/q", "other")
    var found: [Int64] = []
    var start = "/p/"
    while true {
      let part = try store.range(from: start, before: "/p0", limit: 300)
      found += part.entries.compactMap { $0.value.int }
      guard part.more, let last = part.entries.last else { break }
      start = last.key + "\0"
    }
    #expect(found == Array(0..<2000))
  }

  @Test("an old revision shows what was there then, until it is compacted")
  func past() throws {
    let store = KeyValueStore(timeline: timeline)
    try store.put("a", 1)
    try store.put("b", 1)
    let then = store.revision
    try store.put("a", 2)
    store.delete("b")
    try store.put("c", 1)
    try store.put("b", 3)
    let old = try store.range(from: "", before: "", revision: then)
    #expect(old.entries.map { "\($0.key)=\($0.value.int ?? 0)" } == ["a=1", "b=1"])
    try store.compact(then + 1)
    #expect(throws: KeyValueStore.Failure.compacted(then + 1)) {
      try store.range(from: "", before: "", revision: then)
    }
  }

  @Test("a watch tells what was missed and then every change")
  func watches() throws {
    let store = KeyValueStore(timeline: timeline)
    try store.put("p/1", 1)
    let then = store.revision
    try store.put("p/2", 1)
    var seen: [String] = []
    let number = try store.watch(from: "p/", before: "p0", after: then) { events in
      seen += events.map { "\($0.key) \($0.entry == nil ? "gone" : "set")" }
    }
    try store.put("q", 1)
    store.delete("p/1")
    store.cancelWatch(number)
    try store.put("p/3", 1)
    #expect(seen == ["p/2 set", "p/1 gone"])
  }

  @Test("a full database takes nothing until it is compacted, defragmented and disarmed")
  func space() throws {
    let store = KeyValueStore(timeline: timeline)
    store.space.tell(quota: 1000)
    let text = Value.string(String(repeating: "x", count: 300))
    for _ in 0..<3 { try store.put("a", text) }
    #expect(throws: KeyValueStore.Failure.noSpace) { try store.put("a", text) }
    // The alarm outlasts its cause.
    #expect(store.delete("a") != nil)
    #expect(throws: KeyValueStore.Failure.noSpace) { try store.put("b", 1) }
    #expect(throws: KeyValueStore.Failure.noSpace) { try store.grantLease(.seconds(10)) }
    try store.compact(store.revision)
    #expect(store.space.inUse == 0)
    #expect(store.space.allocated > 900)
    store.space.disarm()
    #expect(throws: KeyValueStore.Failure.noSpace) { try store.put("a", text) }
    store.space.defragment()
    store.space.disarm()
    try store.put("a", text)
    #expect(store.space.inUse == 303)
    #expect(throws: KeyValueStore.Failure.tooLarge) {
      try store.put("a", .string(String(repeating: "x", count: KeyValueStore.requestLimit)))
    }
  }

  @Test("keys end with their lease unless it is kept alive")
  func leases() throws {
    let store = KeyValueStore(timeline: timeline)
    let lease = try store.grantLease(.seconds(10))
    try store.put("a", 1, lease: lease)
    timeline.advance(by: .seconds(6))
    try store.keepLeaseAlive(lease)
    timeline.advance(by: .seconds(6))
    #expect(store["a"] != nil)
    timeline.advance(by: .seconds(10))
    #expect(store["a"] == nil)
  }

  @Test("a restored snapshot brings back the keys, and watchers learn of it")
  func snapshots() throws {
    let store = KeyValueStore(timeline: timeline)
    try store.put("a", 1)
    try store.put("b", 1)
    let snapshot = store.snapshot()
    try store.put("a", 2)
    store.delete("b")
    try store.put("c", 1)
    var seen: [String] = []
    try store.watch(from: "", before: "") { seen += $0.map(\.key) }
    store.restore(snapshot)
    #expect(try store.range(from: "", before: "").entries.map(\.key) == ["a", "b"])
    #expect(store["a"]?.value == 1)
    #expect(seen == ["c", "a", "b"])
  }
}
