import Documents
import KubeObjects
import Simulation

/// The formats of strings that are checked.
enum TextFormat {
  /// The names that upstream knows, checked or not.
  static let known: Set<String> = [
    "bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3",
    "uuid4", "uuid5", "isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor",
    "byte", "password", "date", "duration", "datetime", "date-time", "int32", "int64", "float",
    "double", "k8s-short-name", "k8s-long-name",
  ]

  static func accepts(_ text: String, _ format: String) -> Bool {
    switch format {
    case "date-time": return Moment(rfc3339: text) != nil
    case "date": return Moment(rfc3339: text + "T00:00:00Z") != nil && text.utf8.count == 10
    case "byte": return Base64.decode(text) != nil
    case "ipv4": return isIPv4(text)
    case "cidr":
      let halves = text.split(separator: "/", omittingEmptySubsequences: false)
      guard halves.count == 2, let bits = Int(halves[1]) else { return false }
      return isIPv4(String(halves[0])) ? bits <= 32 : halves[0].contains(":") && bits <= 128
    case "uuid", "uuid3", "uuid4", "uuid5":
      let bare = text.filter { $0 != "-" }
      return bare.count == 32 && bare.allSatisfy(\.isHexDigit)
    case "mac":
      let parts = text.split { $0 == ":" || $0 == "-" }
      return [6, 8, 20].contains(parts.count)
        && parts.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isHexDigit) }
    case "duration": return Span(goText: text) != nil
    default: return true
    }
  }

  private static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        UInt8(part) != nil && (part.count == 1 || part.first != "0")
      }
  }
}
