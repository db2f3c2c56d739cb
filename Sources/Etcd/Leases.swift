import Simulation

/// The leases of a store and the keys that live by them.
struct Leases {
  private struct Lease {
    var span: Span
    var end: Moment
    var keys: Set<String> = []
  }
  private var leases: [Int64: Lease] = [:]
  private var next: Int64 = 7_587_862_094_000

  mutating func grant(_ span: Span, id: Int64, now: Moment) -> Int64 {
    next += 1
    let number = id == 0 ? next : id
    leases[number] = Lease(span: span, end: now + span)
    return number
  }

  var ids: [Int64] { leases.keys.sorted() }
  func state(of id: Int64, now: Moment) -> KeyValueStore.LeaseState? {
    leases[id].map {
      .init(granted: $0.span, remaining: $0.end - now, keys: $0.keys.sorted())
    }
  }
  func end(of id: Int64) -> Moment? { leases[id]?.end }

  mutating func renew(_ id: Int64, now: Moment) -> Bool {
    guard let span = leases[id]?.span else { return false }
    leases[id]?.end = now + span
    return true
  }

  mutating func revoke(_ id: Int64) -> Set<String>? { leases.removeValue(forKey: id)?.keys }
  mutating func attach(_ key: String, to id: Int64) { leases[id]?.keys.insert(key) }
  mutating func detach(_ key: String, from id: Int64) { leases[id]?.keys.remove(key) }
}
