import Documents
import KubeObjects
import Linux

/// One way in which a request may match a rule of a route.
struct RouteMatch {
  enum PathType: Int {
    case exact = 3
    case expression = 2
    case prefix = 1
  }

  struct Named {
    var name: String
    var value: String
    var isExpression: Bool

    func matches(_ given: String?) -> Bool {
      guard let given else { return false }
      return isExpression ? TextPattern(value)?.matchesWhole(given) ?? false : given == value
    }
  }

  var pathType = PathType.prefix
  var path = "/"
  var method = ""
  var headers: [Named] = []
  var parameters: [Named] = []

  /// A match of an HTTPRoute.
  init(http match: Value) {
    if let path = match["path"], !path.isNull {
      self.path = path.text("value").isEmpty ? "/" : path.text("value")
      switch path.text("type") {
      case "Exact": pathType = .exact
      case "RegularExpression": pathType = .expression
      default: pathType = .prefix
      }
    }
    method = match.text("method")
    headers = Self.named(match.items("headers"))
    parameters = Self.named(match.items("queryParams"))
  }

  /// A match of a GRPCRoute: a call is a POST to /service/method.
  init(grpc match: Value) {
    let wanted = match["method"] ?? [:]
    let service = wanted.text("service")
    let method = wanted.text("method")
    if wanted.text("type") == "RegularExpression" {
      pathType = .expression
      path = "/" + (service.isEmpty ? "[^/]+" : service) + "/" + (method.isEmpty ? "[^/]+" : method)
    } else if !service.isEmpty, !method.isEmpty {
      pathType = .exact
      path = "/\(service)/\(method)"
    } else if !service.isEmpty {
      path = "/\(service)"
    } else if !method.isEmpty {
      pathType = .expression
      path = "/[^/]+/\(method)"
    }
    headers = Self.named(match.items("headers"))
  }

  private static func named(_ items: [Value]) -> [Named] {
    items.map {
      Named(
        name: $0.text("name"), value: $0.text("value"),
        isExpression: $0.text("type") == "RegularExpression")
    }
  }

  func matches(_ request: WebRequest) -> Bool {
    guard method.isEmpty || method == request.method, matches(path: request.path) else {
      return false
    }
    return headers.allSatisfy { $0.matches(request.header($0.name)) }
      && parameters.allSatisfy { $0.matches(request.parameter($0.name)) }
  }

  private func matches(path asked: String) -> Bool {
    switch pathType {
    case .exact: return asked == path
    case .expression: return TextPattern(path)?.matchesWhole(asked) ?? false
    case .prefix:
      // Element by element: /abc holds /abc/d and not /abcd.
      let prefix = path.hasSuffix("/") ? String(path.dropLast()) : path
      return prefix.isEmpty || asked == prefix || asked.hasPrefix(prefix + "/")
    }
  }

  /// Whether this match goes before another one, by the specification's order; nil when equal.
  func goesBefore(_ other: RouteMatch) -> Bool? {
    if pathType != other.pathType { return pathType.rawValue > other.pathType.rawValue }
    if path.utf8.count != other.path.utf8.count { return path.utf8.count > other.path.utf8.count }
    if method.isEmpty != other.method.isEmpty { return !method.isEmpty }
    if headers.count != other.headers.count { return headers.count > other.headers.count }
    if parameters.count != other.parameters.count {
      return parameters.count > other.parameters.count
    }
    return nil
  }
}
