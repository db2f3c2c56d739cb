import Documents

/// The types of ObjectMeta, which the client itself decodes and refuses in Go's words.
enum MetadataShape {
  private static let texts: Set<String> = [
    "generateName", "name", "namespace", "resourceVersion", "selfLink", "uid",
  ]
  private static let maps: Set<String> = ["annotations", "labels"]
  private static let numbers: Set<String> = ["deletionGracePeriodSeconds", "generation"]

  /// What encoding/json says of the first member of a wrong type, without `json: `.
  static func problem(_ metadata: Value?) -> String? {
    guard let metadata, !metadata.isNull else { return nil }
    guard let members = metadata.object else {
      return "cannot unmarshal \(kind(metadata)) into Go struct field "
        + "metadataOnlyObject.metadata of type v1.ObjectMeta"
    }
    for (name, value) in members where !value.isNull {
      if let type = mismatch(name, value) {
        return "cannot unmarshal \(type.found) into Go struct field "
          + "ObjectMeta.metadata.\(name) of type \(type.wanted)"
      }
    }
    return nil
  }

  private static func mismatch(_ name: String, _ value: Value) -> (found: String, wanted: String)? {
    if texts.contains(name) { return value.string == nil ? (kind(value), "string") : nil }
    if numbers.contains(name) { return value.int == nil ? (kind(value), "int64") : nil }
    if maps.contains(name) {
      guard let entries = value.object else { return (kind(value), "map[string]string") }
      let stranger = entries.first { !$0.value.isNull && $0.value.string == nil }
      return stranger.map { (kind($0.value), "string") }
    }
    guard name == "finalizers" else { return nil }
    guard let entries = value.array else { return (kind(value), "[]string") }
    return entries.first { !$0.isNull && $0.string == nil }.map { (kind($0), "string") }
  }

  /// What encoding/json calls a value's type.
  static func kind(_ value: Value) -> String {
    switch value {
    case .bool: "bool"
    case .int, .double: "number"
    case .array: "array"
    case .string: "string"
    default: "object"
    }
  }
}
