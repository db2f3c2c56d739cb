/// Files with their paths as a plain tar (POSIX ustar): sorted, without times, owners or folders.
///
/// There is one way only to write given files, and what is read must be written that very way; so
/// links, devices, extensions, duplicates, traversal and hidden bytes have no place to stand in.
package struct TarArchive: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    package var path: String
    package var bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// Why bytes are no archive that may be opened.
  package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
  }

  /// What an archive may hold at most.
  package enum Limits {
    package static let file = 4 << 20
    package static let whole = 64 << 20
    package static let entries = 5000
    static let depth = 8
  }

  /// Sorted by the bytes of their paths.
  package let entries: [Entry]

  /// Takes files in any order; each must have a plain path of its own.
  package init(_ files: [Entry]) throws(Refusal) {
    let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    try Self.check(sorted)
    entries = sorted
  }

  package func contents(_ path: String) -> [UInt8]? {
    entries.first { $0.path == path }?.bytes
  }

  private static let block = 512

  package var bytes: [UInt8] {
    var out: [UInt8] = []
    for entry in entries {
      out += Self.header(entry)
      out += entry.bytes
      out += [UInt8](repeating: 0, count: Self.padding(entry.bytes.count))
    }
    return out + [UInt8](repeating: 0, count: 2 * Self.block)
  }

  package static func read(_ bytes: [UInt8]) throws(Refusal) -> TarArchive {
    guard bytes.count <= Limits.whole else {
      throw Refusal("it is larger than \(Limits.whole >> 20) MiB")
    }
    var entries: [Entry] = []
    var offset = 0
    while true {
      guard offset + block <= bytes.count else { throw Refusal("it ends too early") }
      let header = Array(bytes[offset..<offset + block])
      if header.allSatisfy({ $0 == 0 }) { break }
      guard entries.count < Limits.entries else {
        throw Refusal("it holds more than \(Limits.entries) files")
      }
      let (path, size) = try readHeader(header)
      offset += block
      guard size <= bytes.count - offset else { throw Refusal("it ends within \(path)") }
      entries.append(Entry(path: path, bytes: Array(bytes[offset..<offset + size])))
      offset += size + padding(size)
    }
    let archive = try TarArchive(entries)
    guard archive.bytes == bytes else { throw Refusal("it is not in the form that drydock writes") }
    return archive
  }

  private static func padding(_ size: Int) -> Int { (block - size % block) % block }

  private static func header(_ entry: Entry) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: block)
    func put(_ text: some Sequence<UInt8>, at offset: Int) {
      for (index, byte) in text.enumerated() { header[offset + index] = byte }
    }
    func octal(_ number: Int, _ width: Int) -> [UInt8] {
      let digits = Array(String(number, radix: 8).utf8)
      return Array(repeating: UInt8(ascii: "0"), count: max(0, width - digits.count)) + digits
    }
    put(entry.path.utf8, at: 0)
    put("0000644".utf8, at: 100)
    put("0000000".utf8, at: 108)
    put("0000000".utf8, at: 116)
    put(octal(entry.bytes.count, 11), at: 124)
    put("00000000000".utf8, at: 136)
    put("        ".utf8, at: 148)
    put("0".utf8, at: 156)
    put("ustar\u{0}00".utf8, at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], at: 148)
    return header
  }

  private static func readHeader(_ header: [UInt8]) throws(Refusal) -> (path: String, size: Int) {
    let name = header[..<100].prefix { $0 != 0 }
    guard let path = String(validating: name, as: UTF8.self), !path.isEmpty else {
      throw Refusal("it holds a file without a readable name")
    }
    let kind = header[156]
    guard kind == UInt8(ascii: "0") else {
      let what =
        switch kind {
        case UInt8(ascii: "1"), UInt8(ascii: "2"): "a link"
        case UInt8(ascii: "5"): "a folder's own entry"
        default: "no plain file"
        }
      throw Refusal("\(printable(path)) is \(what)")
    }
    let digits = header[124..<135]
    guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else {
      throw Refusal("the size of \(printable(path)) cannot be read")
    }
    let size = digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    guard size <= Limits.file else {
      throw Refusal("\(printable(path)) is larger than \(Limits.file >> 20) MiB")
    }
    return (path, size)
  }

  private static func check(_ entries: [Entry]) throws(Refusal) {
    guard entries.count <= Limits.entries else {
      throw Refusal("it holds more than \(Limits.entries) files")
    }
    var total = 2 * block
    var folded: Set<String> = []
    var folders: Set<String> = []
    for entry in entries {
      try check(entry.path)
      guard entry.bytes.count <= Limits.file else {
        throw Refusal("\(entry.path) is larger than \(Limits.file >> 20) MiB")
      }
      total += block + entry.bytes.count + padding(entry.bytes.count)
      // Some file systems do not tell capitals from small letters.
      guard folded.insert(entry.path.lowercased()).inserted else {
        throw Refusal("\(entry.path) is there twice")
      }
      var parts = entry.path.lowercased().split(separator: "/")
      while parts.popLast() != nil, !parts.isEmpty { folders.insert(parts.joined(separator: "/")) }
    }
    guard total <= Limits.whole else {
      throw Refusal("it is larger than \(Limits.whole >> 20) MiB")
    }
    if let both = folders.intersection(folded).min() {
      throw Refusal("\(both) is both a file and a folder")
    }
  }

  /// Letters, digits and `._-` between slashes, nothing that leads out of a folder.
  private static func check(_ path: String) throws(Refusal) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-")
        && part.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
          default: false
          }
        }
    }
    guard isPlain, path.utf8.count <= 99, parts.count <= Limits.depth else {
      throw Refusal(
        "\"\(printable(path))\" is no path for a pack: letters, digits and ._- in at most "
          + "\(Limits.depth) parts and 99 characters")
    }
  }

  private static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(100).filter { $0.value >= 0x20 }))
  }
}
