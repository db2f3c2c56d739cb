import Documents
import KubeObjects

/// Values as Go's spew library prints them with `%#v`, sorted keys and no methods: what upstream
/// hashes.
struct GoDump {
  private(set) var text = ""

  init(_ value: Value, as type: String) { write(value, type, showsType: true) }

  private mutating func write(_ value: Value?, _ type: String, showsType: Bool) {
    if type.hasPrefix("*") {
      let pointed = String(type.dropFirst())
      guard let value, !value.isNull else {
        text += showsType ? "(\(type))<nil>" : "<nil>"
        return
      }
      text += showsType ? "(\(type))" : "<*>"
      return write(value, pointed, showsType: false)
    }
    if showsType { text += "(\(type))" }
    if type.hasPrefix("[]") {
      writeList(value, String(type.dropFirst(2)))
    } else if type == "map[string]string" {
      writeMap(value, "string")
    } else if type == "v1.ResourceList" {
      writeMap(value, "resource.Quantity")
    } else {
      writeSimple(value, type)
    }
  }

  private mutating func writeList(_ value: Value?, _ element: String) {
    guard let elements = value?.array, !elements.isEmpty else {
      text += "<nil>"
      return
    }
    text += "["
    for (index, item) in elements.enumerated() {
      if index > 0 { text += " " }
      write(item, element, showsType: false)
    }
    text += "]"
  }

  private mutating func writeMap(_ value: Value?, _ element: String) {
    guard let members = value?.object, !members.isEmpty else {
      text += "<nil>"
      return
    }
    text += "map["
    for (index, (key, item)) in members.enumerated() {
      if index > 0 { text += " " }
      text += key + ":"
      write(item, element, showsType: false)
    }
    text += "]"
  }

  private mutating func writeSimple(_ value: Value?, _ type: String) {
    switch type {
    case "int32", "int64": text += String(value?.int ?? 0)
    case "bool": text += value?.bool == true ? "true" : "false"
    case "resource.Quantity": writeQuantity(value)
    case "intstr.IntOrString": writeIntOrString(value)
    case "v1.Time":
      // A template's creation time is always Go's zero time.
      text += "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"
    default:
      guard let fields = GoTypes.structs[type] else {
        text += value?.string ?? ""
        return
      }
      text += "{"
      for (index, field) in fields.enumerated() {
        if index > 0 { text += " " }
        text += field.name + ":"
        write(field.key == "-" ? value ?? .emptyObject : value?[field.key], field.type)
      }
      text += "}"
    }
  }

  private mutating func write(_ value: Value?, _ type: String) {
    write(value, type, showsType: true)
  }

  private mutating func writeIntOrString(_ value: Value?) {
    let name = value?.string
    text +=
      "{Type:(intstr.Type)\(name == nil ? 0 : 1) IntVal:(int32)\(value?.int ?? 0) "
      + "StrVal:(string)\(name ?? "")}"
  }

  /// A quantity as ParseQuantity leaves it: digits without the point, and how far it moved.
  private mutating func writeQuantity(_ value: Value?) {
    var number: Int64 = 0
    var scale = 0
    var format = ""
    var canonical = ""
    if let value, let quantity = try? Quantity(parsing: value) {
      canonical = quantity.description
      let parts = QuantityParts(quantity)
      (number, scale, format) = (parts.number, parts.scale, parts.format)
    }
    text +=
      "{i:(resource.int64Amount){value:(int64)\(number) scale:(resource.Scale)\(scale)} "
      + "d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)\(canonical) "
      + "Format:(resource.Format)\(format)}"
  }
}

/// The digits and the power of ten of a quantity in its canonical text.
private struct QuantityParts {
  var number: Int64 = 0
  var scale = 0
  var format = "DecimalSI"

  init(_ quantity: Quantity) {
    let canonical = quantity.description
    let digits = canonical.prefix { $0.isNumber || $0 == "-" }
    let suffix = canonical.dropFirst(digits.count)
    number = Int64(digits) ?? 0
    switch suffix {
    case "": break
    case "n": scale = -9
    case "u": scale = -6
    case "m": scale = -3
    case "k": scale = 3
    case "M": scale = 6
    case "G": scale = 9
    case "T": scale = 12
    case "P": scale = 15
    case "E": scale = 18
    default:
      if suffix.hasSuffix("i") {
        // Binary suffixes are multiplied out.
        number = quantity.value
      } else if let exponent = Int(suffix.dropFirst()) {
        scale = exponent
        format = "DecimalExponent"
      }
    }
    switch quantity.format {
    case .binarySI: format = "BinarySI"
    default: break
    }
  }
}
