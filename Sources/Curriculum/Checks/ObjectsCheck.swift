import Documents

/// `objects: pods -l app=web` with `where`, `count`, `atLeast`, `atMost`: so many mean that.
package struct ObjectsCheck: Check {
  package static let keyword = "objects"
  package static let fields = ["where", "count", "atLeast", "atMost"]
  package static let onlyLooks = true
  let reference: ObjectReference
  let pattern: Pattern?
  let least: Int
  let most: Int?

  package init(_ form: Form, namespace: String) {
    reference = ObjectReference(form.member(Self.keyword), namespace: namespace)
    pattern = form.member("where").map(Pattern.init(form:))
    let bounds = 0...1_000_000
    let count = form.integer("count", in: bounds)
    least = count ?? form.integer("atLeast", in: bounds) ?? (form.has("atMost") ? 0 : 1)
    most = count ?? form.integer("atMost", in: bounds)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    do {
      let all = try scene.objects(reference)
      let found = all.filter { pattern?.mismatch($0) == nil }.count
      if found >= least, found <= most ?? found { return .passed }
      let wanted =
        most == least ? "\(least)" : most.map { "\(least) to \($0)" } ?? "at least \(least)"
      guard let pattern, found < all.count, found < least else {
        return .failed("there are \(found) \(reference); \(wanted) wanted")
      }
      let first = all.lazy.compactMap { object in
        pattern.mismatch(object).map {
          "\(object[path: "metadata", "name"]?.string ?? ""): \($0)"
        }
      }.first
      return .failed(
        "\(found) of \(all.count) \(reference) are right; \(wanted) wanted (\(first ?? ""))")
    } catch { return .failed(error.message) }
  }
}
