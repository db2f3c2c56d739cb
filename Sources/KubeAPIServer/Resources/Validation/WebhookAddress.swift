import Documents
import KubeObjects

/// The checks of where a webhook listens.
enum WebhookAddress {
  /// A webhook's clientConfig.
  static func validate(client: Value, _ path: FieldPath) -> [FieldError] {
    let address = client["url"]?.string
    let service = client["service"].flatMap { $0.isNull ? nil : $0 }
    guard (address == nil) != (service == nil) else {
      return [.required(path, "exactly one of url or service is required")]
    }
    if let address { return validate(address, path.child("url")) }
    let place = path.child("service")
    var errors: [FieldError] = []
    for field in ["name", "namespace"] where service?.text(field).isEmpty ?? true {
      errors.append(.required(place.child(field)))
    }
    let port = service?.number("port") ?? 443
    if !(1...65535).contains(port) {
      errors.append(
        .invalid(
          place.child("port"), .int(port), "port is not valid: " + Checks.between(1, 65535)))
    }
    return errors
      + validate(servicePath: service?.text("path") ?? "", place.child("path"))
  }

  static func validate(_ address: String, _ path: FieldPath) -> [FieldError] {
    let form = "; desired format: https://host[/path]"
    if let problem = problem(address) {
      return [
        .required(
          path, "url must be a valid URL: parse \(address.goQuoted): \(problem)\(form)")
      ]
    }
    var errors: [FieldError] = []
    var rest = Substring(address)
    var scheme = ""
    if let end = rest.firstIndex(of: ":") {
      scheme = String(rest[..<end])
      rest = rest[rest.index(after: end)...]
    }
    if scheme != "https" {
      errors.append(
        .invalid(path, .string(scheme), "'https' is the only allowed URL scheme\(form)"))
    }
    var fragment = ""
    if let mark = rest.firstIndex(of: "#") {
      fragment = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    var query = ""
    if let mark = rest.firstIndex(of: "?") {
      query = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    var host = Substring("")
    if rest.hasPrefix("//") { host = rest.dropFirst(2).prefix { $0 != "/" } }
    var user = ""
    if let mark = host.lastIndex(of: "@") {
      user = String(host[..<mark])
      host = host[host.index(after: mark)...]
    }
    if host.isEmpty { errors.append(.invalid(path, "", "host must be specified\(form)")) }
    for (part, name) in [
      (user, "user information is"), (fragment, "fragments are"), (query, "query parameters are"),
    ] where !part.isEmpty {
      errors.append(.invalid(path, .string(part), "\(name) not permitted in the URL"))
    }
    return errors
  }

  /// Why Go's net/url does not take an address.
  private static func problem(_ address: String) -> String? {
    if address.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      return "net/url: invalid control character in URL"
    }
    if address.hasPrefix(":") { return "missing protocol scheme" }
    guard let end = address.firstRange(of: "://") else {
      let first = address.prefix { $0 != "/" }
      let isScheme = first.prefix { $0 != ":" }.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
      }
      let startsWithLetter = first.first.map { $0.isASCII && $0.isLetter } ?? true
      return first.contains(":") && !(isScheme && startsWithLetter)
        ? "first path segment in URL cannot contain colon" : nil
    }
    let host = address[end.upperBound...].prefix { !"/?#".contains($0) }
    if host.contains(" ") { return "invalid character \" \" in host name" }
    return nil
  }

  static func validate(servicePath text: String, _ path: FieldPath) -> [FieldError] {
    guard !text.isEmpty, text != "/" else { return [] }
    func refuse(_ why: String) -> FieldError { .invalid(path, .string(text), why) }
    if text == "//" { return [refuse("segment[0] may not be empty")] }
    var errors: [FieldError] = []
    if !text.hasPrefix("/") { errors.append(refuse("must start with a '/'")) }
    var inner = text.dropFirst()
    if inner.hasSuffix("/") { inner = inner.dropLast() }
    for (index, step) in inner.split(separator: "/", omittingEmptySubsequences: false).enumerated()
    {
      if step.isEmpty {
        errors.append(refuse("segment[\(index)] may not be empty"))
        continue
      }
      errors += NameRule.dns1123Subdomain.problems(String(step)).map {
        refuse("segment[\(index)]: \($0)")
      }
    }
    return errors
  }
}
