package import Documents

/// The structure of one built-in type: its fields in the order of the wire.
///
/// A class, as its fields are: every decoding walks them, and a walk should not copy them.
package final class StructuralType: Sendable {
  /// Such as core.v1.PodSpec.
  package let name: String
  /// The kind it is the object of, where it is one.
  package let kind: String?
  package let groupVersion: GroupVersion?
  /// Whether apply takes it as one value.
  package let isAtomic: Bool
  /// In the order of the wire.
  package let fields: [Field]
  /// Where `fields` are by the digests of their names: the next free slot takes what clashes.
  private let slots: [Int]
  /// Indices of the fields that an encoded object always has.
  package let always: [Int]
  /// Names of the times that an encoded object always has.
  let zeroTimes: [String]

  init(
    name: String, kind: String?, groupVersion: GroupVersion?, isAtomic: Bool, fields: [Field],
    zeroTimes: [String]
  ) {
    self.name = name
    self.kind = kind
    self.groupVersion = groupVersion
    self.isAtomic = isAtomic
    self.fields = fields
    self.zeroTimes = zeroTimes
    var slots = [Int](repeating: -1, count: Self.slotCount(of: fields.count))
    for (index, field) in fields.enumerated() {
      var slot = Self.slot(field.name, of: slots.count)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = index
    }
    self.slots = slots
    always = fields.indices.filter { fields[$0].zero != nil }
  }

  package final class Field: Sendable {
    package let name: String
    /// The protobuf number, and for a part of an inlined message the number inside it (else 0).
    package let wire: (outer: Int, inner: Int)
    package let type: FieldType
    package let isRequired: Bool
    package let defaultValue: Value?
    /// A zero or empty value is left out when encoded.
    package let omitsZero: Bool
    /// What is encoded where the field has no value; nil: nothing.
    package let zero: Value?
    /// Whether an empty list may be stored, and is none at all then: protobuf knows no empty lists.
    let isNullWhenEmpty: Bool
    /// The allowed words, where there are some.
    package let allowed: [String]
    package let list: ListType
    package let patchStrategy: String
    package let patchMergeKey: String

    init(
      name: String, wire: (outer: Int, inner: Int), type: FieldType, isRequired: Bool,
      defaultValue: Value?, omitsZero: Bool, isWritten: Bool, isWrittenPointer: Bool,
      allowed: [String], list: ListType, patchStrategy: String, patchMergeKey: String
    ) {
      self.name = name
      self.wire = wire
      self.type = type
      self.isRequired = isRequired
      self.defaultValue = defaultValue
      self.omitsZero = omitsZero
      isNullWhenEmpty = isWritten
      let isAlways = isWritten || isRequired && !omitsZero
      zero =
        switch type {
        case _ where isWrittenPointer: .some(.null)
        case .structure: defaultValue == .emptyObject ? .emptyObject : Value?.none
        case .list, .map: isAlways ? .some(.null) : Value?.none
        // Pointers have no default.
        case .string: isAlways && defaultValue == "" ? "" : Value?.none
        case .boolean: isAlways && defaultValue == false ? false : Value?.none
        case .int32, .int64: isAlways && defaultValue == 0 ? 0 : Value?.none
        default: Value?.none
        }
      self.allowed = allowed
      self.list = list
      self.patchStrategy = patchStrategy
      self.patchMergeKey = patchMergeKey
    }
  }

  package enum ListType: Sendable, Equatable {
    /// Nothing said: lists are atomic, maps and structures granular.
    case unspecified
    case atomic, set, granular
    case map(keys: [String])
  }

  /// Whether a field of a JSON schema takes a schema or something else.
  func isUnion(_ field: Field) -> Bool {
    guard case .any = field.type, name == "apiextensions.v1.JSONSchemaProps" else { return false }
    return ["items", "additionalItems", "additionalProperties"].contains(field.name)
  }

  /// The paths of lists in an object of this type that are null once they are stored empty: its own
  /// members and those of its parts.
  package var nullableLists: [[String]] {
    fields.flatMap { field -> [[String]] in
      if field.isNullWhenEmpty, case .list = field.type { return [[field.name]] }
      guard case .structure(let part) = field.type else { return [] }
      return Schema.builtin.types[part].fields.filter {
        if $0.isNullWhenEmpty, case .list = $0.type { true } else { false }
      }.map { [field.name, $0.name] }
    }
  }

  /// The field of that name.
  package func field(_ name: String) -> Field? {
    guard let index = index(of: name) else { return nil }
    return fields[index]
  }

  package func index(of name: String) -> Int? {
    var slot = Self.slot(name, of: slots.count)
    while slots[slot] >= 0 {
      if ByteOrder.equal(fields[slots[slot]].name, name) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// A power of two with room to spare.
  private static func slotCount(of fields: Int) -> Int {
    var count = 4
    while count < 3 * fields { count *= 2 }
    return count
  }

  private static func slot(_ name: String, of count: Int) -> Int {
    Int(truncatingIfNeeded: ByteOrder.digest(name) >> 20) & (count - 1)
  }
}

/// The type of a field's value.
package indirect enum FieldType: Sendable {
  case string, boolean, int32, int64, double
  /// Base 64 in JSON.
  case bytes
  case time, microTime, quantity, intOrString
  /// An object without a known structure.
  case object
  /// Any value at all.
  case any
  case list(FieldType)
  case map(FieldType)
  /// A structure: its place in `Schema.types`.
  case structure(Int)
}
