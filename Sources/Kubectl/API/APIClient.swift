import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Speaks HTTP's terms with the API server in the name of the user, and turns refusals into errors.
final class APIClient {
  struct Answer {
    var code: Int
    var headers: [(name: String, value: String)]
    var body: APIResponse.Body
    /// The body as a tree; null when it is no JSON.
    var value: Value
  }

  let identity: Identity
  private unowned let invocation: Invocation
  private var warned: Set<String> = []

  static let agent = "kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0"

  init(identity: Identity, invocation: Invocation) {
    self.identity = identity
    self.invocation = invocation
  }

  typealias Query = [(name: String, value: String)]

  func get(_ path: String, _ query: Query = [], accept: String = "application/json") async throws
    -> Value
  {
    try await send("GET", path, query, accept: accept).value
  }

  /// Sends one request; a refusal is thrown as a status.
  func send(
    _ method: String, _ path: String, _ query: Query = [], body: Value? = nil,
    contentType: String = "application/json", accept: String = "application/json"
  ) async throws -> Answer {
    var headers: [(name: String, value: String)] = [
      ("accept", accept), ("user-agent", Self.agent),
    ]
    if body != nil { headers.append(("content-type", contentType)) }
    let answer = try await transmit(
      APIRequest(
        method: method, path: path, query: query, headers: headers,
        body: body.map { .value($0) } ?? .none))
    guard answer.code < 400 else { throw refusal(answer) }
    if case .watch(let stream) = answer.body, let timeout = identity.address.timeout {
      // http.Client's timeout counts the body, too: the watch just ends.
      _ = invocation.surroundings.after(timeout) { stream.end() }
    }
    // While an answer travels the controllers go on: a Namespace has its ServiceAccount before the
    // Pod that follows it in a file is sent.
    if method != "GET" { try await invocation.surroundings.sleep(.milliseconds(2)) }
    return answer
  }

  /// Sends a request as it is, with the user's credential and headers added.
  func transmit(_ request: APIRequest) async throws -> Answer {
    var request = request
    let url = Self.url(identity.address.url + request.path, request.query)
    var (address, credential) = (identity.address, identity.credential)
    if let plugin = identity.plugin {
      do {
        try await plugin.credentials().put(into: &address, &credential)
      } catch let failure as CredentialPlugin.Failure {
        throw CommandError.connection(url: url, reason: "getting credentials: \(failure.text)")
      }
    }
    request.credential = credential
    request.headers += identity.headers
    var response: APIResponse
    do throws(ConnectionFailure) {
      response = try await invocation.transport.send(
        request, to: address, from: invocation.surroundings.machine)
    } catch {
      if error.isOwn { throw CommandError.text(error.reason) }
      throw CommandError.connection(url: url, reason: error.reason)
    }
    if case .proxied(let answer) = response.body { response = try await arrival(of: answer) }
    trace(request, url, response)
    for header in response.headers where header.name.lowercased() == "warning" {
      warn(header.value)
    }
    var value = Value.null
    switch response.body {
    case .value(let tree): value = tree
    case .bytes(let bytes): value = (try? JSON.parse(bytes)) ?? .null
    case .watch, .connect, .proxied: break
    }
    return Answer(
      code: response.code, headers: response.headers, body: response.body, value: value)
  }

  /// Waits for what a server behind the API server says.
  private func arrival(of answer: ProxiedAnswer) async throws -> APIResponse {
    let surroundings = invocation.surroundings
    answer.onReady = { surroundings.wake() }
    defer { answer.onReady = nil }
    while true {
      if let response = answer.response { return response }
      try await surroundings.pause()
    }
  }

