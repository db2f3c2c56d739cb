/// What the catalogue knows of a repository of images: how they start and what they then do.
package struct Image: Hashable, Sendable {
  /// With its registry: docker.io/library/nginx.
  package var repository: String
  package var entrypoint: [String] = []
  package var command: [String] = []
  package var environment: [String: String] = [:]
  package var workingDirectory = "/"
  package var user = 0
  /// TCP ports its server listens on.
  package var ports: [Int] = []
  /// The signal that asks it to stop.
  package var stopSignal: Int32 = 15
  /// Compressed size of a usual tag.
  package var megabytes: Int = 40
  package var tags: Tags = .any
  /// The shell and tools it has on board.
  package var userland: Userland = .debian
  /// Tools beyond those of its userland.
  package var tools: [String] = []

  package var labels: [String: String] = [:]
  /// The instructions that it was built by, oldest first, as `history` tells them.
  package var steps: [String] = []

  /// The name of its server, where the program is called otherwise in the image.
  package var server: String?

  /// The files of an image that was built here; its userland's otherwise.
  package var files: ImageFiles?

  /// Nothing is known of it but that it can be pulled.
  package var isUnknown: Bool { entrypoint.isEmpty && command.isEmpty && files == nil }

  package enum Userland: Sendable { case none, busybox, alpine, debian }

  /// Which tags exist in the registry.
  package enum Tags: Hashable, Sendable {
    case any
    /// The names, and versions (with any -flavour) from the first to the second, compared number
    /// by number: 1.9…1.29 holds 1.25.3-alpine, but neither 1.91 nor 2.3.5.
    case versions(names: [String], from: [Int], to: [Int], flavours: [String])

    /// Those of Docker's official images: their flavours are Debian's releases, Alpine and a few more.
    static func official(
      _ names: String, _ from: [Int], _ to: [Int], and more: String = ""
    ) -> Tags {
      let flavours = "alpine bookworm bullseye buster trixie " + more
      return .versions(
        names: names.split(separator: " ").map(String.init), from: from, to: to,
        flavours: flavours.split(separator: " ").map(String.init))
    }
  }

  package func has(tag: String) -> Bool {
    guard case .versions(let names, let from, let to, let flavours) = tags else { return true }
    if names.contains(tag) { return true }
    let parts = tag.split(separator: "-", maxSplits: 1)
    guard let version = parts.first else { return false }
    if parts.count == 2, names.contains(String(version)), flavours.contains(String(parts[1])) {
      return true
    }
    if parts.count == 2, !flavours.contains(where: { parts[1].hasPrefix($0) }) { return false }
    let digits = version.hasPrefix("v") ? version.dropFirst() : version
    let numbers = digits.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    let known = numbers.compactMap { $0 }
    guard known.count == numbers.count, !known.isEmpty, known.count <= 3 else { return false }
    let depth = min(known.count, to.count)
    return !known.prefix(depth).lexicographicallyPrecedes(from.prefix(depth))
      && !to.prefix(depth).lexicographicallyPrecedes(known.prefix(depth))
  }
}
