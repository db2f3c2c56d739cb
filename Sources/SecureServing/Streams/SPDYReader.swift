/// Reads the frames of SPDY/3.1 from bytes as they come.
struct SPDYReader {
  enum Frame: Hashable {
    case open(stream: UInt32, headers: [String: String], isLast: Bool)
    case data(stream: UInt32, bytes: [UInt8], isLast: Bool)
    case reset(stream: UInt32)
    case ping(UInt32)
    case goAway
    /// Settings, windows and replies, which ask for nothing here.
    case other
  }

  private var pending: [UInt8] = []
  private var head = 0
  private let inflater = Inflater(dictionary: SPDYDictionary.bytes)
  private(set) var isBroken = false

  /// The largest frame that clients of Kubernetes send is far below.
  private static let frameLimit = 1 << 20

  mutating func append(_ bytes: some Sequence<UInt8>) {
    if head > 0 {
      pending.removeFirst(head)
      head = 0
    }
    pending += bytes
  }

  /// The next whole frame; nil when more bytes are needed or the stream is broken.
  mutating func next() -> Frame? {
    guard !isBroken, pending.count - head >= 8 else { return nil }
    let first = number(head)
    let second = number(head + 4)
    let length = Int(second & 0xFF_FFFF)
    guard length <= Self.frameLimit else {
      isBroken = true
      return nil
    }
    guard pending.count - head >= 8 + length else { return nil }
    let body = Array(pending[(head + 8)..<(head + 8 + length)])
    head += 8 + length
    let isLast = second >> 24 & 1 == 1
    guard first >> 31 == 1 else {
      return .data(stream: first & 0x7FFF_FFFF, bytes: body, isLast: isLast)
    }
    guard first >> 16 & 0x7FFF == 3, let frame = control(first & 0xFFFF, body, isLast) else {
      isBroken = true
      return nil
    }
    return frame
  }

  private mutating func control(_ type: UInt32, _ body: [UInt8], _ isLast: Bool) -> Frame? {
    switch type {
    case 1:
      guard body.count >= 10, let headers = headers(Array(body[10...])) else { return nil }
      return .open(stream: Self.number(body, 0), headers: headers, isLast: isLast)
    case 2, 8:
      // Their headers are part of the one compressed stream.
      guard body.count >= 4, headers(Array(body[4...])) != nil else { return nil }
      return .other
    case 3: return body.count >= 4 ? .reset(stream: Self.number(body, 0)) : nil
    case 6: return body.count >= 4 ? .ping(Self.number(body, 0)) : nil
    case 7: return .goAway
    default: return .other
    }
  }

  private func headers(_ block: [UInt8]) -> [String: String]? {
    guard let bytes = inflater.inflate(block), bytes.count >= 4 else { return nil }
    var place = 4
    func text() -> String? {
      guard bytes.count - place >= 4 else { return nil }
      let length = Int(Self.number(bytes, place))
      guard bytes.count - place - 4 >= length else { return nil }
      defer { place += 4 + length }
      return String(decoding: bytes[(place + 4)..<(place + 4 + length)], as: UTF8.self)
    }
    var headers: [String: String] = [:]
    for _ in 0..<min(64, Self.number(bytes, 0)) {
      guard let name = text(), let value = text() else { return nil }
      headers[name.lowercased()] = value
    }
    return headers
  }

  private func number(_ place: Int) -> UInt32 { Self.number(pending, place) }

  private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    bytes[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
