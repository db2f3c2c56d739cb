import Documents
import KubeObjects

/// Reads the body of a write into a tree of the resource's structure, refusing in the words of the
/// server's decoder.
struct BodyReader {
  /// The kind that the path wants and the versions it is decoded by.
  let kind: String
  let groupVersion: GroupVersion
  let table: ResourceTable
  private(set) var warnings: [String] = []

  mutating func warn(_ more: [String]) { warnings += more }

  static let sizeLimit = 3 * 1024 * 1024

  init(kind: String, groupVersion: GroupVersion, table: ResourceTable) {
    self.kind = kind
    self.groupVersion = groupVersion
    self.table = table
  }

  enum Format { case json, yaml, protobuf }

  static func format(contentType: String?) throws(StatusError) -> Format {
    guard let contentType, !contentType.isEmpty else { return .json }
    switch MediaType(contentType).name {
    case "application/json": return .json
    case "application/yaml": return .yaml
    case "application/vnd.kubernetes.protobuf": return .protobuf
    default:
      throw .unsupportedMediaType(
        "the body of the request was in an unknown format - accepted media types include: "
          + "application/json, application/yaml, application/vnd.kubernetes.protobuf")
    }
  }

  /// The tree of a body and what is doubtful in it, without looking at its structure.
  mutating func tree(
    _ body: APIRequest.Body, _ format: Format
  ) throws(StatusError) -> (value: Value, doubts: Doubts) {
    switch body {
    case .none: throw unrecognized("unexpected end of JSON input", [], format)
    case .value(let value): return (value, Doubts())
    case .bytes(let bytes):
      var doubts = Doubts()
      do throws(Problem) {
        switch format {
        case .json:
          doubts.source = bytes
          let value = try JSON.parse(bytes, duplicates: &doubts.duplicates)
          // Go takes null for an empty structure.
          if value.isNull { return (.emptyObject, doubts) }
          guard case .object = value else { throw wrongRoot(value) }
          return (value, doubts)
        case .yaml:
          doubts.isYAML = true
          return (try YAML.parse(bytes, duplicates: &doubts.duplicates), doubts)
        case .protobuf: break
        }
      } catch {
        throw unrecognized(error.message, bytes, format)
      }
      return (try protobuf(bytes), doubts)
    }
  }

  /// What a strict reader complains of.
  struct Doubts {
    var duplicates: [String] = []
    var isYAML = false
    var source: [UInt8] = []

    /// All complaints: in the order of the text, or as they are where that is `isSorted`.
    func complaints(unknown: [String], isSorted: Bool = false) -> [String] {
      let doubled = duplicates.map { isYAML ? $0 : "duplicate field \($0.goQuoted)" }
      let strange = unknown.map { "unknown field \($0.goQuoted)" }
      let all = doubled + strange
      guard !isYAML, !isSorted, !source.isEmpty else { return all }
      let places: [[Int]] = (duplicates + unknown).map { place(of: $0) }
      let order = all.indices.sorted { a, b in
        places[a] == places[b] ? a < b : places[a].lexicographicallyPrecedes(places[b])
      }
      return order.map { all[$0] }
    }

    /// Where the first step of a path (and then its name) stands in the text.
    private func place(of path: String) -> [Int] {
      var places: [Int] = []
      var from = 0
      for step in path.split(separator: ".") {
        let name = "\"" + step.prefix { $0 != "[" } + "\""
        from = find(Array(name.utf8), from: from) ?? from
        places.append(from)
      }
      return places
    }

    private func find(_ name: [UInt8], from start: Int) -> Int? {
      guard name.count <= source.count, start <= source.count - name.count else { return nil }
      return (start...(source.count - name.count)).first { place in
        source[place] == name[0] && source[place..<(place + name.count)].elementsEqual(name)
      }
    }
  }

  /// Reads a whole object.
  mutating func object(
    _ body: APIRequest.Body, _ format: Format, type: Int?,
    _ validation: ResourceRequest.FieldValidation
  ) throws(StatusError) -> Value {
    let (value, doubts) = try tree(body, format)
    let clean = try kinded(value)
    return try structured(clean, doubts, type: type, validation)
  }

