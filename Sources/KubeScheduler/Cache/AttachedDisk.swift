import Documents

/// A disk of a cloud or of the network that a Pod's volume names itself, without a claim, and that
/// may be attached to a node only once (isVolumeConflict).
struct AttachedDisk: Equatable {
  /// Its kind and what tells it from others of that kind.
  private var identity: [Value]
  private var isReadOnly: Bool
  /// Any of the same monitors makes it the same pool (RBD).
  private var monitors: [Value] = []

  init?(volume: Value) {
    func identity(_ kind: String, _ keys: String...) -> [Value]? {
      volume[kind]?.object.map { source in [.string(kind)] + keys.map { source[$0] ?? .null } }
    }
    let kinds = [
      identity("gcePersistentDisk", "pdName"), identity("awsElasticBlockStore", "volumeID"),
      identity("iscsi", "iqn"), identity("rbd", "pool", "image"),
    ]
    guard let found = kinds.compactMap({ $0 }).first, let kind = found.first?.string,
      let source = volume[kind]
    else { return nil }
    self.identity = found
    // EBS knows no two readers.
    isReadOnly = kind != "awsElasticBlockStore" && source["readOnly"]?.bool == true
    monitors = source["monitors"]?.array ?? []
  }

  func collides(with other: AttachedDisk) -> Bool {
    identity == other.identity && !(isReadOnly && other.isReadOnly)
      && (monitors.isEmpty || monitors.contains { other.monitors.contains($0) })
  }
}
