package import Documents
import KubeObjects

/// What a kubelet's configuration says of its node's room, addresses and names.
package struct KubeletSettings: Hashable, Sendable {
  package var pods: Int64 = 110
  /// kubeReserved and systemReserved together, and the hard thresholds of eviction: thousandths of
  /// a core, bytes of memory and of disk.
  package var reservedMilliCores: Int64 = 0
  package var reservedMemory: Int64 = 0
  package var reservedStorage: Int64 = 0
  package var memoryThreshold = "100Mi"
  package var storageThreshold = "10%"
  /// Of the disk that images lie on, which is the same.
  package var imageThreshold = "15%"
  /// --node-labels: of a node that registers.
  package var labels: [String: String] = [:]
  /// nil: the cluster's.
  package var clusterDNS: [String]?
  package var clusterDomain = "cluster.local"

  package init() {}

  /// Reads a KubeletConfiguration; `flag` gives what the command line says instead.
  package init(_ config: Value, flag: (_ name: String) -> String?) {
    pods = flag("max-pods").flatMap { Int64($0) } ?? config["maxPods"]?.int ?? 110
    if pods <= 0 { pods = 110 }
    for (member, name) in [
      ("kubeReserved", "kube-reserved"), ("systemReserved", "system-reserved"),
    ] {
      let reserved = flag(name).map(Self.pairs) ?? config[member]?.strings ?? [:]
      func amount(_ resource: String, _ read: (Quantity) -> Int64) -> Int64 {
        reserved[resource].flatMap { try? Quantity($0) }.map(read) ?? 0
      }
      reservedMilliCores = Self.sum(reservedMilliCores, amount("cpu") { $0.milliValue })
      reservedMemory = Self.sum(reservedMemory, amount("memory") { $0.value })
      reservedStorage = Self.sum(reservedStorage, amount("ephemeral-storage") { $0.value })
    }
    if let given = config["evictionHard"]?.strings, !given.isEmpty {
      // What is not named has no threshold (mergeDefaultEvictionSettings is off).
      memoryThreshold = given["memory.available"] ?? "0"
      storageThreshold = given["nodefs.available"] ?? "0"
      imageThreshold = given["imagefs.available"] ?? "0"
    }
    labels = flag("node-labels").map(Self.pairs) ?? [:]
    clusterDNS = config["clusterDNS"]?.array?.compactMap(\.string)
    if let domain = config["clusterDomain"]?.string, !domain.isEmpty { clusterDomain = domain }
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  private static func pairs(_ text: String) -> [String: String] {
    var found: [String: String] = [:]
    for part in text.split(separator: ",") {
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if halves.count == 2 { found[String(halves[0])] = String(halves[1]) }
    }
    return found
  }

  /// A share or an amount of a whole.
  private static func amount(_ threshold: String, of whole: Int64) -> Int64 {
    if threshold.hasSuffix("%"), let percent = Float(threshold.dropLast()), percent.isFinite {
      // Percentages are 32-bit floats upstream, which shows in the last digits.
      return Int64(Double(min(100, max(0, percent)) / 100) * Double(whole))
    }
    return (try? Quantity(threshold))?.value ?? 0
  }

  /// How many bytes of memory must be available.
  func memoryThreshold(of size: Int64) -> Int64 { Self.amount(memoryThreshold, of: size) }

  /// How many bytes must be free on the disk.
  func diskThreshold(of size: Int64) -> Int64 {
    max(Self.amount(storageThreshold, of: size), Self.amount(imageThreshold, of: size))
  }

  /// The node's allocatable resources (NodeAllocatable: capacity without what is reserved).
  func allocatable(cpus: Int, memoryKiB: Int64, storageKiB: Int64) -> [String: String] {
    let milliCores = max(0, Int64(clamping: cpus) * 1000 - reservedMilliCores)
    let (memory, _) = memoryKiB.multipliedReportingOverflow(by: 1024)
    let (storage, _) = storageKiB.multipliedReportingOverflow(by: 1024)
    let freeMemory = max(
      0,
      memory - min(memory, Self.sum(reservedMemory, Self.amount(memoryThreshold, of: memory))))
    let freeStorage = max(
      0,
      storage
        - min(storage, Self.sum(reservedStorage, Self.amount(storageThreshold, of: storage))))
    return [
      "cpu": milliCores % 1000 == 0 ? "\(milliCores / 1000)" : "\(milliCores)m",
      "memory": freeMemory % 1024 == 0 ? "\(freeMemory / 1024)Ki" : "\(freeMemory)",
      "ephemeral-storage": "\(freeStorage)", "pods": "\(pods)",
    ]
  }
}
