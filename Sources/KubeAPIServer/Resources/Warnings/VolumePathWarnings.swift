import Documents
import KubeObjects

/// Files of one volume that stand in each other's way.
struct VolumePathWarnings {
  private var found: [String] = []

  static func all(_ volumes: [Value]) -> [String] {
    var warnings = VolumePathWarnings()
    for volume in volumes { warnings.lookAt(volume) }
    return warnings.found
  }

  private mutating func lookAt(_ volume: Value) {
    var name: String { volume.text("name").goQuoted }
    if let source = volume["configMap"], source.has("items") {
      overlap(
        Self.paths(source),
        "volume \(name) (ConfigMap \(source.text("name").goQuoted)): overlapping paths")
    }
    if let source = volume["secret"], source.has("items") {
      overlap(
        Self.paths(source),
        "volume \(name) (Secret \(source.text("secretName").goQuoted)): overlapping paths")
    }
    if let source = volume["downwardAPI"], source.has("items") {
      overlap(Self.paths(source), "volume \(name) (DownwardAPI): overlapping paths")
    }
    if let projected = volume["projected"], !projected.isNull {
      lookAt(projected, volume.text("name"))
    }
  }

  private static func paths(_ source: Value) -> [String] {
    source.items("items").map { $0.text("path") }
  }

  private mutating func lookAt(_ projected: Value, _ volume: String) {
    var name: String { volume.goQuoted }
    var known: Set<String> = []
    for source in projected.items("sources") {
      if source.object?.isEmpty ?? true {
        found.append("volume \(name) (Projected) has no sources provided")
        continue
      }
      guard let (paths, what) = Self.projected(source), !paths.isEmpty else { continue }
      var message: String { "volume \(name) (Projected \(what())): overlapping paths" }
      overlap(paths, message)
      overlap(known.union(paths).sorted(), message)
      known.formUnion(paths)
    }
  }

  private static func projected(_ source: Value) -> (paths: [String], what: () -> String)? {
    if let map = source["configMap"], map.has("items") {
      return (paths(map), { "ConfigMap \(map.text("name").goQuoted)" })
    }
    if let secret = source["secret"], secret.has("items") {
      return (paths(secret), { "Secret \(secret.text("name").goQuoted)" })
    }
    if let fields = source["downwardAPI"], fields.has("items") {
      return (paths(fields), { "DownwardAPI" })
    }
    if let token = source["serviceAccountToken"], !token.isNull {
      return ([token.text("path")], { "ServiceAccountToken" })
    }
    return nil
  }

  private mutating func overlap(_ paths: [String], _ message: @autoclosure () -> String) {
    if paths.count < 2 { return }
    var seen: [String] = []
    for path in paths {
      var bare = path
      while bare.hasSuffix("/") { bare.removeLast() }
      if let other = seen.first(where: { Self.collides($0, bare) }) {
        found.append("\(message()): \(bare.goQuoted) with \(other.goQuoted)")
      }
      if !seen.contains(bare) { seen.append(bare) }
    }
  }

  private static func collides(_ a: String, _ b: String) -> Bool {
    if a.isEmpty || b.isEmpty { return false }
    let (x, y) = (a.utf8, b.utf8)
    let shared = min(x.count, y.count)
    guard x.prefix(shared).elementsEqual(y.prefix(shared)) else { return false }
    // Equal, or one goes on below the other.
    return x.count == y.count
      || (x.count > y.count ? x : y).dropFirst(shared).first == UInt8(ascii: "/")
  }
}
