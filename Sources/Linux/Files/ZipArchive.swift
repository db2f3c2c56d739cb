import Simulation

/// Files of the .zip form, stored as they are.
enum ZipArchive {
  struct Member {
    /// A directory's ends in a slash.
    var name: String
    var mode: Int
    /// Seconds since the epoch.
    var modified: Int64
    var bytes: [UInt8] = []
    /// Whether its bytes are stored as they are, so that they can be read here.
    var isStored = true

    var isDirectory: Bool { name.hasSuffix("/") }
  }

  private static func half(_ value: Int) -> [UInt8] {
    [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)]
  }

  private static func word(_ value: Int) -> [UInt8] { half(value) + half(value >> 16) }

  /// MS-DOS's date and time, to two seconds.
  private static func stamp(_ seconds: Int64) -> [UInt8] {
    let date = Calendar(Moment(seconds: seconds))
    guard (1980...2107).contains(date.year) else { return [0, 0, 0x21, 0] }
    return half(date.hour << 11 | date.minute << 5 | date.second / 2)
      + half((date.year - 1980) << 9 | date.month << 5 | date.day)
  }

  static func bytes(of members: [Member]) -> [UInt8] {
    var (out, central) = ([UInt8](), [UInt8]())
    for member in members {
      let name = Array(member.name.utf8)
      let common =
        half(member.isDirectory ? 20 : 10) + half(0) + half(0) + stamp(member.modified)
        + word(Int(Gzip.checksum(member.bytes))) + word(member.bytes.count)
        + word(member.bytes.count) + half(name.count) + half(0)
      let kind = member.isDirectory ? 0o040000 : 0o100000
      central +=
        [0x50, 0x4B, 1, 2] + half(0x031E) + common + half(0) + half(0) + half(0)
        + word((kind | member.mode) << 16 | (member.isDirectory ? 0x10 : 0)) + word(out.count)
        + name
      out += [0x50, 0x4B, 3, 4] + common + name + member.bytes
    }
    let count = half(min(members.count, 0xFFFF))
    return out + central + [0x50, 0x4B, 5, 6] + half(0) + half(0) + count + count
      + word(central.count) + word(out.count) + half(0)
  }

  /// The members by the directory at the archive's end; nil when there is none.
  static func members(of bytes: [UInt8]) -> [Member]? {
    func number(_ place: Int, _ width: Int) -> Int {
      (0..<width).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    guard bytes.count >= 22,
      let end = (max(0, bytes.count - 65_557)...(bytes.count - 22)).reversed()
        .first(where: { bytes[$0..<($0 + 4)].elementsEqual([0x50, 0x4B, 5, 6]) })
    else { return nil }
    var members: [Member] = []
    // What is stored cannot be more than the archive: members that overlap would be a bomb.
    var left = bytes.count
    var place = number(end + 16, 4)
    for _ in 0..<number(end + 10, 2) {
      guard place + 46 <= end, bytes[place..<(place + 4)].elementsEqual([0x50, 0x4B, 1, 2]) else {
        return nil
      }
      let (method, size) = (number(place + 10, 2), number(place + 20, 4))
      let lengths = [28, 30, 32].map { number(place + $0, 2) }
      let (mode, start) = (number(place + 38, 4) >> 16, number(place + 42, 4))
      guard place + 46 + lengths.reduce(0, +) <= end, start + 30 <= bytes.count else { return nil }
      let name = bytes[(place + 46)..<(place + 46 + lengths[0])]
      let data = start + 30 + number(start + 26, 2) + number(start + 28, 2)
      guard data + size <= bytes.count, size <= left else { return nil }
      left -= size
      let (day, clock) = (number(place + 14, 2), number(place + 12, 2))
      let date = Calendar(
        year: 1980 + (day >> 9), month: day >> 5 & 15, day: day & 31, hour: clock >> 11,
        minute: clock >> 5 & 63, second: (clock & 31) * 2)
      members.append(
        Member(
          name: String(decoding: name, as: UTF8.self), mode: mode & 0o7777,
          modified: date.moment.seconds,
          bytes: Array(bytes[data..<(data + size)]), isStored: method == 0))
      place += 46 + lengths.reduce(0, +)
    }
    return members
  }
}
