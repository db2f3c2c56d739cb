import Documents

/// `absent: pod/old`: no such object is left.
package struct AbsentCheck: Check {
  package static let keyword = "absent"
  package static let fields: [String] = []
  package static let onlyLooks = true
  let reference: ObjectReference

  package init(_ form: Form, namespace: String) {
    reference = ObjectReference(form.member(Self.keyword), namespace: namespace)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    do {
      let left = try scene.objects(reference)
      // What is on its way out counts as gone.
      let staying = left.filter { $0[path: "metadata", "deletionTimestamp"] == nil }
      return staying.isEmpty ? .passed : .failed("\(reference) still exists")
    } catch { return .failed(error.message) }
  }
}
