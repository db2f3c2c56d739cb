import Documents
import KubeObjects

/// Metadata of a custom resource and of the objects embedded in it: apiextensions' `objectmeta`.
extension CustomSchema {
  /// What is wrong with embedded objects, here and below.
  func embeddedErrors(_ value: Value, _ path: FieldPath?) -> [FieldError] {
    gather(value, path, where: \.hasEmbedded) { schema, value, path in
      guard schema.isEmbedded, case .object = value else { return [] }
      return Self.identityErrors(value, path)
    }
  }

  /// An object says what it is; its metadata follows the rules of all metadata.
  static func identityErrors(_ object: Value, _ path: FieldPath?) -> [FieldError] {
    func place(_ name: String) -> FieldPath { path?.child(name) ?? FieldPath(name) }
    var errors: [FieldError] = []
    for name in ["apiVersion", "kind"] where object[name] == nil {
      errors.append(.required(place(name)))
    }
    for name in ["apiVersion", "kind"] {
      guard let value = object[name] else { continue }
      guard let text = value.string else {
        errors.append(.invalid(place(name), value, "must be a string"))
        continue
      }
      if text.isEmpty {
        errors.append(.invalid(place(name), value, "must not be empty"))
      } else if name == "kind" {
        let problems = NameRule.dns1035Label.problems(text.lowercased())
        if !problems.isEmpty {
          errors.append(
            .invalid(
              place(name), value,
              "may have mixed case, but should otherwise match: "
                + problems.joined(separator: ",")))
        }
      } else if text.filter({ $0 == "/" }).count > 1 {
        errors.append(
          .invalid(place(name), value, "unexpected GroupVersion string: \(text)"))
      }
    }
    guard var metadata = object["metadata"] else { return errors }
    if (metadata["name"]?.string ?? "").isEmpty { metadata["name"] = "fakename" }
    let isNamespaced = !(metadata["namespace"]?.string ?? "").isEmpty
    let shown: Value = ["apiVersion": object["apiVersion"] ?? "", "metadata": metadata]
    return errors
      + ObjectMetadata.validate(
        shown, namespaced: isNamespaced, .pathSegment, path: place("metadata"))
  }

  /// The value with all its metadata in the structure of ObjectMeta. `unknown` gets the members that
  /// it does not have; `failure` what a Go structure cannot hold, in the decoder's words.
  func coerced(
    _ value: Value, _ path: String, isRoot: Bool, _ unknown: inout [String],
    _ failure: inout String?
  ) -> Value {
    guard isRoot || hasEmbedded else { return value }
    switch value {
    case .object(let members):
      var kept = members
      for (name, member) in members {
        let place = path.isEmpty ? name : "\(path).\(name)"
        if isRoot || isEmbedded, name == "metadata" {
          kept[name] = Self.structured(member, place, isRoot: isRoot, &unknown, &failure)
        } else if let part = schema(of: name) {
          kept[name] = part.coerced(member, place, isRoot: false, &unknown, &failure)
        }
      }
      return .object(kept)
    case .array(let elements):
      guard let items else { return value }
      return .array(
        elements.enumerated().map {
          items.coerced($0.element, "\(path)[\($0.offset)]", isRoot: false, &unknown, &failure)
        })
    default: return value
    }
  }

  private static func structured(
    _ metadata: Value, _ place: String, isRoot: Bool, _ unknown: inout [String],
    _ failure: inout String?
  ) -> Value {
    guard let type = Schema.builtin.index(of: "meta.v1.ObjectMeta") else { return metadata }
    var decoder = StructuralDecoder()
    let clean = decoder.decode(metadata, as: type)
    unknown += decoder.unknown.map { "\(place).\($0)" }
    if failure == nil, let why = decoder.failure {
      failure = isRoot ? why : FieldError.invalid(FieldPath(place), metadata, why).message
    }
    return clean
  }
}
