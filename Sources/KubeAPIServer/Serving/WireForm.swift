package import Documents
import KubeObjects

/// A reply's tree as the server writes it as JSON.
package enum WireForm {
  /// Members in the order of Go's structs; indented for people's clients, else one line.
  ///
  /// A door that is asked for the same again and again gives a memory of its own.
  package static func bytes(
    _ value: Value, for request: APIRequest, remembering parts: WrittenParts? = nil
  ) -> [UInt8] {
    // version.go answers with json.MarshalIndent whoever asks.
    let isPretty = isPretty(request) || request.path == "/version"
    let order = order(of: value, request.path)
    guard isPretty else {
      // json.Encoder ends with a line feed, json.MarshalIndent does not.
      var bytes = line(value, order, parts)
      bytes.append(0x0A)
      return bytes
    }
    return JSON.bytes(value, JSONWriter.Style(indent: "  ", escapesHTML: true), order: order)
  }

  /// A watch's event as a line of its own, for whomever.
  package static func line(
    _ event: WatchStream.Event, remembering parts: WrittenParts? = nil
  ) -> [UInt8] {
    var bytes = Array("{\"type\":\"\(event.type)\",\"object\":".utf8)
    bytes += line(event.object, order(of: event.object, ""), parts)
    bytes += "}\n".utf8
    return bytes
  }

  /// On one line. What is remembered are the members of an object, or of a list's objects.
  private static func line(_ value: Value, _ order: WireOrder?, _ parts: WrittenParts?) -> [UInt8] {
    var writer = JSONWriter(.marshal)
    if let parts {
      let depth = value["items"]?.array == nil ? 1 : 3
      writer = JSONWriter(.marshal, remembering: parts, at: depth)
    }
    writer.write(value, order)
    return writer.bytes
  }

  // isPrettyPrint of endpoints/handlers/negotiation: asked for, or a client that people look at.
  private static func isPretty(_ request: APIRequest) -> Bool {
    if let wish = request.query.first(where: { $0.name == "pretty" })?.value {
      return wish != "false" && wish != "0"
    }
    let agent = request.headers.first { $0.name == "user-agent" }?.value ?? ""
    return ["curl", "Wget", "Mozilla/5.0"].contains { agent.hasPrefix($0) }
  }

  private static func order(of value: Value, _ path: String) -> WireOrder? {
    if path == "/version" || path == "/version/" { return .names(versionNames) }
    if let names = discoveryNames[value["kind"]?.string ?? ""] { return .names(names) }
    return StructuralOrder(value).map { .structure($0) }
  }

  private static let versionNames = [
    "major", "minor", "emulationMajor", "emulationMinor", "minCompatibilityMajor",
    "minCompatibilityMinor", "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion",
    "compiler", "platform",
  ]

  private static let discoveryNames = [
    "APIVersions": ["kind", "versions", "serverAddressByClientCIDRs"],
    "APIGroup": ["kind", "apiVersion", "name", "versions", "preferredVersion"],
  ]
}

/// A kind's structure, or the members of the topmost object alone.
private enum WireOrder: MemberOrder {
  case names([String])
  case structure(StructuralOrder)

  func rank(of member: String) -> Int {
    switch self {
    case .names(let names): names.firstIndex(of: member) ?? names.count
    case .structure(let order): order.rank(of: member)
    }
  }

  func order(within member: String) -> WireOrder? {
    guard case .structure(let order) = self else { return nil }
    return order.order(within: member).map { .structure($0) }
  }

  var elementOrder: WireOrder? {
    guard case .structure(let order) = self else { return nil }
    return order.elementOrder.map { .structure($0) }
  }

  var identity: Int? {
    guard case .structure(let order) = self else { return nil }
    return order.identity
  }
}
