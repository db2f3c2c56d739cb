import KubeNode
import Linux

extension ScannedImage {
  /// The contents of the image that a machine's engine, or a registry, has under a name.
  static func find(_ name: String, on machine: Machine) -> ScannedImage? {
    guard let reference = ImageReference(name) else { return nil }
    let image = machine.containerEngine?.look(name) ?? (try? Images.pull(reference).get())
    return image.map { ScannedImage(reference, $0, as: name) }
  }

  /// From the packages' addresses in a bill of materials: a package is weak where a later version
  /// than its own repairs something.
  init(listing addresses: [String], as name: String) {
    var parts: [String: Part] = [:]
    for address in addresses {
      guard let (kind, version, package) = Self.read(address) else { continue }
      let key = kind == "gobinary" ? "go" : DistributionPackages.key(kind, version)
      var part =
        parts[key] ?? Part(kind: kind, version: version, packages: [], weaknesses: [])
      part.packages.append(package)
      part.weaknesses += Self.weaknesses(of: package, in: key)
      parts[key] = part
    }
    self.init(name: name, parts: parts.values.sorted { $0.kind < $1.kind })
  }

  private static func weaknesses(
    of package: Package, in release: String
  ) -> [VulnerabilityReport.Finding] {
    let known = Weakness.known(of: package.name, in: release)
    let reached = known.last { $0.repaired == package.version }?.weakness.year ?? 0
    return known.filter { $0.repaired.isEmpty || $0.weakness.year > reached }
      .map { ($0.weakness, package.version, $0.repaired) }
  }

  /// pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12.12
  private static func read(_ address: String) -> (String, String, Package)? {
    guard address.hasPrefix("pkg:") else { return nil }
    let halves = address.dropFirst(4).split(separator: "?", maxSplits: 1)
    guard let front = halves.first, let at = front.lastIndex(of: "@") else { return nil }
    let path = front[..<at].split(separator: "/").map(String.init)
    guard path.count >= 2, let name = path.last else { return nil }
    let package = Package(name: name, version: String(front[front.index(after: at)...]))
    if path[0] == "golang" { return ("gobinary", "", package) }
    let distribution = halves.dropFirst().first?.split(separator: "&").compactMap { pair in
      pair.hasPrefix("distro=") ? String(pair.dropFirst(7)) : nil
    }.first
    guard let distribution else { return nil }
    let version = distribution.split(separator: "-").last.map(String.init) ?? distribution
    return (path[1], version, package)
  }
}
