import Simulation

/// The one member of the cluster's etcd.
enum EtcdMember {
  static func id(_ cluster: Cluster) -> Int64 { number(cluster, "etcd member") }
  static func clusterID(_ cluster: Cluster) -> Int64 { number(cluster, "etcd cluster") }

  private static func number(_ cluster: Cluster, _ label: String) -> Int64 {
    var chance = SeededRandom(seed: cluster.seed, for: label)
    return Int64(chance.next() >> 1)
  }

  static func hex(_ number: Int64) -> String { String(number, radix: 16) }
}

enum EtcdRange {
  /// The first key after all that begin with a prefix.
  static func end(ofPrefix prefix: String) -> String {
    var scalars = Array(prefix.unicodeScalars)
    while let last = scalars.popLast() {
      guard let next = Unicode.Scalar(last.value + 1) else { continue }
      scalars.append(next)
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      return text
    }
    return ""
  }
}
