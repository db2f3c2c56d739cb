/// Reads JSON bytes into a value without recursion, refusing what Go's scanner refuses.
struct JSONReader {
  struct Failure: Error {
    var message: String
    var offset: Int
  }

  /// An array or object that is still open; its parts wait on the shared stacks.
  private struct Open {
    var isObject: Bool
    var start: Int
  }

  let bytes: UnsafeBufferPointer<UInt8>
  private(set) var offset: Int
  private(set) var duplicates: [String] = []
  private var opened: [Open] = []
  // Parts collect here until their container closes and takes an array of just its size.
  private var elements: [Value] = []
  private var members: [Mapping.Entry] = []
  private var names = SharedNames()

  init(_ bytes: UnsafeBufferPointer<UInt8>, from offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// Whether nothing but white space is left.
  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return offset >= bytes.count
    }
  }

  mutating func expectEnd() throws(Failure) {
    if !isAtEnd { throw unexpected("after top-level value") }
  }

  mutating func read() throws(Failure) -> Value {
    while true {
      var value: Value
      switch try peek() {
      case UInt8(ascii: "{"):
        try open(isObject: true)
        if try peek() != UInt8(ascii: "}") {
          try readName()
          continue
        }
        offset += 1
        value = close()
      case UInt8(ascii: "["):
        try open(isObject: false)
        if try peek() != UInt8(ascii: "]") { continue }
        offset += 1
        value = close()
      default:
        value = try readScalar()
      }
      // Hands the value to its container, and as long as that ends, it to its own.
      while let container = opened.last {
        if container.isObject {
          members[members.count - 1].value = value
        } else {
          elements.append(value)
        }
        if try separator(in: container) { break }
        value = close()
      }
      if opened.isEmpty { return value }
    }
  }

  /// Whether another part follows in `container`; else its end was read.
  private mutating func separator(in container: Open) throws(Failure) -> Bool {
    let byte = try peek()
    if byte == UInt8(ascii: ",") {
      offset += 1
      if container.isObject { try readName() }
      return true
    }
    if byte == (container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      offset += 1
      return false
    }
    throw unexpected(
      container.isObject ? "after object key:value pair" : "after array element")
  }

  private mutating func open(isObject: Bool) throws(Failure) {
    guard opened.count < Value.depthLimit else { throw unexpected("exceeded max depth") }
    opened.append(Open(isObject: isObject, start: isObject ? members.count : elements.count))
    offset += 1
  }

  private mutating func close() -> Value {
    guard let container = opened.popLast() else { return .null }
    guard container.isObject else {
      let own = Array(elements[container.start...])
      elements.removeLast(own.count)
      return .array(own)
    }
    let own = Array(members[container.start...])
    members.removeLast(own.count)
    var repeated: [String] = []
    let mapping = Mapping(entries: own) { if repeated.last != $0 { repeated.append($0) } }
    if !repeated.isEmpty { report(repeated, of: own) }
    return .object(mapping)
  }

  private mutating func readName() throws(Failure) {
    guard try peek() == UInt8(ascii: "\"") else {
      throw unexpected("looking for beginning of object key string")
    }
    members.append(Mapping.Entry(key: try readString(asName: true), value: .null))
    guard try peek() == UInt8(ascii: ":") else { throw unexpected("after object key") }
    offset += 1
  }

  /// Notes the paths of names that were given twice, in the order of the text.
  private mutating func report(_ repeated: [String], of own: [Mapping.Entry]) {
    var path = ""
    for (index, container) in opened.enumerated() {
      if container.isObject {
        // The member whose value is still open is the container's last so far.
        let following = opened[(index + 1)...].first { $0.isObject }
        let member = (following?.start ?? members.count) - 1
        if members.indices.contains(member) {
          path += (path.isEmpty ? "" : ".") + members[member].key
        }
      } else {
        let following = opened[(index + 1)...].first { !$0.isObject }
        path += "[\((following?.start ?? elements.count) - container.start)]"
      }
    }
    var wanted = Set(repeated)
    var seen: Set<String> = []
    for entry in own where wanted.contains(entry.key) && !seen.insert(entry.key).inserted {
      wanted.remove(entry.key)
      duplicates.append((path.isEmpty ? "" : path + ".") + entry.key)
    }
  }
}

extension JSONReader {
  @inline(__always)
  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }

  /// The next byte that is no white space, not taken.
  @inline(__always)
  private mutating func peek() throws(Failure) -> UInt8 {
    skipSpace()
    return try current()
  }

  @inline(__always)
  func current() throws(Failure) -> UInt8 {
    guard offset < bytes.count else {
      throw Failure(message: "unexpected end of JSON input", offset: offset)
    }
    return bytes[offset]
  }

  mutating func skip(_ count: Int = 1) { offset += count }

  mutating func name(_ slice: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    names.string(UnsafeBufferPointer(rebasing: slice))
  }

  /// The failure that Go words for the byte at hand.
  func unexpected(_ context: String) -> Failure {
    let byte = offset < bytes.count ? bytes[offset] : 0
    return Failure(
      message: "invalid character \(GoText.quote(byte: byte)) \(context)", offset: offset)
  }
}
