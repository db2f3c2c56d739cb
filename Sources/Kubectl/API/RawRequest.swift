import Documents
import KubeAPIServer

/// `--raw`: a path of the server, asked for as it is, the answer printed as it comes.
enum RawRequest {
  /// What may not stand beside it; `create` and `replace` need a file, `delete` may have one.
  static func check(_ call: Invocation, needsFile: Bool) throws {
    let values = call.values
    let files = values.strings("filename")
    if files.count > 1 || (needsFile && files.isEmpty) {
      throw CommandError.text("--raw can only use a single local file or stdin")
    }
    if files.contains(where: { $0.hasPrefix("http://") || $0.hasPrefix("https://") }) {
      throw CommandError.text("--raw cannot read from a url")
    }
    for (flag, name) in [
      ("recursive", "recursive"), ("selector", "selector (-l)"), ("output", "output"),
    ] where values.flag(flag) != nil && values.changed(flag) {
      throw CommandError.text("--raw and --\(name) are mutually exclusive")
    }
    try checkPath(values.string("raw"))
  }

  private static func checkPath(_ text: String) throws {
    guard text.hasPrefix("/") else {
      throw CommandError.text(
        "--raw must be a valid URL path: parse \(Go.quoted(text)): invalid URI for request")
    }
  }

  static func send(_ call: Invocation, _ method: String, _ text: String, body: [UInt8]? = nil)
    async throws -> String
  {
    try checkPath(text)
    let mark = text.firstIndex(of: "?") ?? text.endIndex
    let query = text[mark...].dropFirst().split(separator: "&").map { pair in
      let equals = pair.firstIndex(of: "=") ?? pair.endIndex
      return (
        name: unescaped(String(pair[..<equals])),
        value: unescaped(String(pair[equals...].dropFirst()))
      )
    }
    var headers: [(name: String, value: String)] = [("user-agent", APIClient.agent)]
    if body != nil { headers.append(("content-type", "application/json")) }
    let client = try await call.client()
    var request = APIRequest(
      method: method, path: String(text[..<mark]), query: query, headers: headers,
      body: body.map { .bytes($0) } ?? .none)
    var answer = try await client.transmit(request)
    // The root of what a proxy leads to ends in a slash: Go's client goes there by itself.
    if answer.code == 301, method == "GET", !request.path.hasSuffix("/") {
      request.path += "/"
      answer = try await client.transmit(request)
    }
    guard answer.code < 400 else { throw client.refusal(answer) }
    switch answer.body {
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .value(let value):
      return String(decoding: WireForm.bytes(value, for: request), as: UTF8.self)
    case .watch(let stream): return try await follow(stream, call)
    case .connect, .proxied: return ""
    }
  }

  private static func follow(_ stream: WatchStream, _ call: Invocation) async throws -> String {
    stream.onReady = { call.surroundings.wake() }
    defer { stream.cancel() }
    while true {
      for event in stream.take() {
        call.output.print(String(decoding: WireForm.line(event), as: UTF8.self))
      }
      try await call.flush()
      if stream.isEnded { return "" }
      try await call.surroundings.pause()
    }
  }

  static func unescaped(_ text: String) -> String {
    var out: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "%"), bytes.count >= 2,
        let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
      {
        out.append(value)
        bytes = bytes.dropFirst(2)
      } else {
        out.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
