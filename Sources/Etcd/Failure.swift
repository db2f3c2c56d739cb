extension KeyValueStore {
  /// Why a read or write did not happen.
  package enum Failure: Error, Hashable, Sendable {
    /// The revision asked for is gone; the oldest that is kept.
    case compacted(Int64)
    case futureRevision(Int64)
    case leaseNotFound(Int64)
    /// The database is larger than its quota, or was and the alarm was not disarmed.
    case noSpace
    /// More than one request may carry.
    case tooLarge

    /// gRPC's name for the kind of refusal.
    package var code: String {
      switch self {
      case .compacted, .futureRevision: "OutOfRange"
      case .leaseNotFound: "NotFound"
      case .noSpace: "ResourceExhausted"
      case .tooLarge: "InvalidArgument"
      }
    }

    /// etcd's own words (rpctypes).
    package var text: String {
      switch self {
      case .compacted: "etcdserver: mvcc: required revision has been compacted"
      case .futureRevision: "etcdserver: mvcc: required revision is a future revision"
      case .leaseNotFound: "etcdserver: requested lease not found"
      case .noSpace: "etcdserver: mvcc: database space exceeded"
      case .tooLarge: "etcdserver: request is too large"
      }
    }
  }
}
