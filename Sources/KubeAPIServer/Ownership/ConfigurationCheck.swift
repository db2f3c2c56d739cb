import Documents
import KubeObjects

/// Whether an applied configuration has the structure of its kind, in structured-merge-diff's words
/// (validatingObjectWalker).
struct ConfigurationCheck {
  private(set) var problems: [String] = []
  private static let depthLimit = 500

  init(_ value: Value, schema: StructureSchema) { check(value, schema, "", 0) }

  /// All problems as one error tells them; nil: there are none.
  var message: String? {
    guard let first = problems.first else { return nil }
    return problems.count == 1 ? first : "errors:\n  " + problems.joined(separator: "\n  ")
  }

  private mutating func check(
    _ value: Value, _ schema: StructureSchema, _ path: String, _ depth: Int
  ) {
    guard depth < Self.depthLimit, !value.isNull else { return }
    switch schema.demand {
    case .anything: break
    case .text:
      if value.string == nil {
        refuse(path, "string", "&value.valueUnstructured{Value:\(GoText.syntax(value))}")
      }
    case .flag: if value.bool == nil { refuse(path, "boolean", "&{\(GoText.print(value))}") }
    case .number:
      if value.number == nil {
        refuse(path, "numeric (int or float)", GoText.typeName(value))
      }
    case .list:
      guard let elements = value.array else {
        return refuse(path, "list", "&{\(GoText.print(value))}")
      }
      check(elements, schema, path, depth)
    case .map:
      guard let members = value.object else {
        return refuse(path, "map", "&{\(GoText.print(value))}")
      }
      // What comes after an unknown member is not looked at.
      for (name, member) in members {
        if let part = schema.member(name) {
          check(member, part, "\(path).\(name)", depth + 1)
        } else if !schema.allows(name) {
          problems.append("\(path).\(name): field not declared in schema")
          return
        }
      }
    }
  }

  /// An element without an identity cannot be named, nor can those after it.
  private mutating func check(
    _ elements: [Value], _ schema: StructureSchema, _ path: String, _ depth: Int
  ) {
    let ownership = schema.ownership
    let part = schema.element
    var seen: Set<PathElement> = []
    for (index, element) in elements.enumerated() {
      var name = PathElement.index(index)
      if ownership != .atomic {
        do throws(PatchFailure) {
          name = try PathElement(of: element, ownership)
        } catch {
          problems.append("\(path): element \(index): \(error.message)")
          return
        }
        if !seen.insert(name).inserted {
          problems.append("\(path): duplicate entries for key \(name)")
        }
      }
      if let part { check(element, part, path + name.description, depth + 1) }
    }
  }

  private mutating func refuse(_ path: String, _ wanted: String, _ got: String) {
    problems.append("\(path): expected \(wanted), got \(got)")
  }
}
