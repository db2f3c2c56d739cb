import KubeObjects

/// A kind of object as the server's discovery describes it.
struct APIResource: Hashable, Sendable {
  var group: String
  var version: String
  /// The plural name in paths.
  var name: String
  var singular: String
  var kind: String
  var shortNames: [String] = []
  var isNamespaced: Bool
  var verbs: [String] = []
  var categories: [String] = []
  var subresources: Set<String> = []

  var groupVersion: GroupVersion { GroupVersion(group, version) }
  /// `deployments.apps`, `pods`.
  var groupResource: String { group.isEmpty ? name : "\(name).\(group)" }
  /// `Deployment.apps`, `Pod`.
  var groupKind: String { group.isEmpty ? kind : "\(kind).\(group)" }
  /// `deployment.apps`, `pod`: what comes before the slash of a printed name.
  var printedKind: String {
    group.isEmpty ? kind.lowercased() : "\(kind.lowercased()).\(group)"
  }

  /// The path of its collection, or of one object in it.
  func path(namespace: String = "", name object: String = "", subresource: String = "") -> String {
    var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
    if isNamespaced, !namespace.isEmpty { path += "/namespaces/" + Self.escaped(namespace) }
    path += "/" + name
    if !object.isEmpty { path += "/" + Self.escaped(object) }
    if !subresource.isEmpty { path += "/" + subresource }
    return path
  }

  /// Percent-encoding for one part of a path.
  static func escaped(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "@"),
        UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "="):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }
}
