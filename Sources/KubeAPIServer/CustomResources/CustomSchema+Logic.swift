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
    var errors: [FieldError] = []
    switch value {
    case .object(let members):
      for (name, member) in members {
        if let part = properties[name] {
          errors += part.duplicates(member, path?.child(name) ?? FieldPath(name))
        } else if let additional {
          errors += additional.duplicates(member, path?.key(name) ?? FieldPath("[\(name)]"))
        }
      }
    case .array(let elements):
      errors = duplicates(among: elements, path)
      guard let items else { break }
      for (index, element) in elements.enumerated() {
        errors += items.duplicates(element, path?.index(index))
      }
    default: break
    }
    return errors
  }

  private func duplicates(among elements: [Value], _ path: FieldPath?) -> [FieldError] {
    guard listType == "set" || listType == "map" else { return [] }
    var seen: [Value: Int] = [:]
    var errors: [FieldError] = []
    for (index, element) in elements.enumerated() {
      var identity = element
      if listType == "map" {
        identity = .emptyObject
        for key in mapKeys {
          if let part = element[key] { identity[key] = part }
        }
      }
      let times = seen[identity, default: 0]
      seen[identity] = times + 1
      if times == 1, let path { errors.append(.duplicate(path.index(index), identity)) }
    }
    return errors
  }
}
