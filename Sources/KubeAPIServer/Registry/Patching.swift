import Documents
import KubeObjects

/// Applies a patch to an object and takes the result into its structure again.
struct Patching {
  let request: ResourceRequest
  private let kind: ComponentClient.Patch
  let patch: Value

  init(_ request: ResourceRequest, _ kind: ComponentClient.Patch, _ patch: Value) {
    self.request = request
    self.kind = kind
    self.patch = patch
  }

  /// `known` is an object in the structure already, with which the result may share parts.
  func patched(
    _ old: Value, type: Int?, known: Value?, _ warnings: inout [String]
  ) throws(StatusError) -> Value {
    var new = try merged(old, type: type)
    if case .strategic = kind {
      // The patched map is read as the kind that it was, whatever it says.
      new["kind"] = old["kind"]
      new["apiVersion"] = old["apiVersion"]
    }
    guard let type else {
      try checkIdentity(new)
      let (object, unknown, failure) = CustomBody(request.resource).clean(new)
      if let failure { throw refused(new, failure, type: nil) }
      let complaints = request.patchDoubts + unknown.map { "unknown field \($0.goQuoted)" }
      if !complaints.isEmpty, request.fieldValidation != .ignore {
        if request.fieldValidation == .strict {
          throw refused(
            new, "strict decoding error: " + complaints.joined(separator: ", "), type: nil)
        }
        note(complaints, &warnings)
      }
      try request.checkPlace(of: object)
      return object
    }
    if let other = Schema.builtin.index(GroupVersion(apiVersion: new.apiVersion), kind: new.kind),
      other != type
    {
      // It is read as what it says it is.
      var reader = StructuralDecoder()
      _ = reader.decode(new, as: other)
      if let failure = reader.failure { throw refused(new, failure, type: type) }
    }
    var decoder = StructuralDecoder()
    let object = decoder.decode(new, as: type, known: known)
    if let failure = decoder.failure ?? kindFailure(new, old) {
      throw refused(new, failure, type: type)
    }
    let complaints = request.patchDoubts + decoder.unknown.map { "unknown field \($0.goQuoted)" }
    if !complaints.isEmpty, request.fieldValidation != .ignore {
      if request.fieldValidation == .strict {
        throw refused(
          new, "strict decoding error: " + complaints.joined(separator: ", "), type: type)
      }
      note(complaints, &warnings)
    }
    try request.checkPlace(of: object)
    return object
  }

  private func note(_ complaints: [String], _ warnings: inout [String]) {
    warnings += complaints
    request.warned?.texts += complaints
  }

  /// A custom resource stays of its kind and version.
  private func checkIdentity(_ new: Value) throws(StatusError) {
    let resource = request.resource
    var errors: [FieldError] = []
    for (name, wanted) in [("kind", resource.kind), ("apiVersion", resource.apiVersion)]
    where new[name] != .string(wanted) {
      errors.append(.invalid(FieldPath(name), new[name] ?? "", "must be \(wanted)"))
    }
    guard !errors.isEmpty else { return }
    throw .invalid(
      group: GroupVersion(apiVersion: new.apiVersion).group, kind: new.kind, name: request.name,
      errors)
  }

  private func kindFailure(_ new: Value, _ old: Value) -> String? {
    let isSame = new["kind"] == old["kind"] && new["apiVersion"] == old["apiVersion"]
    if isSame { return nil }
    return "no kind \(new.kind.goQuoted) is registered for version \(new.apiVersion.goQuoted)"
      + " in scheme \"pkg/api/legacyscheme/scheme.go:30\""
  }

