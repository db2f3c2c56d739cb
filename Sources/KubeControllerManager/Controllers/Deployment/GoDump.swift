import Documents
import KubeObjects

/// A Pod template as Go's spew library prints it with `%#v`, sorted keys and no methods: what
/// upstream hashes (hashutil.DeepHashObject).
struct GoDump {
  private(set) var bytes: [UInt8] = []

  init(_ template: Value) {
    bytes.reserveCapacity(8192)
    put("(v1.PodTemplateSpec)")
    write(template, .structure(0))
  }

  private mutating func put(_ text: String) { bytes += text.utf8 }

  private mutating func write(_ value: Value?, _ shape: GoTypes.Shape) {
    switch shape {
    case .pointer(let pointed):
      guard let value, !value.isNull else { return put("<nil>") }
      write(value, pointed)
    case .list(let element): writeList(value, element)
    case .map(let element): writeMap(value, element)
    case .number: put(String(value?.int ?? 0))
    case .boolean: put(value?.bool == true ? "true" : "false")
    case .quantity: writeQuantity(value)
    case .intOrString: writeIntOrString(value)
    case .time:
      // A template's creation time is always Go's zero time.
      put("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}")
    case .text: put(value?.string ?? "")
    case .structure(let place): writeFields(value, GoTypes.structs[place])
    }
  }

  private mutating func writeFields(_ value: Value?, _ fields: [GoTypes.Field]) {
    put("{")
    for (index, field) in fields.enumerated() {
      if index > 0 { put(" ") }
      bytes += field.label
      write(field.key.map { value?[$0] } ?? value, field.shape)
    }
    put("}")
  }

  private mutating func writeList(_ value: Value?, _ element: GoTypes.Shape) {
    guard let elements = value?.array, !elements.isEmpty else { return put("<nil>") }
    put("[")
    for (index, item) in elements.enumerated() {
      if index > 0 { put(" ") }
      write(item, element)
    }
    put("]")
  }

  private mutating func writeMap(_ value: Value?, _ element: GoTypes.Shape) {
    guard let members = value?.object, !members.isEmpty else { return put("<nil>") }
    put("map[")
    for (index, (key, item)) in members.enumerated() {
      if index > 0 { put(" ") }
      put(key + ":")
      write(item, element)
    }
    put("]")
  }

  private mutating func writeIntOrString(_ value: Value?) {
    let name = value?.string
    put(
      "{Type:(intstr.Type)\(name == nil ? 0 : 1) IntVal:(int32)\(value?.int ?? 0) "
        + "StrVal:(string)\(name ?? "")}")
  }

  private mutating func writeQuantity(_ value: Value?) {
    let parts = value.flatMap { try? Quantity(parsing: $0) }.map(QuantityParts.init)
    let amount = parts?.amount ?? "value:(int64)0 scale:(resource.Scale)0"
    put(
      "{i:(resource.int64Amount){\(amount)} d:(resource.infDecAmount){Dec:(*inf.Dec)"
        + "\(parts?.decimal ?? "<nil>")} s:(string)\(parts?.kept ?? "") "
        + "Format:(resource.Format)\(parts?.format ?? "")}")
  }
}

/// What ParseQuantity keeps of a quantity's canonical text.
private struct QuantityParts {
  private(set) var amount = "value:(int64)0 scale:(resource.Scale)0"
  private(set) var decimal = "<nil>"
  /// The text, where it is sure to be printed so again.
  private(set) var kept = ""
  private(set) var format = "DecimalSI"

  init(_ quantity: Quantity) {
    let canonical = quantity.description
    let digits = canonical.utf8.prefix { $0 == 0x2D || 0x30...0x39 ~= $0 }
    let number = Int64(Substring(digits)) ?? 0
    let suffix = canonical[digits.endIndex...]
    if let exponent = Self.decimal[suffix] {
      set(number, exponent)
      kept = canonical
    } else if let exponent = Self.binary[suffix] {
      format = "BinarySI"
      // As upstream's fast path: as many digits as certainly fit.
      if 15 - digits.count - exponent * 3 / 10 - 1 >= 0 {
        set(quantity.value, 0)
        if number & 7 != 0 { kept = canonical }
      } else {
        // A big integer of billionths, its words with the lowest first.
        let words = quantity.value.magnitude.multipliedFullWidth(by: 1_000_000_000)
        let high = words.high == 0 ? "" : " \(words.high)"
        decimal =
          "{unscaled:(big.Int){neg:(bool)\(number < 0) abs:(big.nat)[\(words.low)\(high)]} "
          + "scale:(inf.Scale)9}"
      }
    } else if let exponent = Int(suffix.dropFirst()) {
      format = "DecimalExponent"
      set(number, exponent)
      kept = canonical
    }
    if quantity.format == .binarySI { format = "BinarySI" }
  }

  private mutating func set(_ value: Int64, _ scale: Int) {
    amount = "value:(int64)\(value) scale:(resource.Scale)\(scale)"
  }

  private static let decimal: [Substring: Int] = [
    "": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
  ]
  private static let binary: [Substring: Int] = [
    "Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60,
  ]
}
