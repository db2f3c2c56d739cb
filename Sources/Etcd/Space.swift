/// What the database takes of its quota (etcd's backend quota and its NOSPACE alarm).
///
/// Every revision counts until it is compacted, and what compaction frees is only given back by
/// defragmenting: the quota holds for the size of the file.
package struct Space: Sendable {
  /// `--quota-backend-bytes` where nothing is said.
  package static let defaultQuota = 2 << 30

  /// As etcd was told; never more than the ceiling counts.
  package private(set) var quota = Space.defaultQuota
  /// What the host's memory is good for.
  package var ceiling = Space.defaultQuota
  /// Bytes of all entries that can still be read.
  package private(set) var inUse = 0
  /// Bytes of the file.
  package private(set) var allocated = 0
  /// Whether the quota was once exceeded: nothing is written any more until this is taken back.
  package private(set) var hasAlarm = false

  private var limit: Int { min(quota, ceiling) }

  /// As `--quota-backend-bytes` tells it: none where nothing is told, no limit below zero.
  package mutating func tell(quota: Int) {
    self.quota = quota == 0 ? Space.defaultQuota : quota < 0 ? .max : quota
  }

  mutating func admit(_ size: Int) throws(KeyValueStore.Failure) {
    if allocated + size >= limit { hasAlarm = true }
    if hasAlarm { throw .noSpace }
  }

  mutating func take(_ size: Int) {
    inUse += size
    if inUse > allocated { allocated = inUse }
  }

  mutating func free(_ size: Int) { inUse -= size }

  /// The file shrinks to what is in use.
  package mutating func defragment() { allocated = inUse }

  package mutating func disarm() { hasAlarm = false }
}
