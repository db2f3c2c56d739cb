package import Documents
package import KubeAPIServer

/// What a client of the opened API did to a cluster. The same at the same moments makes the same
/// cluster again.
package enum ClientAct {
  case request(APIRequest)
  /// Bytes for a channel of a conversation; conversations are numbered in the order of their
  /// requests, granted or not.
  case sent([UInt8], conversation: Int, channel: UInt8)
  /// No more comes on a channel.
  case closed(conversation: Int, channel: UInt8)
  /// The client left a conversation.
  case left(conversation: Int)

  /// Reading changes nothing that a replay would miss.
  package static func matters(_ request: APIRequest) -> Bool {
    if request.isConversation { return !request.looksOnly }
    return !["GET", "HEAD", "OPTIONS"].contains(request.method)
  }

  /// Nil for what tells of no act, or is damaged.
  package init?(_ value: Value) {
    if let number = value["conversation"]?.int {
      guard let conversation = Int(exactly: number), let act = Self.spoken(value, conversation)
      else { return nil }
      self = act
    } else if let method = value["method"]?.string {
      guard let request = Self.request(method, value) else { return nil }
      self = .request(request)
    } else {
      return nil
    }
  }

  private static func spoken(_ value: Value, _ conversation: Int) -> ClientAct? {
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

  /// To be kept, as JSON.
  package var value: Value {
    var value = Value.emptyObject
    switch self {
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
    return value
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

extension APIRequest {
  /// Whether it opens a conversation that needs WebSockets.
  package var isConversation: Bool {
    guard ["/exec", "/attach", "/portforward"].contains(where: path.hasSuffix) else { return false }
    let segments = path.split(separator: "/")
    guard segments.count == 7, segments[0] == "api" else { return false }
    return segments[4] == "pods"
  }
}
