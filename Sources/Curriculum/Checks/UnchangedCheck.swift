import Documents

/// `unchanged: [deployment/other]`: what was given still means what it did.
package struct UnchangedCheck: Check {
  package static let keyword = "unchanged"
  package static let fields: [String] = []
  package static let isGuard = true
  let references: [ObjectReference]

  package init(_ form: Form, namespace: String) {
    let given = form.member(Self.keyword)
    let forms = given?.value.array == nil ? given.map { [$0] } ?? [] : given?.elements() ?? []
    references = forms.map { ObjectReference($0, namespace: namespace) }
  }

  package func verdict(in scene: any Scene) -> Verdict {
    for reference in references {
      do {
        let now = try scene.objects(reference).map(Self.meaning)
        let before = (scene.original(reference) ?? []).map(Self.meaning)
        if now.count < before.count { return .failed("\(reference) is gone") }
        guard now != before else { continue }
        let reason = zip(before, now).lazy.compactMap { Pattern($0).mismatch($1) }.first
        return .failed("\(reference) was changed" + (reason.map { ": \($0)" } ?? ""))
      } catch { return .failed(error.message) }
    }
    return .passed
  }

  /// What a person set: not status, nor what the server counts.
  private static func meaning(_ object: Value) -> Value {
    var kept = object
    kept["status"] = nil
    kept["metadata"] = [
      "name": object[path: "metadata", "name"] ?? "",
      "labels": object[path: "metadata", "labels"] ?? [:],
    ]
    return kept
  }
}
