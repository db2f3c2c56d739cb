import Documents
import KubeObjects
import Simulation

/// Reads a protobuf body of Kubernetes by the wire numbers in the schema table.
struct ProtobufReader {
  struct Failure: Error {
    var message: String
    static let short = Failure(message: "unexpected EOF")
  }

  private static let depthLimit = 100

  /// Reads what follows the four bytes of the prefix: a runtime.Unknown with the object inside.
  static func object(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Value {
    var apiVersion = ""
    var kind = ""
    var raw: ArraySlice<UInt8> = []
    try eachField(bytes) { (number, wire) throws(Failure) in
      switch (number, wire) {
      case (1, .bytes(let inner)):
        try eachField(inner) { (number, wire) throws(Failure) in
          guard case .bytes(let text) = wire else { return }
          if number == 1 { apiVersion = String(decoding: text, as: UTF8.self) }
          if number == 2 { kind = String(decoding: text, as: UTF8.self) }
        }
      case (2, .bytes(let inner)): raw = inner
      default: break
      }
    }
    let version = GroupVersion(apiVersion: apiVersion)
    guard let type = Schema.builtin.index(version, kind: kind) else {
      throw Failure(
        message: "no kind \(kind.goQuoted) is registered for version \(apiVersion.goQuoted)")
    }
    var object = try structure(raw, type, depth: 0)
    object["apiVersion"] = .string(apiVersion)
    object["kind"] = .string(kind)
    return object
  }

  private enum Wire {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
    case fixed32(UInt32)
  }

  private static func eachField(
    _ bytes: ArraySlice<UInt8>, _ body: (Int, Wire) throws(Failure) -> Void
  ) throws(Failure) {
    var rest = bytes
    while !rest.isEmpty {
      let tag = try varint(&rest)
      let number = Int(truncatingIfNeeded: tag >> 3)
      switch tag & 7 {
      case 0: try body(number, .varint(try varint(&rest)))
      case 1: try body(number, .fixed64(try fixed(&rest, 8)))
      case 2:
        let length = try varint(&rest)
        guard length <= UInt64(rest.count) else { throw .short }
        try body(number, .bytes(rest.prefix(Int(length))))
        rest = rest.dropFirst(Int(length))
      case 5: try body(number, .fixed32(UInt32(truncatingIfNeeded: try fixed(&rest, 4))))
      default: throw Failure(message: "proto: illegal wireType \(tag & 7)")
      }
    }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = rest.popFirst() {
      guard shift < 64 else { throw Failure(message: "proto: integer overflow") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw .short
  }

  private static func fixed(
    _ rest: inout ArraySlice<UInt8>, _ count: Int
  ) throws(Failure) -> UInt64 {
    guard rest.count >= count else { throw .short }
    var value: UInt64 = 0
    for (place, byte) in rest.prefix(count).enumerated() {
      value |= UInt64(byte) << UInt64(8 * place)
    }
    rest = rest.dropFirst(count)
    return value
  }

  private static func structure(
    _ bytes: ArraySlice<UInt8>, _ type: Int, depth: Int
  ) throws(Failure) -> Value {
    guard depth < depthLimit else { throw Failure(message: "proto: too deep") }
    let structure = Schema.builtin.types[type]
    var object = Value.emptyObject
    try eachField(bytes) { (number, wire) throws(Failure) in
      for field in structure.fields where field.wire.outer == number {
        if field.wire.inner == 0 {
          try set(&object, field, wire, depth)
        } else if case .bytes(let inner) = wire {
          try eachField(inner) { (innerNumber, wire) throws(Failure) in
            guard innerNumber == field.wire.inner else { return }
            try set(&object, field, wire, depth)
          }
        }
      }
    }
    return object
  }

  private static func set(
    _ object: inout Value, _ field: StructuralType.Field, _ wire: Wire, _ depth: Int
  ) throws(Failure) {
    switch field.type {
    case .list(let element):
      var list = object[field.name]?.array ?? []
      object[field.name] = .null
      // Numbers may come packed.
      if case .bytes(let packed) = wire, isNumber(element) {
        var rest = packed
        while !rest.isEmpty { list.append(number(try varint(&rest), element)) }
      } else {
        list.append(try value(wire, element, depth))
      }
      object[field.name] = .array(list)
    case .map(let element):
      guard case .bytes(let entry) = wire else { return }
      var key = ""
      var item: Value = zero(element)
      try eachField(entry) { (number, wire) throws(Failure) in
        if number == 1, case .bytes(let text) = wire {
          key = String(decoding: text, as: UTF8.self)
        }
        if number == 2 { item = try value(wire, element, depth) }
      }
      if object[field.name]?.object == nil { object[field.name] = .emptyObject }
      object[field.name]?[key] = item
    default: object[field.name] = try value(wire, field.type, depth)
    }
  }

  private static func isNumber(_ type: FieldType) -> Bool {
    switch type {
    case .int32, .int64, .boolean: true
    default: false
    }
  }

  private static func number(_ raw: UInt64, _ type: FieldType) -> Value {
    if case .boolean = type { return .bool(raw != 0) }
    return .int(Int64(bitPattern: raw))
  }

  private static func zero(_ type: FieldType) -> Value {
    switch type {
    case .string, .bytes: ""
    case .quantity: "0"
    default: .emptyObject
    }
  }

  private static func value(
    _ wire: Wire, _ type: FieldType, _ depth: Int
  ) throws(Failure) -> Value {
    switch (type, wire) {
    case (.string, .bytes(let text)): return .string(String(decoding: text, as: UTF8.self))
    case (.bytes, .bytes(let data)): return .string(Base64.encode(data))
    case (.boolean, .varint(let raw)), (.int32, .varint(let raw)), (.int64, .varint(let raw)):
      return number(raw, type)
    case (.double, .fixed64(let raw)): return .double(Double(bitPattern: raw))
    case (.structure(let inner), .bytes(let part)):
      return try structure(part, inner, depth: depth + 1)
    case (.time, .bytes(let part)), (.microTime, .bytes(let part)):
      return try moment(part, isMicro: { if case .microTime = type { true } else { false } }())
    case (.quantity, .bytes(let part)):
      var text = "0"
      try eachField(part) { (number, wire) throws(Failure) in
        if number == 1, case .bytes(let raw) = wire { text = String(decoding: raw, as: UTF8.self) }
      }
      return .string(text)
    case (.intOrString, .bytes(let part)): return try intOrString(part)
    case (.list(let element), .bytes(let part)):
      // A map's value that is a list: a message with the items as field 1.
      var items: [Value] = []
      try eachField(part) { (number, wire) throws(Failure) in
        if number == 1 { items.append(try value(wire, element, depth + 1)) }
      }
      return .array(items)
    case (.object, .bytes(let part)), (.any, .bytes(let part)): return try raw(part)
    default: throw Failure(message: "proto: wrong wireType")
    }
  }

  private static func moment(_ part: ArraySlice<UInt8>, isMicro: Bool) throws(Failure) -> Value {
    var seconds: Int64 = 0
    var nanos: Int64 = 0
    try eachField(part) { (number, wire) throws(Failure) in
      guard case .varint(let raw) = wire else { return }
      if number == 1 { seconds = Int64(bitPattern: raw) }
      if number == 2 { nanos = Int64(bitPattern: raw) }
    }
    if seconds == -62_135_596_800 || part.isEmpty { return .null }
    let moment = Moment(seconds: seconds) + Span(nanoseconds: nanos)
    return .string(isMicro ? moment.rfc3339Micro : moment.rfc3339)
  }

  private static func intOrString(_ part: ArraySlice<UInt8>) throws(Failure) -> Value {
    var isText = false
    var number: Int64 = 0
    var text = ""
    try eachField(part) { (place, wire) throws(Failure) in
      switch (place, wire) {
      case (1, .varint(let raw)): isText = raw == 1
      case (2, .varint(let raw)): number = Int64(bitPattern: raw)
      case (3, .bytes(let raw)): text = String(decoding: raw, as: UTF8.self)
      default: break
      }
    }
    return isText ? .string(text) : .int(number)
  }

  /// A part that is JSON inside: RawExtension, FieldsV1, JSON.
  private static func raw(_ part: ArraySlice<UInt8>) throws(Failure) -> Value {
    var found: Value = .emptyObject
    try eachField(part) { (number, wire) throws(Failure) in
      guard number == 1, case .bytes(let json) = wire else { return }
      do throws(Problem) {
        found = try JSON.parse(Array(json))
      } catch {
        throw Failure(message: error.message)
      }
    }
    return found
  }
}
