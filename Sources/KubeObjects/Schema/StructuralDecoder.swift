package import Documents
import Simulation

/// Takes a tree into the structure of a built-in type as decoding into a Go struct and encoding it
/// again does: unknown members and empty optional ones go, those that are always there come,
/// and a value of a wrong type is refused.
package struct StructuralDecoder {
  private let schema: Schema
  /// Members that the structure does not have, as paths: spec.containers[0].colour.
  package private(set) var unknown: [String] = []
  /// The first refusal, in the words of Go's decoder.
  package private(set) var failure: String?

  private enum Step {
    case member(String)
    case key(String)
    case index(Int)
  }
  private var path: [Step] = []
  private var isTracking = false
  private var isSuspicious = false
  private var depth = 0
  /// Within types that decode themselves nobody notes what is unknown.
  private var isLenient = false
  /// The structure whose member is being read.
  private var owner = 0

  private static let depthLimit = 500

  package init(schema: Schema = .builtin) { self.schema = schema }

  /// The value in the structure of `type` (a place in `Schema.types`). Parts that it shares with
  /// `known`, an object of that structure already, are not looked at.
  package mutating func decode(_ value: Value, as type: Int, known: Value? = nil) -> Value {
    isTracking = false
    isSuspicious = false
    owner = type
    let clean = structure(value, type, known)
    if isSuspicious {  // once more, now noting where
      isTracking = true
      path = []
      _ = structure(value, type, known)
    }
    return clean ?? value
  }

  // Each of these returns nil when the value is good as it is.

  private mutating func structure(
    _ value: Value, _ type: Int, _ known: Value? = nil
  ) -> Value? {
    if let known, value.sharesStorage(with: known) { return nil }
    guard case .object(let mapping) = value else {
      refuse(value, goName(.structure(type)))
      return .emptyObject
    }
    depth += 1
    let outer = owner
    owner = type
    defer {
      depth -= 1
      owner = outer
    }
    guard depth < Self.depthLimit else {
      refuseDepth()
      return .emptyObject
    }
    let structure = schema.types[type]
    var changes: [(String, Value?)] = []
    var seen = 0
    for index in mapping.indices {
      let (name, member) = mapping[index]
      guard let place = structure.index(of: name) else {
        noteUnknown(name)
        changes.append((name, nil))
        continue
      }
      let field = structure.fields[place]
      if isTracking { path.append(.member(name)) }
      switch self.member(member, field, known?[name]) {
      case .keep: if structure.always.contains(place) { seen += 1 }
      case .drop: changes.append((name, nil))
      case .change(let new):
        if structure.always.contains(place) { seen += 1 }
        changes.append((name, new))
      }
      if isTracking { path.removeLast() }
    }
    if seen < structure.always.count {
      for place in structure.always {
        let field = structure.fields[place]
        if let given = mapping[field.name], !given.isNull { continue }
        guard let zero = field.zero else { continue }
        if case .structure(let inner) = field.type, zero == .emptyObject {
          changes.append((field.name, self.structure(.emptyObject, inner) ?? .emptyObject))
        } else {
          changes.append((field.name, zero))
        }
      }
    }
    for name in structure.zeroTimes where mapping[name]?.isNull ?? true {
      if mapping[name] == nil || changes.contains(where: { $0.0 == name }) {
        changes.append((name, .some(.null)))
      }
    }
    if changes.isEmpty { return nil }
    var new = mapping
    for (name, change) in changes { new[name] = change }
    return .object(new)
  }

  private enum Outcome {
    case keep, drop
    case change(Value)
  }

  private mutating func member(
    _ value: Value, _ field: StructuralType.Field, _ known: Value?
  ) -> Outcome {
    if value.isNull {
      if field.zero?.isNull == true { return .keep }
      // A null is Go's zero value: encoded only where zeros are.
      guard field.isRequired || field.defaultValue != nil, !field.omitsZero else { return .drop }
      switch field.type {
      case .list, .map: return .keep
      case .structure(let type):
        // A pointer stays empty even where it is required.
        guard field.defaultValue == .emptyObject else { return .drop }
        return .change(structure(.emptyObject, type) ?? .emptyObject)
      case .string: return .change("")
      case .boolean: return .change(false)
      case .int32, .int64: return .change(0)
      default: return .keep
      }
    }
    let clean =
      schema.types[owner].isUnion(field)
      ? union(value, field, known) : self.value(value, field.type, known)
    if field.omitsZero, isZero(clean ?? value) { return .drop }
    return clean.map { .change($0) } ?? .keep
  }

  /// A schema, or what may stand in its place: true or false, or several for the items of a list
  /// (apiextensions' JSONSchemaPropsOrBool and JSONSchemaPropsOrArray).
  private mutating func union(
    _ value: Value, _ field: StructuralType.Field, _ known: Value?
  ) -> Value? {
    let outer = isLenient
    isLenient = true
    defer { isLenient = outer }
    switch value {
    case .object: return structure(value, owner, known)
    case .array where field.name == "items": return list(value, .structure(owner), known)
    case .bool where field.name != "items": return nil
    default:
      if field.name != "items" { refusePlainly("boolean or JSON schema expected") }
      return nil
    }
  }

  private func isZero(_ value: Value) -> Bool {
    switch value {
    case .null, .bool(false), .int(0), .string(""): true
    case .double(let number): number == 0
    case .array(let elements): elements.isEmpty
    case .object(let mapping): mapping.isEmpty
    default: false
    }
  }

  private mutating func value(_ value: Value, _ type: FieldType, _ known: Value?) -> Value? {
    switch type {
    case .structure(let inner): return structure(value, inner, known)
    case .list(let element): return list(value, element, known)
    case .map(let element): return map(value, element, known)
    case .any: return nil
    case .object:
      if case .object = value { return nil }
      return nil  // a RawExtension takes any JSON
    default: return scalar(value, type)
    }
  }

  private mutating func scalar(_ value: Value, _ type: FieldType) -> Value? {
    switch (type, value) {
    case (.string, .string), (.boolean, .bool), (.int64, .int), (.double, .double): return nil
    case (.double, .int): return nil
    case (.int32, .int(let number)):
      if Int32(exactly: number) == nil { refuse(value, "int32") }
      return nil
    case (.int32, .double), (.int64, .double):
      // 3.0 written as a fraction is no integer to Go.
      refuse(value, goName(type))
      return 0
    case (.quantity, .string), (.quantity, .int), (.quantity, .double): return quantity(value)
    case (.time, .string(let text)): return time(text)
    case (.microTime, .string(let text)): return microTime(text)
    case (.intOrString, .string): return nil
    case (.intOrString, .int(let number)):
      if Int32(exactly: number) == nil { refuse(value, "int32") }
      return nil
    case (.bytes, .string(let text)):
      if let offset = Base64.problem(text) {
        refusePlainly("illegal base64 data at input byte \(offset)")
      }
      return nil
    case (_, .null): return nil
    // These read their own JSON, and refuse as what they read it into.
    case (.quantity, _):
      refusePlainly(Quantity.ParseError.format.description)
      return nil
    case (.intOrString, _):
      refuse(value, "int32")
      return nil
    case (.time, _), (.microTime, _):
      refuse(value, "string")
      return nil
    default:
      refuse(value, goName(type))
      return nil
    }
  }

  private mutating func quantity(_ value: Value) -> Value? {
    do {
      let canonical = try Quantity(parsing: value).description
      return value.string == canonical ? nil : .string(canonical)
    } catch {
      refusePlainly("\(error)")
      return nil
    }
  }

  private mutating func time(_ text: String) -> Value? {
    if Moment.isWritten(text) { return nil }
    do {
      let canonical = try Moment.parse(text).rfc3339
      return canonical == text ? nil : .string(canonical)
    } catch {
      refusePlainly("\(error)")
      return nil
    }
  }

  private mutating func microTime(_ text: String) -> Value? {
    if Moment.isWritten(text, digits: 6) { return nil }
    do {
      let canonical = try Moment.parse(text, layout: "2006-01-02T15:04:05.000000Z07:00")
        .rfc3339Micro
      return canonical == text ? nil : .string(canonical)
    } catch {
      refusePlainly("\(error)")
      return nil
    }
  }

  private mutating func list(_ value: Value, _ element: FieldType, _ known: Value?) -> Value? {
    if let known, value.sharesStorage(with: known) { return nil }
    guard case .array(let elements) = value else {
      refuse(value, goName(.list(element)))
      return .array([])
    }
    var changes: [(Int, Value)] = []
    for (index, item) in elements.enumerated() {
      if isTracking { path.append(.index(index)) }
      if item.isNull {
        changes.append((index, zero(element)))
      } else if let new = self.value(item, element, known?[index]) {
        changes.append((index, new))
      }
      if isTracking { path.removeLast() }
    }
    if changes.isEmpty { return nil }
    var new = elements
    for (index, change) in changes { new[index] = change }
    return .array(new)
  }

  private mutating func map(_ value: Value, _ element: FieldType, _ known: Value?) -> Value? {
    if let known, value.sharesStorage(with: known) { return nil }
    guard case .object(let mapping) = value else {
      refuse(value, goName(.map(element)))
      return .emptyObject
    }
    var changes: [(String, Value)] = []
    for index in mapping.indices {
      let (name, item) = mapping[index]
      if isTracking { path.append(.key(name)) }
      if item.isNull {
        changes.append((name, zero(element)))
      } else if let new = self.value(item, element, known?[name]) {
        changes.append((name, new))
      }
      if isTracking { path.removeLast() }
    }
    if changes.isEmpty { return nil }
    var new = mapping
    for (name, change) in changes { new[name] = change }
    return .object(new)
  }

  private mutating func zero(_ type: FieldType) -> Value {
    switch type {
    case .string, .bytes: ""
    case .boolean: false
    case .int32, .int64, .double, .intOrString: 0
    case .quantity: "0"
    case .structure(let inner): structure(.emptyObject, inner) ?? .emptyObject
    default: .null
    }
  }

  // MARK: refusals

  private mutating func noteUnknown(_ name: String) {
    if isLenient { return }
    isSuspicious = true
    guard isTracking else { return }
    unknown.append(pathText(appending: name))
  }

  private func pathText(appending name: String) -> String {
    var text = ""
    for step in path {
      switch step {
      case .member(let name), .key(let name): text += (text.isEmpty ? "" : ".") + name
      case .index(let index): text += "[\(index)]"
      }
    }
    return text + (text.isEmpty ? "" : ".") + name
  }

  private mutating func refuse(_ value: Value, _ type: String) {
    isSuspicious = true
    guard isTracking, failure == nil else { return }
    let what: String =
      switch value {
      case .null: "null"
      case .bool: "bool"
      case .int(let number): "number \(number)"
      case .double: "number " + JSON.text(value)
      case .string: "string"
      case .array: "array"
      case .object: "object"
      }
    let shown = what.hasPrefix("number") && !type.hasPrefix("int") ? "number" : what
    let members = path.compactMap { step -> String? in
      if case .member(let name) = step { name } else { nil }
    }
    let holder = members.isEmpty ? "" : goTypeName(owner)
    failure =
      members.isEmpty
      ? "json: cannot unmarshal \(shown) into Go value of type \(type)"
      : "json: cannot unmarshal \(shown) into Go struct field "
        + "\(holder).\(members.joined(separator: ".")) of type \(type)"
  }

  private mutating func refusePlainly(_ message: String) {
    isSuspicious = true
    if isTracking, failure == nil { failure = message }
  }

  private mutating func refuseDepth() { refusePlainly("json: exceeded max depth") }

  /// ObjectMeta, for meta.v1.ObjectMeta.
  private func goTypeName(_ type: Int) -> String {
    String(schema.types[type].name.split(separator: ".").last ?? "")
  }

  private func goName(_ type: FieldType) -> String {
    switch type {
    case .string: "string"
    case .boolean: "bool"
    case .int32: "int32"
    case .int64: "int64"
    case .double: "float64"
    case .bytes: "[]uint8"
    case .time: "v1.Time"
    case .microTime: "v1.MicroTime"
    case .quantity: "resource.Quantity"
    case .intOrString: "intstr.IntOrString"
    case .object: "runtime.RawExtension"
    case .any: "interface {}"
    case .list(let element): "[]" + goName(element)
    case .map(.quantity): "v1.ResourceList"
    case .map(let element): "map[string]" + goName(element)
    case .structure(let index):
      schema.types[index].name.split(separator: ".").suffix(2).joined(separator: ".")
    }
  }
}
