import Documents
import KubeAPIServer
import Simulation

/// One line of a served cluster's journal: what a client did, and when. The same at the same moments
/// makes the same cluster again.
struct JournalEntry {
  var moment: Moment
  var act: Act

  enum Act {
    /// Only time passed.
    case waited
    case request(APIRequest)
    /// Bytes for a channel of a conversation; conversations are numbered in the order of their
    /// requests.
    case sent([UInt8], conversation: Int, channel: UInt8)
    /// No more comes on a channel.
    case closed(conversation: Int, channel: UInt8)
    /// The client left a conversation.
    case left(conversation: Int)
  }

  /// Reading changes nothing that a replay would miss.
  static func matters(_ request: APIRequest) -> Bool {
    if request.isConversation { return !request.looksOnly }
    return !["GET", "HEAD", "OPTIONS"].contains(request.method)
  }

  init(moment: Moment, act: Act) {
    self.moment = moment
    self.act = act
  }

  /// Nil for a line that is damaged, as the last one may be after a power cut.
  init?(_ line: [UInt8]) {
    guard let value = try? JSON.parse(line), let at = value["at"]?.int else { return nil }
    moment = Moment(nanoseconds: at)
    if let number = value["conversation"]?.int {
      guard let conversation = Int(exactly: number), let act = Self.spoken(value, conversation)
      else { return nil }
      self.act = act
    } else if let method = value["method"]?.string {
      guard let request = Self.request(method, value) else { return nil }
      act = .request(request)
    } else {
      act = .waited
    }
  }

  private static func spoken(_ value: Value, _ conversation: Int) -> Act? {
    guard let channel = value["channel"]?.int else { return .left(conversation: conversation) }
    guard let channel = UInt8(exactly: channel) else { return nil }
    guard let text = value["bytes"]?.string else {
      return .closed(conversation: conversation, channel: channel)
    }
    return Base64.decode(text).map { .sent($0, conversation: conversation, channel: channel) }
  }

  private static func request(_ method: String, _ value: Value) -> APIRequest? {
    var request = APIRequest(method: method, path: value["path"]?.string ?? "/")
    request.query = pairs(value["query"])
    request.headers = pairs(value["headers"])
    if let text = value["body"]?.string {
      guard let bytes = Base64.decode(text) else { return nil }
      request.body = .bytes(bytes)
    }
    if let token = value["bearer"]?.string { request.credential = .bearer(token) }
    if let text = value["certificate"]?.string, let der = Base64.decode(text) {
      request.credential = .certificate(der)
    }
    return request
  }

  var line: [UInt8] {
    var value: Value = ["at": .int(moment.nanoseconds)]
    switch act {
    case .waited: break
    case .request(let request): Self.add(request, to: &value)
    case .sent(let bytes, let conversation, let channel):
      value["conversation"] = .int(Int64(conversation))
      value["channel"] = .int(Int64(channel))
      value["bytes"] = .string(Base64.encode(bytes))
    case .closed(let conversation, let channel):
      value["conversation"] = .int(Int64(conversation))
      value["channel"] = .int(Int64(channel))
    case .left(let conversation): value["conversation"] = .int(Int64(conversation))
    }
    return JSON.bytes(value) + [UInt8(ascii: "\n")]
  }

  private static func add(_ request: APIRequest, to value: inout Value) {
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