  /// Takes a tree into the structure of its kind.
  mutating func structured(
    _ value: Value, _ doubts: Doubts, type: Int?, _ validation: ResourceRequest.FieldValidation
  ) throws(StatusError) -> Value {
    guard let type else { return value }
    var decoder = StructuralDecoder()
    let object = decoder.decode(value, as: type)
    if let failure = decoder.failure { throw unhandled(value, failure) }
    if validation != .ignore {
      let complaints = doubts.complaints(unknown: decoder.unknown)
      if !complaints.isEmpty {
        if validation == .strict {
          throw unhandled(
            value, "strict decoding error: " + complaints.joined(separator: ", "))
        }
        warnings += complaints
      }
    }
    return object
  }

  /// Checks or fills apiVersion and kind.
  private func kinded(_ value: Value) throws(StatusError) -> Value {
    var object = value
    if object["apiVersion"] == nil || object["apiVersion"] == "" {
      object["apiVersion"] = .string(groupVersion.description)
    }
    if object["kind"] == nil || object["kind"] == "" { object["kind"] = .string(kind) }
    guard let apiVersion = object["apiVersion"]?.string, let actual = object["kind"]?.string
    else {
      let field = object["apiVersion"]?.string == nil ? "apiVersion" : "kind"
      throw .badRequest(
        "the object provided is unrecognized (must be of type \(kind)): couldn't get "
          + "version/kind; json parse error: json: cannot unmarshal "
          + "\(Self.jsonType(object[field] ?? .null)) into Go struct field .\(field) of type string"
      )
    }
    if apiVersion == groupVersion.description, actual == kind { return object }
    let version = GroupVersion(apiVersion: apiVersion)
    if kind == "Eviction", actual == kind, version.group == "policy" {
      object["apiVersion"] = .string(groupVersion.description)
      return object
    }
    let isFormer = FormerVersions.has(version, kind: actual)
    let isKnown =
      isFormer || Schema.builtin.type(version, kind: actual) != nil
      || (version.group.isEmpty && actual == "List")
    guard isKnown else {
      throw unhandled(
        object,
        "no kind \(actual.goQuoted) is registered for version \(apiVersion.goQuoted)"
          + " in scheme \"pkg/api/legacyscheme/scheme.go:30\"")
    }
    if actual == kind, isFormer || version.group == groupVersion.group {
      throw .badRequest(
        "the API version in the data (\(apiVersion)) does not match the expected API version "
          + "(\(groupVersion))")
    }
    throw unhandled(
      object,
      "converting (\(Self.goPackage(version)).\(actual)) to "
        + "(\(Self.internalPackage(groupVersion.group)).\(kind)): unknown conversion")
  }

  private static func goPackage(_ version: GroupVersion) -> String { version.version }
  private static func internalPackage(_ group: String) -> String {
    group.isEmpty ? "core" : String(group.prefix { $0 != "." })
  }

  private func unhandled(_ object: Value, _ why: String) -> StatusError {
    let version = GroupVersion(apiVersion: object.apiVersion).version
    return .badRequest(
      "\(object.kind) in version \(version.goQuoted) cannot be handled as a \(kind): \(why)")
  }

  private func unrecognized(_ why: String, _ bytes: [UInt8], _ format: Format) -> StatusError {
    let reason =
      format == .json ? "couldn't get version/kind; json parse error: \(why)" : why
    return .badRequest(
      "the object provided is unrecognized (must be of type \(kind)): \(reason) "
        + "(\(Self.summary(bytes)))")
  }

  private func wrongRoot(_ value: Value) -> Problem {
    Problem(
      "json: cannot unmarshal \(Self.jsonType(value)) into Go value of type struct { APIVersion "
        + "string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }",
      line: 1, column: 1)
  }

  static func jsonType(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool: "bool"
    case .int, .double: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The start of a body as an error shows it.
  static func summary(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "<empty>" }
    let part = bytes.prefix(30)
    let tail = bytes.count > 30 ? " ..." : ""
    if bytes[0] == UInt8(ascii: "{") { return String(decoding: part, as: UTF8.self) + tail }
    let digits = Array("0123456789abcdef")
    return String(part.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }) + tail
  }

  private func protobuf(_ bytes: [UInt8]) throws(StatusError) -> Value {
    guard bytes.starts(with: [0x6B, 0x38, 0x73, 0]) else {
      throw unrecognized(
        "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
        bytes, .protobuf)
    }
    do throws(ProtobufReader.Failure) {
      return try ProtobufReader.object(bytes[4...])
    } catch {
      throw unrecognized(error.message, bytes, .protobuf)
    }
  }
}
