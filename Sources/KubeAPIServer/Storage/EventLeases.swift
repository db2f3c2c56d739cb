import Etcd
import Simulation

/// The leases that Events live by: one serves all that are written within a minute, up to a thousand
/// (etcd3's leaseManager), so that an Event lasts an hour or up to a minute more.
struct EventLeases {
  private static let life = Span.hours(1)
  // --lease-reuse-duration-seconds, --lease-max-object-count.
  private static let reuse = Span.seconds(60)
  private static let limit = 1000
  private var lease: Int64 = 0
  private var end = Moment(nanoseconds: 0)
  private var count = 0

  /// The lease for one more object.
  mutating func take(
    _ etcd: KeyValueStore, now: Moment
  ) throws(KeyValueStore.Failure) -> Int64 {
    count += 1
    if lease != 0, now + Self.life < end, count <= Self.limit { return lease }
    lease = try etcd.grantLease(Self.life + Self.reuse)
    end = now + Self.life + Self.reuse
    count = 1
    return lease
  }
}
