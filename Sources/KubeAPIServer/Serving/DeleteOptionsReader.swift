import Documents
import KubeObjects

/// Reads what a deletion is asked to do, from a body or from the query.
enum DeleteOptionsReader {
  static func query(_ options: RequestOptions) throws(StatusError) -> Value {
    var value = Value.emptyObject
    if options.has("propagationPolicy") {
      value["propagationPolicy"] = .string(options.text("propagationPolicy"))
    }
    if let period = try options.number("gracePeriodSeconds") {
      value["gracePeriodSeconds"] = .int(period)
    }
    if !options.text("orphanDependents").isEmpty {
      value["orphanDependents"] = .bool(options.flag("orphanDependents"))
    }
    let dryRuns = options.texts("dryRun")
    if !dryRuns.isEmpty { value["dryRun"] = .array(dryRuns.map { .string($0) }) }
    return value
  }

  static func body(
    _ body: APIRequest.Body, _ format: BodyReader.Format
  ) throws(StatusError) -> Value {
    var value: Value
    switch body {
    case .none: return .emptyObject
    case .value(let tree): value = tree
    case .bytes(let bytes):
      if bytes.isEmpty { return .emptyObject }
      do throws(Problem) {
        switch format {
        case .json: value = try JSON.parse(bytes)
        case .yaml: value = try YAML.parse(bytes)
        case .protobuf:
          do throws(ProtobufReader.Failure) {
            value = try ProtobufReader.object(bytes.dropFirst(4))
          } catch {
            throw Problem(error.message, line: 1, column: 1)
          }
        }
      } catch {
        throw .badRequest("couldn't get version/kind; json parse error: \(error.message)")
      }
    }
    let kind = value["kind"]?.string ?? "DeleteOptions"
    let version = value["apiVersion"]?.string ?? "meta.k8s.io/v1"
    guard kind == "DeleteOptions" else {
      throw .badRequest(
        "no kind \(kind.goQuoted) is registered for version \(version.goQuoted)"
          + " in scheme \"pkg/apis/meta/internalversion/scheme/register.go:27\"")
    }
    guard let type = Schema.builtin.index(of: "meta.v1.DeleteOptions") else { return value }
    var decoder = StructuralDecoder()
    let clean = decoder.decode(value, as: type)
    if let failure = decoder.failure { throw .badRequest(failure) }
    return clean
  }

  static func errors(_ value: Value) -> [FieldError] {
    var errors: [FieldError] = []
    if value["orphanDependents"]?.bool != nil, value["propagationPolicy"]?.string != nil {
      errors.append(
        .invalid(
          FieldPath("propagationPolicy"), value["propagationPolicy"] ?? .null,
          "orphanDependents and deletionPropagation cannot be both set"))
    }
    if let policy = value["propagationPolicy"]?.string,
      !["Foreground", "Background", "Orphan"].contains(policy)
    {
      errors.append(
        .notSupported(
          FieldPath("propagationPolicy"), .string(policy),
          ["Foreground", "Background", "Orphan", "nil"]))
    }
    let dryRuns = value["dryRun"]?.array ?? []
    if dryRuns.contains(where: { $0 != "All" }) {
      errors.append(.notSupported(FieldPath("dryRun"), .array(dryRuns), ["All"]))
    }
    return errors
  }
}
