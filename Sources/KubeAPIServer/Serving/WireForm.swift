package import Documents
import KubeObjects

/// A reply's tree as the server writes it as JSON.
package enum WireForm {
  /// Members in the order of Go's structs; indented for people's clients, else one line.
  package static func bytes(_ value: Value, for request: APIRequest) -> [UInt8] {
    // version.go answers with json.MarshalIndent whoever asks.
    let isPretty = isPretty(request) || request.path == "/version"
    let style = JSONWriter.Style(indent: isPretty ? "  " : nil, escapesHTML: true)
    var bytes = JSON.bytes(value, style, order: order(of: value, request.path))
    // json.Encoder ends with a line feed, json.MarshalIndent does not.
    if !isPretty { bytes.append(UInt8(ascii: "\n")) }
    return bytes
  }

  /// A watch's event as a line of its own, for whomever.
  package static func line(_ event: WatchStream.Event) -> [UInt8] {
    let style = JSONWriter.Style(indent: nil, escapesHTML: true)
    return Array("{\"type\":\"\(event.type)\",\"object\":".utf8)
      + JSON.bytes(event.object, style, order: order(of: event.object, "")) + Array("}\n".utf8)
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
    if path == "/version" || path == "/version/" { return WireOrder(names: versionNames) }
    if let names = discoveryNames[value["kind"]?.string ?? ""] { return WireOrder(names: names) }
    return StructuralOrder(value).map { WireOrder(structure: $0) }
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
private struct WireOrder: MemberOrder {
  var names: [String]
  private let structure: StructuralOrder?

  init(names: [String]) {
    self.names = names
    structure = nil
  }

  init(structure: StructuralOrder) {
    names = structure.names
    self.structure = structure
  }

  func order(within member: String) -> WireOrder? {
    structure?.order(within: member).map { WireOrder(structure: $0) }
  }

  var elementOrder: WireOrder? { structure?.elementOrder.map { WireOrder(structure: $0) } }
}
