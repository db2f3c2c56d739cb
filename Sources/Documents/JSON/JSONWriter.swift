/// Writes values as JSON bytes in the forms of Go's `encoding/json`.
package struct JSONWriter {
  /// How a text looks where JSON leaves a choice.
  package struct Style: Sendable {
    /// The blanks of one level, or nil for a text without any.
    package var indent: String?
    /// Whether `<`, `>` and `&` are written as `\u003c` and so on, as Go does unless told not to.
    package var escapesHTML: Bool

    package init(indent: String? = nil, escapesHTML: Bool = false) {
      self.indent = indent
      self.escapesHTML = escapesHTML
    }

    /// One line without blanks, nothing escaped that need not be.
    package static let compact = Style()
    /// One line as `json.Marshal` writes it.
    package static let marshal = Style(escapesHTML: true)
    /// Four blanks a level, as `kubectl -o json` prints.
    package static let indented = Style(indent: "    ")
  }

  package private(set) var bytes: [UInt8] = []
  private let style: Style
  private let indent: [UInt8]
  private var depth = 0
  /// What is remembered of parts at which depth; one memory is for one style.
  private var memory: (parts: WrittenParts, depth: Int)?

  package init(_ style: Style = .compact) {
    self.style = style
    indent = Array((style.indent ?? "").utf8)
  }

  /// Takes the parts at a depth, 1 being the members of the topmost object, from what was written
  /// before.
  package init(_ style: Style, remembering parts: WrittenParts, at depth: Int) {
    self.init(style)
    memory = (parts, depth)
  }

  package mutating func write(_ value: Value) { write(value, nil as SortedOrder?) }

  package mutating func write<Order: MemberOrder>(_ value: Value, _ order: Order?) {
    switch value {
    case .null: append("null")
    case .bool(let flag): append(flag ? "true" : "false")
    case .int(let number): write(number)
    case .double(let number): bytes += GoText.number(number).utf8
    case .string(let text): writeString(text)
    case .array(let elements): write(elements, order?.elementOrder)
    case .object(let members):
      if let memory, memory.depth == depth, let order, let identity = order.identity,
        let place = members.storageIdentity, members.count > 2
      {
        write(members, order, WrittenParts.Key(place: place, order: identity), memory.parts)
      } else {
        write(members, order)
      }
    }
  }

  private mutating func write<Order: MemberOrder>(
    _ members: Mapping, _ order: Order, _ key: WrittenParts.Key, _ parts: WrittenParts
  ) {
    if let known = parts[key] {
      bytes += known
      return
    }
    let start = bytes.count
    write(members, order)
    parts.keep(Array(bytes[start...]), of: members, as: key)
  }

  /// Adds bytes as they are, between values.
  package mutating func append(_ text: StaticString) {
    bytes += UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  private mutating func write<Order: MemberOrder>(_ elements: [Value], _ order: Order?) {
    if elements.isEmpty { return append("[]") }
    append("[")
    depth += 1
    var isFirst = true
    for element in elements {
      separate(&isFirst)
      write(element, order)
    }
    close("]")
  }

  private mutating func write<Order: MemberOrder>(_ members: Mapping, _ order: Order?) {
    if members.isEmpty { return append("{}") }
    append("{")
    depth += 1
    var isFirst = true
    if let order {
      withUnsafeTemporaryAllocation(of: Place.self, capacity: members.count) { places in
        Self.sort(members, by: order, into: places)
        for place in places {
          let (name, value) = members[place.index]
          separate(&isFirst)
          write(member: name, value, order)
        }
      }
    } else {
      for (name, value) in members {
        separate(&isFirst)
        write(member: name, value, order)
      }
    }
    close("}")
  }

  private struct Place {
    var rank: Int
    var index: Int
  }

  /// By insertion: members are few, or of few ranks and in order already.
  private static func sort<Order: MemberOrder>(
    _ members: Mapping, by order: Order, into places: UnsafeMutableBufferPointer<Place>
  ) {
    for index in members.indices {
      let rank = order.rank(of: members[index].key)
      var slot = index
      while slot > 0, places[slot - 1].rank > rank {
        places.initializeElement(at: slot, to: places[slot - 1])
        slot -= 1
      }
      places.initializeElement(at: slot, to: Place(rank: rank, index: index))
    }
  }

  private mutating func write<Order: MemberOrder>(
    member name: String, _ value: Value, _ order: Order?
  ) {
    writeString(name)
    append(style.indent == nil ? ":" : ": ")
    switch value {
    case .array, .object: write(value, order?.order(within: name))
    default: write(value, nil as Order?)
    }
  }

  private mutating func separate(_ isFirst: inout Bool) {
    if !isFirst { append(",") }
    isFirst = false
    breakLine()
  }

  private mutating func close(_ bracket: StaticString) {
    depth -= 1
    breakLine()
    append(bracket)
  }

  private mutating func breakLine() {
    guard style.indent != nil else { return }
    append("\n")
    for _ in 0..<depth { bytes += indent }
  }

  private mutating func write(_ number: Int64) {
    if (0..<10).contains(number) { return bytes.append(UInt8(ascii: "0") + UInt8(number)) }
    bytes += String(number).utf8
  }
}

extension JSONWriter {
  package mutating func writeString(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      var start = 0
      var index = 0
      while index < utf8.count {
        let byte = utf8[index]
        let length = byte < 0x80 ? (needsEscape(byte) ? 1 : 0) : separatorLength(utf8, index)
        if length > 0 {
          bytes += utf8[start..<index]
          escape(utf8, index)
          start = index + length
          index = start
        } else {
          index += 1
        }
      }
      bytes += utf8[start...]
    }
    bytes.append(UInt8(ascii: "\""))
  }

  @inline(__always)
  private func needsEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): true
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): style.escapesHTML
    default: false
    }
  }

  /// 3 at U+2028 and U+2029, which Go always escapes, else 0.
  @inline(__always)
  private func separatorLength(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    guard utf8[index] == 0xE2, index + 2 < utf8.count, utf8[index + 1] == 0x80,
      utf8[index + 2] & 0xFE == 0xA8
    else { return 0 }
    return 3
  }

  private mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int) {
    switch utf8[index] {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 0x08: append("\\b")
    case 0x0C: append("\\f")
    case 0x0A: append("\\n")
    case 0x0D: append("\\r")
    case 0x09: append("\\t")
    case 0xE2: bytes += (utf8[index + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8
    case let byte: bytes += ("\\u" + GoText.hexadecimal(UInt32(byte), width: 4)).utf8
    }
  }
}

extension JSON {
  /// The bytes of a value in a style, members sorted by name.
  package static func bytes(_ value: Value, _ style: JSONWriter.Style = .compact) -> [UInt8] {
    var writer = JSONWriter(style)
    writer.write(value)
    return writer.bytes
  }

  /// The bytes of a value with each object's members in the given order.
  package static func bytes<Order: MemberOrder>(
    _ value: Value, _ style: JSONWriter.Style = .compact, order: Order?
  ) -> [UInt8] {
    var writer = JSONWriter(style)
    writer.write(value, order)
    return writer.bytes
  }

  /// The text of a value in a style, members sorted by name.
  package static func text(_ value: Value, _ style: JSONWriter.Style = .compact) -> String {
    String(decoding: bytes(value, style), as: UTF8.self)
  }
}