  /// `299 - "text"`; each text is told once.
  private func warn(_ header: String) {
    guard let open = header.firstIndex(of: "\"") else { return }
    var text = ""
    var escaped = false
    for character in header[open...].dropFirst() {
      if escaped {
        text.append(character)
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else if character == "\"" {
        break
      } else {
        text.append(character)
      }
    }
    guard warned.insert(text).inserted else { return }
    invocation.warningCount += 1
    invocation.warn(text)
  }

  private func trace(_ request: APIRequest, _ url: String, _ response: APIResponse) {
    let level = invocation.values.int("v")
    guard level >= 6 else { return }
    let phrase = Self.phrases[response.code] ?? ""
    if level >= 8, case .value(let body) = request.body {
      invocation.klog(
        "I", "request.go:1212", "\"Request Body\" body=\(Go.quoted(JSONText.compact(body)))")
    }
    invocation.klog(
      "I", "round_trippers.go:632",
      "\"Response\" verb=\(Go.quoted(request.method)) url=\(Go.quoted(url)) "
        + "status=\(Go.quoted("\(response.code) \(phrase)")) milliseconds=1")
    if level >= 8, case .value(let body) = response.body {
      invocation.klog(
        "I", "request.go:1212", "\"Response Body\" body=\(Go.quoted(JSONText.compact(body)))")
    }
  }

  private static let phrases = [
    200: "OK", 201: "Created", 202: "Accepted", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 409: "Conflict", 415: "Unsupported Media Type",
    422: "Unprocessable Entity", 500: "Internal Server Error", 503: "Service Unavailable",
  ]

  static func url(_ base: String, _ query: Query) -> String {
    guard !query.isEmpty else { return base }
    // url.Values.Encode sorts by name.
    let sorted = query.enumerated().sorted {
      $0.element.name == $1.element.name
        ? $0.offset < $1.offset : $0.element.name < $1.element.name
    }
    return base + "?"
      + sorted.map { "\(escaped($0.element.name))=\(escaped($0.element.value))" }
      .joined(separator: "&")
  }

  /// Percent-encoding for queries, blanks as `+`.
  static func escaped(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: " "): out += "+"
      default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }

  func tellOfFailedDiscovery(_ error: CommandError) {
    let text = "couldn't get current server API group list: \(CommandError.message(error))"
    // klog shows a text of several lines as a block.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let shown =
      lines.count == 1
      ? Go.quoted(text) : "<\n" + lines.map { "\t\($0)\n" }.joined() + " >"
    for _ in 0..<5 {
      invocation.klog("E", "memcache.go:265", "\"Unhandled Error\" err=\(shown)")
    }
  }

  /// What a failed answer says, or what can be said of its code alone.
  func refusal(_ answer: Answer) -> CommandError {
    guard answer.value["kind"]?.string == "Status" else {
      let (reason, text) = Self.generic(answer.code)
      return .status(StatusError(code: answer.code, reason: reason, message: text))
    }
    return .status(StatusError(reading: answer.value))
  }

  private static func generic(_ code: Int) -> (String, String) {
    switch code {
    case 404: ("NotFound", "the server could not find the requested resource")
    case 401:
      ("Unauthorized", "the server has asked for the client to provide credentials")
    case 403: ("Forbidden", "forbidden")
    case 405:
      ("MethodNotAllowed", "the server does not allow this method on the requested resource")
    case 415: ("UnsupportedMediaType", "the body of the request was in an unknown format")
    case 503: ("ServiceUnavailable", "the server is currently unable to handle the request")
    default: ("InternalError", "an error on the server has prevented the request from succeeding")
    }
  }
}

extension StatusError {
  /// Reads a Status object.
  init(reading value: Value) {
    self.init(
      code: Int(value["code"]?.int ?? 0), reason: value["reason"]?.string ?? "",
      message: value["message"]?.string ?? "")
    guard let details = value["details"], details.object != nil else { return }
    self.details = Details(
      name: details["name"]?.string ?? "", group: details["group"]?.string ?? "",
      kind: details["kind"]?.string ?? "", uid: details["uid"]?.string ?? "",
      causes: (details["causes"]?.array ?? []).map {
        Cause(
          reason: $0["reason"]?.string ?? "", message: $0["message"]?.string ?? "",
          field: $0["field"]?.string ?? "")
      }, retryAfterSeconds: Int(details["retryAfterSeconds"]?.int ?? 0))
  }
}
