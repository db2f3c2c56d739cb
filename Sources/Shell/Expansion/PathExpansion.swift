/// Finds the files that a pattern means.
struct PathExpansion {
  let host: any ShellHost
  let directory: String
  let options: Set<String>

  static let resultLimit = 100_000

  /// Sorted; empty when there are none.
  func names(matching pattern: String) -> [String] {
    var found = [pattern.utf8.first == UInt8(ascii: "/") ? "/" : ""]
    let pieces = split(pattern)
    for (index, piece) in pieces.enumerated() {
      let isLast = index + 1 == pieces.count
      found = step(from: found, piece, isLast: isLast)
      if found.isEmpty { return [] }
    }
    if pattern.utf8.last == UInt8(ascii: "/") {
      found = found.filter { isDirectory($0) }.map { $0 + "/" }
    }
    return found.sorted { PathExpansion.precedes($0, $1) }
  }

  // bash sorts by the locale's collation; in UTF-8 locales of the simulated machines (C.UTF-8) that
  // is by code point.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private func split(_ pattern: String) -> [String] {
    pattern.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
  }

  private func step(from bases: [String], _ piece: String, isLast: Bool) -> [String] {
    if piece == "**", options.contains("globstar") {
      var all: [String] = []
      for base in bases { descend(from: base, isLast: isLast, into: &all, depth: 0) }
      return all
    }
    let glob = GlobPattern(
      piece, extended: options.contains("extglob"),
      ignoringCase: options.contains("nocaseglob"))
    if let literal = glob.literal {
      return bases.map { join($0, literal) }.filter {
        host.status($0, in: directory, followingLinks: false) != nil
      }
    }
    let showsHidden = piece.utf8.first == UInt8(ascii: ".") || piece.hasPrefix("\\.")
    var found: [String] = []
    for base in bases {
      guard let names = try? host.names(in: base.isEmpty ? "." : base, of: directory) else {
        continue
      }
      for name in names where glob.matches(name) {
        if name.utf8.first == UInt8(ascii: "."), !showsHidden, !options.contains("dotglob") {
          continue
        }
        let path = join(base, name)
        if isLast || isDirectory(path) { found.append(path) }
        if found.count >= PathExpansion.resultLimit { return found }
      }
    }
    return found
  }

  private func descend(from base: String, isLast: Bool, into all: inout [String], depth: Int) {
    guard depth < 64, all.count < PathExpansion.resultLimit else { return }
    if !base.isEmpty || !isLast { all.append(isLast && depth == 0 ? base + "/" : base) }
    guard let names = try? host.names(in: base.isEmpty ? "." : base, of: directory) else { return }
    for name in names where name.utf8.first != UInt8(ascii: ".") {
      let path = join(base, name)
      let status = host.status(path, in: directory, followingLinks: false)
      if status?.kind == .directory {
        descend(from: path, isLast: isLast, into: &all, depth: depth + 1)
      } else if isLast {
        all.append(path)
      }
    }
  }

  private func join(_ base: String, _ name: String) -> String {
    base.isEmpty || base == "/" ? base + name : base + "/" + name
  }

  private func isDirectory(_ path: String) -> Bool {
    host.status(path, in: directory, followingLinks: true)?.kind == .directory
  }
}
