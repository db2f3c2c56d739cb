import Documents
package import Simulation

/// `resolves: web.shop` with `from` and `to`: a name leads to addresses, or to just these.
package struct ResolvesCheck: Check {
  package static let keyword = "resolves"
  package static let fields = ["from", "to"]
  package static let patience = Span.seconds(60)
  private let name: String
  private let from: ObjectReference?
  private let to: [Target]

  private enum Target {
    case address(String)
    /// Of a Pod its own, of a Service its cluster address or, where it has none, those behind it.
    case object(ObjectReference)
  }

  package init(_ form: Form, namespace: String) {
    name = form.string(Self.keyword) ?? ""
    if name.isEmpty || name.contains(where: { $0.isWhitespace || $0 == "/" }) {
      form.note("a name such as web.shop is expected", at: Self.keyword)
    }
    from = form.member("from").map { ObjectReference($0, namespace: namespace) }
    let given = form.member("to")
    let forms = given.map { $0.value.array == nil ? [$0] : $0.elements() } ?? []
    to = forms.map { form in
      let text = form.string() ?? ""
      return text.contains("/")
        ? .object(ObjectReference(form, namespace: namespace)) : .address(text)
    }
  }

  package func verdict(in scene: any Scene) -> Verdict {
    let place = "from \(from.map(\.description) ?? "the workstation")"
    switch scene.lookUp(name, from: from) {
    case .nowhere(let why): return .failed(why)
    case .failed(let why): return .failed("\(place): \(why)")
    case .addresses(let found):
      if to.isEmpty { return .passed }
      do {
        var wanted: Set<String> = []
        for target in to { wanted.formUnion(try Self.addresses(target, scene)) }
        if wanted == Set(found) { return .passed }
        let (now, then) = (found.sorted(), wanted.sorted())
        return .failed(
          "\(place) \(name) leads to \(now.joined(separator: ", ")), not to "
            + (then.isEmpty ? "any address" : then.joined(separator: ", ")))
      } catch { return .failed(error.message) }
    }
  }

  private static func addresses(
    _ target: Target, _ scene: any Scene
  ) throws(SceneError) -> Set<String> {
    guard case .object(let reference) = target else {
      if case .address(let address) = target { return [address] }
      return []
    }
    let object = try scene.object(reference)
    if let address = object[path: "status", "podIP"]?.string { return [address] }
    let own = object[path: "spec", "clusterIP"]?.string ?? ""
    if !own.isEmpty, own != "None" { return [own] }
    let slices = try scene.objects(
      ObjectReference(
        kind: "endpointslices", name: "", namespace: reference.namespace,
        selector: "kubernetes.io/service-name=\(reference.name)"))
    let endpoints = slices.flatMap { $0["endpoints"]?.array ?? [] }
    let ready = endpoints.filter { $0[path: "conditions", "ready"]?.bool ?? true }
    return Set(ready.flatMap { ($0["addresses"]?.array ?? []).compactMap(\.string) })
  }
}
