/// Files of the .bz2 form: Burrows and Wheeler's transform, move-to-front, runs and Huffman codes.
/// What is written has codes of nearly one length, so that it is larger than bzip2's own.
package enum Bzip2 {
  package static func isCompressed(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 14 && bytes.starts(with: Array("BZh".utf8)) && (0x31...0x39).contains(bytes[3])
  }

  private static let blockMark: UInt64 = 0x3141_5926_5359
  private static let endMark: UInt64 = 0x1772_4538_5090
  /// Blocks may be smaller than the 900,000 bytes that the header promises; sorting small ones is
  /// quick whatever they hold.
  private static let blockSize = 20_000

  private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~CyclicRedundancy.sum(bytes, from: ~0)
  }

  // MARK: writing

  private struct Writer {
    var bytes: [UInt8] = []
    private var held: UInt64 = 0
    private var count = 0

    mutating func put(_ value: UInt64, _ bits: Int) {
      for bit in (0..<bits).reversed() {
        held = held << 1 | value >> UInt64(bit) & 1
        count += 1
        if count == 8 {
          bytes.append(UInt8(held & 0xFF))
          (held, count) = (0, 0)
        }
      }
    }

    mutating func finish() { while count > 0 { put(0, 1) } }
  }

  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var writer = Writer()
    for byte in "BZh9".utf8 { writer.put(UInt64(byte), 8) }
    var combined: UInt32 = 0
    var start = 0
    while start < bytes.count {
      let end = min(start + blockSize, bytes.count)
      let sum = checksum(bytes[start..<end])
      combined = (combined << 1 | combined >> 31) ^ sum
      write(block: runs(in: bytes[start..<end]), sum, &writer)
      start = end
    }
    writer.put(endMark, 48)
    writer.put(UInt64(combined), 32)
    writer.finish()
    return writer.bytes
  }

  /// Four equal bytes are followed by how many more there are.
  private static func runs(in bytes: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    var place = bytes.startIndex
    while place < bytes.endIndex {
      var end = place
      while end < bytes.endIndex, end - place < 255, bytes[end] == bytes[place] { end += 1 }
      out += [UInt8](repeating: bytes[place], count: min(4, end - place))
      if end - place >= 4 { out.append(UInt8(end - place - 4)) }
      place = end
    }
    return out
  }

  /// The order of a block's rotations, by doubling prefixes.
  private static func rotations(of block: [UInt8]) -> [Int] {
    let count = block.count
    var rank = block.map(Int.init)
    var order = Array(0..<count)
    var length = 1
    while true {
      func key(_ place: Int) -> (Int, Int) { (rank[place], rank[(place + length) % count]) }
      order.sort { key($0) < key($1) }
      var fresh = rank
      fresh[order[0]] = 0
      for index in order.indices.dropFirst() {
        let isSame = key(order[index]) == key(order[index - 1])
        fresh[order[index]] = fresh[order[index - 1]] + (isSame ? 0 : 1)
      }
      rank = fresh
      if rank[order[count - 1]] == count - 1 || length >= count { return order }
      length *= 2
    }
  }

  private static func write(block: [UInt8], _ sum: UInt32, _ writer: inout Writer) {
    let order = rotations(of: block)
    writer.put(blockMark, 48)
    writer.put(UInt64(sum), 32)
    writer.put(0, 1)
    writer.put(UInt64(order.firstIndex(of: 0) ?? 0), 24)
    let used = Set(block).sorted()
    for group in 0..<16 { writer.put(used.contains { Int($0) / 16 == group } ? 1 : 0, 1) }
    for group in 0..<16 where used.contains(where: { Int($0) / 16 == group }) {
      for low in 0..<16 { writer.put(used.contains(UInt8(group * 16 + low)) ? 1 : 0, 1) }
    }
    let symbols = symbols(of: order.map { block[($0 + block.count - 1) % block.count] }, used)
    let size = used.count + 2
    let lengths = flatLengths(size)
    let codes = codes(of: lengths)
    let selectors = (symbols.count + 49) / 50
    writer.put(2, 3)
    writer.put(UInt64(selectors), 15)
    // Every group of fifty uses the first of two equal tables.
    for _ in 0..<selectors { writer.put(0, 1) }
    for _ in 0..<2 {
      var current = lengths[0]
      writer.put(UInt64(current), 5)
      for length in lengths {
        while current < length {
          writer.put(0b10, 2)
          current += 1
        }
        writer.put(0, 1)
      }
    }
    for symbol in symbols { writer.put(UInt64(codes[symbol]), lengths[symbol]) }
  }

  /// Moved to the front, runs of zeros in bijective base two, and the end.
  private static func symbols(of column: [UInt8], _ used: [UInt8]) -> [Int] {
    var list = used
    var found: [Int] = []
    var zeros = 0
    func flush() {
      while zeros > 0 {
        found.append(zeros & 1 == 1 ? 0 : 1)
        zeros = (zeros - 1) >> 1
      }
    }
    for byte in column {
      let place = list.firstIndex(of: byte) ?? 0
      if place == 0 {
        zeros += 1
        continue
      }
      flush()
      found.append(place + 1)
      list.insert(list.remove(at: place), at: 0)
    }
    flush()
    return found + [used.count + 1]
  }

  /// A complete code of two lengths, the shorter for the symbols that come most.
  private static func flatLengths(_ size: Int) -> [Int] {
    var length = 1
    while 1 << length < size { length += 1 }
    let short = (1 << length) - size
    return (0..<size).map { $0 < short ? length - 1 : length }
  }

  private static func codes(of lengths: [Int]) -> [Int] {
    var codes = lengths
    var next = 0
    for length in 0...20 {
      for (symbol, own) in lengths.enumerated() where own == length {
        codes[symbol] = next
        next += 1
      }
      next <<= 1
    }
    return codes
  }

  // MARK: reading

  private struct Damage: Error {}

  private struct Reader {
    let bytes: [UInt8]
    var place = 0

    mutating func take(_ bits: Int) throws(Damage) -> Int {
      var value = 0
      for _ in 0..<bits {
        guard place >> 3 < bytes.count else { throw Damage() }
        value = value << 1 | Int(bytes[place >> 3] >> UInt8(7 - place & 7) & 1)
        place += 1
      }
      return value
    }
  }

  /// nil when the bytes are damaged, or hold more than `limit`.
  package static func decompress(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard isCompressed(bytes) else { return nil }
    var reader = Reader(bytes: bytes, place: 32)
    var out: [UInt8] = []
    var combined: UInt32 = 0
    do throws(Damage) {
      while true {
        let mark = UInt64(try reader.take(48))
        let sum = UInt32(try reader.take(32))
        if mark == endMark { return sum == combined ? out : nil }
        guard mark == blockMark else { return nil }
        let start = out.count
        try read(&reader, Int(bytes[3] - 0x30) * 100_000, &out, limit)
        guard checksum(out[start...]) == sum else { return nil }
        combined = (combined << 1 | combined >> 31) ^ sum
      }
    } catch {
      return nil
    }
  }

  private static func read(
    _ reader: inout Reader, _ most: Int, _ out: inout [UInt8], _ limit: Int
  ) throws(Damage) {
    guard try reader.take(1) == 0 else { throw Damage() }
    let origin = try reader.take(24)
    let groups = try reader.take(16)
    var list: [UInt8] = []
    for group in 0..<16 where groups >> (15 - group) & 1 == 1 {
      let low = try reader.take(16)
      for bit in 0..<16 where low >> (15 - bit) & 1 == 1 { list.append(UInt8(group * 16 + bit)) }
    }
    let size = list.count + 2
    let tables = try reader.take(3)
    let selectorCount = try reader.take(15)
    guard (2...6).contains(tables), selectorCount > 0, !list.isEmpty else { throw Damage() }
    var front = Array(0..<tables)
    var selectors: [Int] = []
    for _ in 0..<selectorCount {
      var place = 0
      while try reader.take(1) == 1 { place += 1 }
      guard place < tables else { throw Damage() }
      front.insert(front.remove(at: place), at: 0)
      selectors.append(front[0])
    }
    var decoders: [[Int: Int]] = []
    for _ in 0..<tables {
      var length = try reader.take(5)
      var lengths: [Int] = []
      for _ in 0..<size {
        while try reader.take(1) == 1 { length += try reader.take(1) == 0 ? 1 : -1 }
        guard (1...20).contains(length) else { throw Damage() }
        lengths.append(length)
      }
      // A code with its length as a leading one.
      let codes = codes(of: lengths)
      decoders.append(
        Dictionary(
          lengths.indices.map { (1 << lengths[$0] | codes[$0], $0) },
          uniquingKeysWith: { first, _ in first }))
    }
    var column: [UInt8] = []
    var (run, weight, count) = (0, 1, 0)
    while true {
      guard count / 50 < selectors.count else { throw Damage() }
      let decoder = decoders[selectors[count / 50]]
      count += 1
      var code = 1
      var symbol: Int?
      while symbol == nil {
        code = code << 1 | (try reader.take(1))
        guard code < 1 << 21 else { throw Damage() }
        symbol = decoder[code]
      }
      let value = symbol ?? 0
      if value < 2 {
        run += weight << value
        weight <<= 1
        guard run <= most else { throw Damage() }
        continue
      }
      column += [UInt8](repeating: list[0], count: run)
      (run, weight) = (0, 1)
      guard column.count <= most else { throw Damage() }
      if value == size - 1 { break }
      list.insert(list.remove(at: value - 1), at: 0)
      column.append(list[0])
    }
    guard column.isEmpty || origin < column.count else { throw Damage() }
    try expand(column, origin, &out, limit)
  }

  /// Turns the last column of the sorted rotations, and the place of the text among them, into it.
  private static func expand(
    _ column: [UInt8], _ origin: Int, _ out: inout [UInt8], _ limit: Int
  ) throws(Damage) {
    var starts = [Int](repeating: 0, count: 256)
    for byte in column where byte < 255 { starts[Int(byte) + 1] += 1 }
    for value in 1..<256 { starts[value] += starts[value - 1] }
    var next = [Int](repeating: 0, count: column.count)
    for (place, byte) in column.enumerated() {
      next[starts[Int(byte)]] = place
      starts[Int(byte)] += 1
    }
    guard !column.isEmpty else { return }
    var place = next[origin]
    var (equal, last): (Int, UInt8?) = (0, nil)
    for _ in 0..<column.count {
      let byte = column[place]
      place = next[place]
      if equal == 4 {
        out += [UInt8](repeating: last ?? 0, count: Int(byte))
        (equal, last) = (0, nil)
      } else {
        equal = byte == last ? equal + 1 : 1
        last = byte
        out.append(byte)
      }
      guard out.count <= limit else { throw Damage() }
    }
  }
}