  private func merged(_ old: Value, type: Int?) throws(StatusError) -> Value {
    switch kind {
    case .merge:
      guard case .object = patch else {
        throw .badRequest(
          "error decoding patch: json: cannot unmarshal \(BodyReader.jsonType(patch)) into Go "
            + "value of type map[string]interface {}")
      }
      return MergePatch.apply(patch, to: old)
    case .json:
      var isTooLong = false
      do throws(PatchFailure) {
        let operations = try JSONPatch(patch)
        if operations.count > 10_000 { isTooLong = true }
      } catch {
        throw .badRequest("error decoding patch: \(error.message)")
      }
      if isTooLong {
        throw StatusError(
          code: 413, reason: "RequestEntityTooLarge",
          message: "Request entity too large: The allowed maximum operations in a JSON patch is "
            + "10000, got \(patch.array?.count ?? 0)", details: .init())
      }
      do throws(PatchFailure) {
        return try JSONPatch(patch).apply(to: old)
      } catch {
        // Upstream's client is told no more than this.
        throw StatusError(
          code: 422, reason: "Invalid",
          message: "the server rejected our request due to an error in our request",
          details: .init())
      }
    case .strategic:
      guard case .object = patch else {
        throw .badRequest(
          "error decoding patch: json: cannot unmarshal \(BodyReader.jsonType(patch)) into Go "
            + "value of type map[string]interface {}")
      }
      do throws(PatchFailure) {
        return try StrategicMergePatch.apply(
          patch, to: old, schema: type.map { StructuralPatchSchema(type: $0) })
      } catch {
        throw .plain(error.message)
      }
    case .apply: return old
    }
  }

  /// What the conversion from a map says where the JSON decoder would say `cannot unmarshal`
  /// (runtime's fromUnstructured).
  private static func converted(_ failure: String) -> String {
    let words = failure.split(separator: " ").map(String.init)
    // Types that read themselves say so.
    guard failure.hasPrefix("json: cannot unmarshal "), words.count > 4, let wanted = words.last,
      !failure.contains(" into Go value of type ")
    else { return failure }
    let kinds = ["number": "int64", "array": "slice", "object": "map"]
    let isFraction = words[3] == "number" && words[4].contains { ".eE".contains($0) }
    let given = isFraction ? "float64" : kinds[words[3]] ?? words[3]
    if wanted.hasPrefix("map[") { return "cannot restore map from \(given)" }
    if wanted.hasPrefix("[]") { return "cannot restore slice from \(given)" }
    if wanted.contains(".") { return "cannot restore struct from: \(given)" }
    // Go itself converts between numbers, and whole numbers to text.
    let converts =
      given == "int64" && wanted != "bool"
      || given == "float64" && !["bool", "string"].contains(wanted)
    return converts
      ? "cannot convert \(given) to \(wanted)" : "unrecognized type: \(wanted)"
  }

  private func refused(_ new: Value, _ why: String, type: Int?) -> StatusError {
    var why = why
    let printed: String
    if case .strategic = kind {
      printed = GoText.print(patch).goQuoted
      why = Self.converted(why)
    } else {
      printed =
        String(
          decoding: JSON.bytes(
            new, .marshal, order: type.map { PatchedOrder(type: $0, touched: touched) }),
          as: UTF8.self
        ).goQuoted
    }
    let error = FieldError.invalid(FieldPath("patch"), printed: printed, why)
    return StatusError(
      code: 422, reason: "Invalid",
      message: " \"\" is invalid: \(error.message)",
      details: .init(causes: [error.cause]))
  }

  /// Where the patch goes into the object.
  private var touched: Value {
    guard case .json = kind else { return patch }
    var touched = Value.emptyObject
    for operation in patch.array ?? [] {
      for pointer in [operation.text("path"), operation.text("from")] {
        let parts: [String] = pointer.split(separator: "/").dropLast().map { part in
          String(part).replacing("~1", with: "/").replacing("~0", with: "~")
        }
        for count in parts.indices where touched.at(Array(parts[0...count])) == nil {
          touched.set(parts[0...count], .emptyObject)
        }
      }
    }
    return touched
  }
}

/// The order of a patched object's members: sorted where the patch went into it, and of the
/// structure elsewhere.
struct PatchedOrder: MemberOrder {
  private let order: StructuralOrder?
  private let touched: Value?

  init(type: Int, touched: Value) {
    self.init(StructuralOrder(type: type), touched.object == nil ? .emptyObject : touched)
  }

  private init(_ order: StructuralOrder?, _ touched: Value?) {
    self.order = order
    self.touched = touched
  }

  func rank(of member: String) -> Int { touched == nil ? order?.rank(of: member) ?? 0 : 0 }
  func order(within member: String) -> PatchedOrder? {
    let below = touched?[member].flatMap { $0.object == nil ? nil : $0 }
    let inner = order?.order(within: member)
    return inner == nil && below == nil ? nil : PatchedOrder(inner, below)
  }
  var elementOrder: PatchedOrder? { order?.elementOrder.map { PatchedOrder($0, nil) } }
}
