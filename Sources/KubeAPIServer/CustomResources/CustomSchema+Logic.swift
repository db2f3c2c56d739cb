import Documents
import KubeObjects

extension CustomSchema {
  /// What anyOf, oneOf, allOf and not demand: kube-openapi's schemaPropsValidator.
  func logical(_ value: Value, _ place: String) -> Findings {
    func refused(_ detail: String) -> [FieldError] {
      [FieldError(.invalid, "", badValue: "\"\"", "\(place.goQuoted) \(detail)")]
    }
    func nearest(_ found: [Findings]) -> Findings {
      found.reduce(nil as Findings?) { best, one in
        best.map { one.matches > $0.matches ? one : $0 } ?? one
      } ?? Findings()
    }
    func judged(_ list: [CustomSchema]) -> [Findings] {
      list.map { $0.findings(value, old: nil, place) }
    }
    var all = Findings()
    if !anyOf.isEmpty {
      let found = judged(anyOf)
      if let good = found.first(where: \.errors.isEmpty) {
        all.merge(good)
      } else {
        all.add(refused("must validate at least one schema (anyOf)"))
        all.merge(nearest(found))
      }
    }
    if !oneOf.isEmpty {
      let found = judged(oneOf)
      let good = found.filter(\.errors.isEmpty)
      if good.count == 1, let only = good.first {
        all.merge(only)
      } else {
        all.add(
          refused(
            "must validate one and only one schema (oneOf). Found "
              + (good.isEmpty ? "none valid" : "\(good.count) valid alternatives")))
        if good.isEmpty { all.merge(nearest(found)) }
      }
    }
    if !allOf.isEmpty {
      let found = judged(allOf)
      for one in found { all.merge(one) }
      let good = found.filter(\.errors.isEmpty).count
      if good < found.count {
        all.add(
          refused(
            "must validate all the schemas (allOf)" + (good == 0 ? ". None validated" : "")))
      }
    }
    if let negated, negated.findings(value, old: nil, place).errors.isEmpty {
      all.add(refused("must not validate the schema (not)"))
    }
    return all
  }

  /// The elements that a set or a map has already, here and below: each told once.
  func duplicates(_ value: Value, _ path: FieldPath?) -> [FieldError] {
    gather(value, path, where: \.hasUnique) { $0.duplicates(among: $1.array ?? [], $2) }
  }

  private func duplicates(among elements: [Value], _ path: FieldPath?) -> [FieldError] {
    guard isUnique else { return [] }
    var seen: [Value: Int] = [:]
    var errors: [FieldError] = []
    for (index, element) in elements.enumerated() {
      let identity = identity(of: element)
      let times = seen[identity, default: 0]
      seen[identity] = times + 1
      if times == 1, let path { errors.append(.duplicate(path.index(index), identity)) }
    }
    return errors
  }

  /// What tells an element of a list from the others: its keys, or all of it.
  func identity(of element: Value) -> Value {
    guard listType == "map" else { return element }
    var identity = Value.emptyObject
    for key in mapKeys {
      if let part = element[key] { identity[key] = part }
    }
    return identity
  }

  /// What `find` says of a value and of its parts, the outer first; parts where neither it nor what
  /// is below is meant are left out.
  func gather(
    _ value: Value, _ path: FieldPath?, where isMeant: KeyPath<CustomSchema, Bool>,
    _ find: (CustomSchema, Value, FieldPath?) -> [FieldError]
  ) -> [FieldError] {
    guard self[keyPath: isMeant] else { return [] }
    var errors = find(self, value, path)
    switch value {
    case .object(let members):
      for (name, member) in members {
        if let part = properties[name] {
          errors += part.gather(member, path?.child(name) ?? FieldPath(name), where: isMeant, find)
        } else if let additional {
          let place = path?.key(name) ?? FieldPath("[\(name)]")
          errors += additional.gather(member, place, where: isMeant, find)
        }
      }
    case .array(let elements):
      guard let items, items[keyPath: isMeant] else { break }
      for (index, element) in elements.enumerated() {
        errors += items.gather(element, path?.index(index), where: isMeant, find)
      }
    default: break
    }
    return errors
  }
}

/// The elements of an old list by their keys; of lists without keys none can be told from another.
struct KeyedElements {
  private let schema: CustomSchema
  private let elements: [Value: Value]

  init(_ old: Value?, of schema: CustomSchema) {
    self.schema = schema
    let list = schema.listType == "map" ? old?.array ?? [] : []
    elements = Dictionary(list.map { (schema.identity(of: $0), $0) }) { first, _ in first }
  }

  /// The old element with the keys of a new one.
  subscript(_ element: Value) -> Value? {
    elements.isEmpty ? nil : elements[schema.identity(of: element)]
  }
}
