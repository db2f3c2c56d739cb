import Foundation
import Simulation
import Testing

@testable import Gradebook

@Suite struct ArchiveTests {
  private func archive(_ files: (String, String)...) throws -> TarArchive {
    try TarArchive(files.map { .init(path: $0.0, bytes: Array($0.1.utf8)) })
  }

  @Test("what is written is read again, in one form only, and by tar too")
  func roundTrip() throws {
    let made = try archive(("b/two.md", "two"), ("a.md", String(repeating: "x", count: 1025)))
    #expect(made.entries.map(\.path) == ["a.md", "b/two.md"])
    #expect(try TarArchive.read(made.bytes) == made)
    #expect(made.bytes.count == 512 + 1536 + 512 + 512 + 1024)
    let other = try archive(("a.md", String(repeating: "x", count: 1025)), ("b/two.md", "two"))
    #expect(other.bytes == made.bytes)
  }

  @Test(
    "a path that could leave its folder, hide or collide is refused",
    arguments: [
      ["../a"], ["a/../b"], ["/etc/passwd"], ["a//b"], ["a/"], [".hidden"], ["a/.git/config"],
      ["-rf"], ["a b"], ["a\\b"], ["C:x"], ["a\nb"], ["ä.md"], [""],
      [String(repeating: "a", count: 100)], ["1/2/3/4/5/6/7/8/9"], ["a", "a"], ["a.md", "A.md"],
      ["a", "a/b"], ["A", "a/b"],
    ])
  func paths(_ paths: [String]) {
    #expect(throws: TarArchive.Refusal.self) {
      try TarArchive(paths.map { TarArchive.Entry(path: $0, bytes: []) })
    }
  }

  /// Changes a header and sets its checksum right again.
  private func changed(_ offset: Int, _ bytes: [UInt8]) throws -> [UInt8] {
    var all = try archive(("a.md", "text"), ("b.md", "more")).bytes
    for (index, byte) in bytes.enumerated() { all[offset + index] = byte }
    for index in 148..<156 { all[index] = 0x20 }
    let sum = all[..<512].reduce(0) { $0 + Int($1) }
    let digits = Array(String(sum, radix: 8).utf8)
    let padded = [UInt8](repeating: 0x30, count: 6 - digits.count) + digits + [0, 0x20]
    for (index, byte) in padded.enumerated() { all[148 + index] = byte }
    return all
  }

  @Test(
    "links, devices, folders, extensions, bombs and hidden bytes are refused",
    arguments: [
      (156, "1", "is a link"), (156, "2", "is a link"), (156, "3", "no plain file"),
      (156, "5", "folder's own entry"), (156, "x", "no plain file"), (156, "L", "no plain file"),
      (124, "77777777777", "larger than 4 MiB"), (124, "00000177777", "ends within"),
      (124, "9", "cannot be read"), (100, "0000777", "form that drydock writes"),
      (136, "00000000001", "form that drydock writes"), (265, "root", "form that drydock writes"),
      (0, "../x", "no path"), (0, "b.md", "twice"), (345, "etc", "form that drydock writes"),
    ])
  func headers(_ offset: Int, _ text: String, _ reason: String) throws {
    let bytes = try changed(offset, Array(text.utf8))
    let refusal = #expect(throws: TarArchive.Refusal.self) { try TarArchive.read(bytes) }
    #expect(refusal?.description.contains(reason) == true, "\(refusal?.description ?? "")")
  }

  @Test("a bare change without a new checksum, cut or lengthened bytes are refused")
  func damage() throws {
    let good = try archive(("a.md", "text")).bytes
    for length in [0, 1, 511, 512, 700, 1024, 1535, good.count - 1] {
      #expect(throws: TarArchive.Refusal.self) { try TarArchive.read(Array(good[..<length])) }
    }
    #expect(throws: TarArchive.Refusal.self) { try TarArchive.read(good + [0]) }
    #expect(throws: TarArchive.Refusal.self) {
      try TarArchive.read([UInt8](repeating: 0, count: TarArchive.Limits.whole + 512))
    }
  }

  @Test("whatever bytes come, an archive is read back to those very bytes or refused")
  func fuzz() throws {
    let good = try archive(("Exercises/a.md", "text"), ("pack.yaml", "id: a")).bytes
    var random = SeededRandom(seed: 11)
    var refused = 0
    for _ in 0..<3000 {
      var bytes = good
      for _ in 0...random.below(4) {
        switch random.below(4) {
        case 0: bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(random.below(bytes.count)..<bytes.count)
        case 2:
          bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: random.below(bytes.count))
        default:
          let start = random.below(bytes.count)
          bytes += bytes[start..<min(bytes.count, start + 512)]
        }
        if bytes.isEmpty { bytes = [0] }
      }
      do {
        #expect(try TarArchive.read(bytes).bytes == bytes)
      } catch { refused += 1 }
    }
    #expect(refused > 2500)
  }
}
