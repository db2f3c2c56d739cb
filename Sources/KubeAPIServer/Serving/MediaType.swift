import Documents
import KubeObjects

/// In which form an answer is wanted.
struct AnswerForm: Hashable {
  enum Encoding: Hashable { case json, yaml }
  enum Shape: Hashable { case object, table, partialMetadata, partialMetadataList }
  var encoding = Encoding.json
  var shape = Shape.object
  /// Of meta.k8s.io, where the shape is one of its kinds.
  var version = "v1"

  var contentType: String { encoding == .yaml ? "application/yaml" : "application/json" }

  static let refusal = StatusError.notAcceptable(
    "only the following media types are accepted: application/json, application/yaml, "
      + "application/vnd.kubernetes.protobuf")

  /// Reads an Accept header; nil when nothing in it can be served.
  init?(accept: String?, allowsShapes: Bool) {
    guard let accept, !accept.isEmpty else { return }
    for clause in MediaType.clauses(accept) {
      guard let form = AnswerForm(clause, allowsShapes: allowsShapes) else { continue }
      self = form
      return
    }
    return nil
  }

  init() {}

  private init?(_ type: MediaType, allowsShapes: Bool) {
    switch type.name {
    case "application/json", "application/*", "*/*": encoding = .json
    case "application/yaml": encoding = .yaml
    default: return nil
    }
    guard let form = type.parameters["as"], !form.isEmpty else { return }
    guard allowsShapes, type.parameters["g"] == "meta.k8s.io" else { return nil }
    version = type.parameters["v"] ?? ""
    guard version == "v1" || version == "v1beta1" else { return nil }
    switch form {
    case "Table": shape = .table
    case "PartialObjectMetadata": shape = .partialMetadata
    case "PartialObjectMetadataList": shape = .partialMetadataList
    default: return nil
    }
  }
}

/// One clause of an Accept or Content-Type header.
struct MediaType: Hashable {
  var name: String
  var parameters: [String: String] = [:]
  var quality = 1.0

  init(_ text: String) { self.init(Substring(text).utf8) }

  private init(_ text: Substring.UTF8View) {
    let parts = text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
    name = Self.trimmed(parts.first ?? text).lowercased()
    for part in parts.dropFirst() {
      let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1).map(Self.trimmed)
      guard halves.count == 2 else { continue }
      if halves[0] == "q" {
        quality = Double(halves[1]) ?? 1
      } else {
        parameters[halves[0].lowercased()] = halves[1]
      }
    }
  }

  /// The clauses of a header, the most wanted first.
  static func clauses(_ header: String) -> [MediaType] {
    Substring(header).utf8.split(separator: UInt8(ascii: ",")).map(Self.init).enumerated().sorted {
      $0.element.quality == $1.element.quality
        ? $0.offset < $1.offset : $0.element.quality > $1.element.quality
    }.map(\.element)
  }

  private static func trimmed(_ text: Substring.UTF8View) -> String {
    var part = text
    while part.first == UInt8(ascii: " ") { part.removeFirst() }
    while part.last == UInt8(ascii: " ") { part.removeLast() }
    return String(decoding: part, as: UTF8.self)
  }
}
