import Documents
import KubeObjects

/// The query parameters of a request, read and checked as upstream's option types are.
struct RequestOptions {
  private let query: [(name: String, value: String)]

  init(_ query: [(name: String, value: String)]) { self.query = query }

  func text(_ name: String) -> String { query.first { $0.name == name }?.value ?? "" }
  func texts(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
  func has(_ name: String) -> Bool { query.contains { $0.name == name } }

  /// Upstream's conversion of a query parameter to a bool: only 0 and false are false.
  func flag(_ name: String) -> Bool {
    guard has(name) else { return false }
    let value = text(name).lowercased()
    return value != "false" && value != "0"
  }

  func number(_ name: String) throws(StatusError) -> Int64? {
    guard has(name) else { return nil }
    let value = text(name)
    guard let number = Int64(value) else {
      throw .badRequest("strconv.ParseInt: parsing \(value.goQuoted): invalid syntax")
    }
    return number
  }

  /// Fills dryRun, fieldManager and fieldValidation of a write.
  func apply(
    to request: inout ResourceRequest, kind: String, isApply: Bool = false
  ) throws(StatusError) {
    var errors: [FieldError] = []
    let dryRuns = texts("dryRun")
    for dryRun in dryRuns where dryRun != "All" {
      errors.append(
        .notSupported(FieldPath("dryRun"), .array(dryRuns.map { .string($0) }), ["All"]))
      break
    }
    request.dryRun = !dryRuns.isEmpty
    request.force = flag("force")
    if isApply, text("fieldManager").isEmpty {
      errors.append(.required(FieldPath("fieldManager"), "is required for apply patch"))
    }
    if kind == "PatchOptions", !isApply, has("force") {
      errors.append(.forbidden(FieldPath("force"), "may not be specified for non-apply patch"))
    }
    errors += Self.managerErrors(text("fieldManager"))
    let validation = text("fieldValidation")
    if let known = ResourceRequest.FieldValidation(rawValue: validation) {
      request.fieldValidation = known
    } else if !validation.isEmpty {
      errors.append(
        .notSupported(
          FieldPath("fieldValidation"), .string(validation), ["", "Ignore", "Strict", "Warn"]))
    }
    guard errors.isEmpty else {
      throw .invalid(group: "meta.k8s.io", kind: kind, name: "", errors)
    }
    if !text("fieldManager").isEmpty { request.manager = text("fieldManager") }
    var options: Value = ["kind": .string(kind), "apiVersion": "meta.k8s.io/v1"]
    if !dryRuns.isEmpty { options["dryRun"] = ["All"] }
    if !text("fieldManager").isEmpty { options["fieldManager"] = .string(text("fieldManager")) }
    if !validation.isEmpty { options["fieldValidation"] = .string(validation) }
    if request.force { options["force"] = true }
    request.options = options
  }

  /// Go's %#U of what cannot be printed.
  private static func hash(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func managerErrors(_ manager: String) -> [FieldError] {
    var errors: [FieldError] = []
    if manager.utf8.count > 128 { errors.append(.tooLong(FieldPath("fieldManager"), max: 128)) }
    for (index, scalar) in manager.unicodeScalars.enumerated()
    where !scalar.properties.isPrintable {
      errors.append(
        .invalid(
          FieldPath("fieldManager"), .string(manager),
          "invalid character \(Self.hash(scalar)) (at position \(index))"))
    }
    return errors
  }
}

extension Unicode.Scalar.Properties {
  /// Go's unicode.IsPrint, for what a manager's name may be made of.
  fileprivate var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: true
    default: true
    }
  }
}

/// Which part of a collection a list is to show, and as of when.
struct ListOptions {
  var limit: Int64 = 0
  var continuation = ""
  var resourceVersion = ""
  var resourceVersionMatch = ""
  var isWatch = false
  var allowsBookmarks = false
  var sendsInitialEvents: Bool?
  var timeoutSeconds: Int64?

  init(_ options: RequestOptions, isWatch: Bool) throws(StatusError) {
    self.isWatch = isWatch
    limit = try options.number("limit") ?? 0
    timeoutSeconds = try options.number("timeoutSeconds")
    continuation = options.text("continue")
    resourceVersion = options.text("resourceVersion")
    resourceVersionMatch = options.text("resourceVersionMatch")
    allowsBookmarks = options.flag("allowWatchBookmarks")
    if !options.text("sendInitialEvents").isEmpty {
      sendsInitialEvents = options.flag("sendInitialEvents")
    }
    let errors = isWatch ? watchErrors() : listErrors()
    if !errors.isEmpty {
      throw .invalid(group: "meta.k8s.io", kind: "ListOptions", name: "", errors)
    }
  }

  private func listErrors() -> [FieldError] {
    var errors: [FieldError] = []
    let match = resourceVersionMatch
    if !match.isEmpty {
      if resourceVersion.isEmpty {
        errors.append(
          .forbidden(
            FieldPath("resourceVersionMatch"),
            "resourceVersionMatch is forbidden unless resourceVersion is provided"))
      }
      if !continuation.isEmpty {
        errors.append(
          .forbidden(
            FieldPath("resourceVersionMatch"),
            "resourceVersionMatch is forbidden when continue is provided"))
      }
      if match != "Exact", match != "NotOlderThan" {
        errors.append(
          .notSupported(
            FieldPath("resourceVersionMatch"), .string(match), ["Exact", "NotOlderThan", ""]))
      }
      if match == "Exact", resourceVersion == "0" {
        errors.append(
          .forbidden(
            FieldPath("resourceVersionMatch"),
            "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
      }
    }
    if sendsInitialEvents != nil {
      errors.append(
        .forbidden(FieldPath("sendInitialEvents"), "sendInitialEvents is forbidden for list"))
    }
    return errors
  }

  private func watchErrors() -> [FieldError] {
    var errors: [FieldError] = []
    if sendsInitialEvents != nil, resourceVersionMatch != "NotOlderThan" {
      errors.append(
        resourceVersionMatch.isEmpty
          ? .forbidden(
            FieldPath("resourceVersionMatch"),
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
          : .notSupported(
            FieldPath("resourceVersionMatch"), .string(resourceVersionMatch), ["NotOlderThan"]))
    }
    let match = FieldPath("resourceVersionMatch")
    if sendsInitialEvents == nil, !resourceVersionMatch.isEmpty {
      errors.append(
        .forbidden(
          match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
      )
      if resourceVersionMatch != "NotOlderThan" {
        errors.append(.notSupported(match, .string(resourceVersionMatch), ["NotOlderThan"]))
      }
    }
    if !continuation.isEmpty {
      errors.append(
        .forbidden(match, "resourceVersionMatch is forbidden when continue is provided"))
    }
    return errors
  }
}
