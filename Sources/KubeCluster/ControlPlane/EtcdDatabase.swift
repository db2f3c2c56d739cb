import Documents
import Etcd
import KubeAPIServer
import KubeNode
import Linux
import PKI
import Simulation

/// etcd's data as files of its machine: which directory holds it, and what other ones hold.
final class EtcdDatabase {
  private unowned let cluster: Cluster
  /// The directory of the machine that etcd works in; nil: one that ends with its container.
  private(set) var directory: String? = "/var/lib/etcd"
  /// What the directory's file held when it was last written.
  private var flushed: String?

  init(_ cluster: Cluster) { self.cluster = cluster }

  private var host: NodeHost? { cluster.controlPlane?.host }
  static func file(in directory: String) -> String { directory + "/member/snap/db" }

  /// Writes the data to its file, when somebody may look at it.
  func flush() {
    guard let directory, let host, host.hasFiles else { return }
    let bytes = EtcdFile.bytes(of: cluster.server.etcd.snapshot(), seed: cluster.seed)
    let path = Self.file(in: directory)
    flushed = Digest.sha256(bytes)
    try? host.machine.files.makeDirectories(directory + "/member/snap", mode: 0o700)
    try? host.machine.files.makeDirectories(directory + "/member/wal", mode: 0o700)
    try? host.machine.files.write(bytes, to: path, mode: 0o600)
    try? host.machine.files.changeMode(directory, to: 0o700)
    let log = directory + "/member/wal/0000000000000000-0000000000000000.wal"
    if host.machine.files.status(log) == nil {
      try? host.machine.files.write([], to: log, mode: 0o600)
      try? host.machine.files.truncate(log, to: 64 << 20)
    }
  }

  /// Takes what the directory of a starting etcd holds; false when it cannot be read.
  func open(_ plan: ContainerPlan, _ flags: ComponentFlags) -> Bool {
    guard let host else { return true }
    let inside = flags["data-dir"] ?? "/\(flags["name"] ?? "default").etcd"
    let wanted = host.path(of: inside, in: plan)
    let bytes = wanted.flatMap { try? host.machine.files.read(Self.file(in: $0)) }
    if wanted == directory, let bytes, Digest.sha256(bytes) == flushed { return true }
    directory = wanted
    let store = cluster.server.etcd
    guard let bytes, !bytes.isEmpty else {
      // A new member: the API server puts its own objects in place when it finds none.
      store.restore(.init(entries: OrderedEntries(), revision: 1))
      cluster.bootstrapServer()
      flush()
      return true
    }
    guard let snapshot = EtcdFile.snapshot(in: bytes, seed: cluster.seed) else { return false }
    store.restore(snapshot)
    flushed = Digest.sha256(bytes)
    return true
  }
}

/// A database as bytes: a header, one line of JSON for each key, and the hash of all before it.
enum EtcdFile {
  /// bbolt's magic number in its meta page.
  private static let header: [UInt8] =
    [0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0xED, 0xDA, 0x0C, 0xED, 2, 0, 0, 0]
    + Array("\n".utf8)

  static func bytes(of snapshot: KeyValueStore.Snapshot, seed: UInt64) -> [UInt8] {
    var bytes = header + Array("{\"revision\":\(snapshot.revision)}\n".utf8)
    snapshot.entries.forEach(from: "", before: "") { entry in
      var line: Value = [
        "key": .string(entry.key), "create": .int(entry.createRevision),
        "mod": .int(entry.modRevision), "version": .int(entry.version),
      ]
      if entry.form.isEmpty {
        line["value"] = entry.value
      } else {
        line["form"] = .string(entry.form)
        line["sealed"] = .string(
          Base64.encode(StoredForm.sealed(JSON.bytes(entry.value), entry.form, entry.key, seed)))
      }
      bytes += JSON.bytes(line)
      bytes.append(0x0A)
      return true
    }
    return bytes + Array(Digest.sha256(bytes).utf8)
  }

  /// Whether bytes begin as a database does, damaged or not.
  static func isDatabase(_ bytes: [UInt8]) -> Bool { bytes.starts(with: header) }

  static func isWhole(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > header.count + 64, bytes.starts(with: header) else { return false }
    return Array(Digest.sha256(Array(bytes.dropLast(64))).utf8) == Array(bytes.suffix(64))
  }

  /// nil when the bytes are no database, or a damaged one.
  static func snapshot(in bytes: [UInt8], seed: UInt64) -> KeyValueStore.Snapshot? {
    guard isWhole(bytes) else { return nil }
    var entries = OrderedEntries()
    var revision: Int64 = 1
    for line in bytes.dropLast(64).dropFirst(header.count).split(separator: 0x0A) {
      guard let value = try? JSON.parse(Array(line)) else { return nil }
      if let number = value["revision"]?.int {
        revision = number
        continue
      }
      guard let key = value["key"]?.string else { return nil }
      var held = value["value"] ?? .null
      let form = value["form"]?.string ?? ""
      if !form.isEmpty, let sealed = value["sealed"]?.string.flatMap({ Base64.decode($0) }) {
        held = (try? JSON.parse(StoredForm.sealed(sealed, form, key, seed))) ?? .null
      }
      entries.set(
        Entry(
          key: key, value: held, createRevision: value["create"]?.int ?? 1,
          modRevision: value["mod"]?.int ?? 1, version: value["version"]?.int ?? 1, lease: 0,
          form: form))
    }
    return .init(entries: entries, revision: revision)
  }
}

/// How values that the API server encrypts look in etcd.
enum StoredForm {
  /// Turns bytes into what looks like chance, and back: the same call does both.
  static func sealed(_ bytes: [UInt8], _ form: String, _ key: String, _ seed: UInt64) -> [UInt8] {
    var chance = SeededRandom(seed: seed, for: "seal/\(form)/\(key)")
    var word: UInt64 = 0
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      if index % 8 == 0 { word = chance.next() }
      out.append(byte ^ UInt8(truncatingIfNeeded: word))
      word >>= 8
    }
    return out
  }

  /// The bytes that etcd holds for an entry.
  static func bytes(of entry: Entry, seed: UInt64) -> [UInt8] {
    if entry.form.isEmpty {
      if case .string(let text) = entry.value { return Array(text.utf8) }
      // Upstream stores protobuf; its first four bytes say so.
      return JSON.bytes(entry.value)
    }
    let plain = JSON.bytes(entry.value)
    let padded = plain + [UInt8](repeating: 16, count: 32 - plain.count % 16)
    return Array("k8s:enc:\(entry.form.prefix { $0 != "#" }):".utf8)
      + sealed(padded, entry.form, entry.key, seed)
  }
}
