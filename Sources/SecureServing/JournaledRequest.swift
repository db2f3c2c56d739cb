import Documents
import KubeAPIServer
import Simulation

/// A request that may have changed the cluster, and when it came: one line of a served cluster's
/// journal. The same requests at the same moments make the same cluster again.
struct JournaledRequest {
  var moment: Moment
  /// Nil where only time passed.
  var request: APIRequest?

  /// Reading changes nothing that a replay would miss.
  static func matters(_ request: APIRequest) -> Bool {
    !["GET", "HEAD", "OPTIONS"].contains(request.method)
  }

  init(moment: Moment, request: APIRequest?) {
    self.moment = moment
    self.request = request
  }

  /// Nil for a line that is damaged, as the last one may be after a power cut.
  init?(_ line: [UInt8]) {
    guard let value = try? JSON.parse(line), let at = value["at"]?.int else { return nil }
    moment = Moment(nanoseconds: at)
    guard let method = value["method"]?.string else { return }
    var request = APIRequest(method: method, path: value["path"]?.string ?? "/")
    request.query = Self.pairs(value["query"])
    request.headers = Self.pairs(value["headers"])
    if let text = value["body"]?.string {
      guard let bytes = Base64.decode(text) else { return nil }
      request.body = .bytes(bytes)
    }
    if let token = value["bearer"]?.string { request.credential = .bearer(token) }
    if let text = value["certificate"]?.string, let der = Base64.decode(text) {
      request.credential = .certificate(der)
    }
    self.request = request
  }

  var line: [UInt8] {
    var value: Value = ["at": .int(moment.nanoseconds)]
    if let request {
      value["method"] = .string(request.method)
      value["path"] = .string(request.path)
      value["query"] = Self.value(request.query)
      value["headers"] = Self.value(request.headers)
      if case .bytes(let bytes) = request.body { value["body"] = .string(Base64.encode(bytes)) }
      switch request.credential {
      case .bearer(let token): value["bearer"] = .string(token)
      case .certificate(let der): value["certificate"] = .string(Base64.encode(der))
      case .component, .anonymous: break
      }
    }
    return JSON.bytes(value) + [UInt8(ascii: "\n")]
  }

  private static func value(_ pairs: [(name: String, value: String)]) -> Value {
    .array(pairs.map { .array([.string($0.name), .string($0.value)]) })
  }

  private static func pairs(_ value: Value?) -> [(name: String, value: String)] {
    (value?.array ?? []).compactMap { pair in
      guard let parts = pair.array, parts.count == 2, let name = parts[0].string,
        let text = parts[1].string
      else { return nil }
      return (name, text)
    }
  }
}

/// Keeps the journal of a served cluster; the door gives it, as nothing here writes to disk.
package protocol ServingJournal: Sendable {
  /// What was kept, line by line.
  var lines: [[UInt8]] { get }
  func append(_ line: [UInt8])
}
