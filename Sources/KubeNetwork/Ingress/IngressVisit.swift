import Linux
import Simulation

/// One request on its way through the controller's nginx.
struct IngressVisit {
  var request: WebRequest
  let isSecured: Bool
  let port: Int
  let server: IngressConfiguration.Server
  var location: IngressConfiguration.Location
  var captures: [String]
  /// Path and query as they go to the backend.
  var target: String
  var upstreamName = ""
  var alternativeName = ""
  /// Attempts at servers, with what each gave, for the log.
  var attempts: [Attempt] = []
  var requestID: String
  /// Lines for the error log, without what is the same for all.
  var errors: [String] = []

  struct Attempt {
    var address: String
    var status: Int?
    var length: Int?
    var elapsed: Span
  }

  var scheme: String { isSecured ? "https" : "http" }
  var host: String { request.header("Host") ?? "" }
}

extension IngressVisit {
  /// The line of the access log, in the controller's log format upstreaminfo.
  func line(_ response: WebResponse, started: Moment, ended: Moment) -> String {
    let time = Calendar(ended).formatted("%d/%b/%Y:%H:%M:%S +0000")
    func quoted(_ name: String) -> String { "\"\(request.header(name) ?? "-")\"" }
    let length =
      request.headers.reduce(request.method.utf8.count + request.target.utf8.count + 14) {
        $0 + $1.name.utf8.count + $1.value.utf8.count + 4
      } + request.body.count
    let size = request.method == "HEAD" ? 0 : response.body.count
    func joined(_ text: (Attempt) -> String) -> String {
      attempts.isEmpty ? "-" : attempts.map(text).joined(separator: ", ")
    }
    let user = user.map { $0.isEmpty ? "-" : $0 } ?? "-"
    return "\(request.client) - \(user) [\(time)] \"\(request.method) \(request.target) "
      + "\(request.version)\" \(response.status) \(size) \(quoted("Referer")) "
      + "\(quoted("User-Agent")) \(length) \(Self.seconds(ended - started)) [\(upstreamName)] "
      + "[\(alternativeName)] \(joined(\.address)) "
      + "\(joined { $0.length.map(String.init) ?? "0" }) "
      + "\(joined { Self.seconds($0.elapsed) }) "
      + "\(joined { $0.status.map(String.init) ?? "-" }) \(requestID)\n"
  }

  /// The name that basic authentication brings.
  var user: String? {
    guard let text = request.header("Authorization"), text.hasPrefix("Basic "),
      let plain = Credentials.basic(text)
    else { return nil }
    return plain.user
  }

  static func seconds(_ span: Span) -> String {
    let milliseconds = max(0, span.nanoseconds / 1_000_000)
    let rest = "\(milliseconds % 1000)"
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  /// The line of the error log for something that went wrong.
  func errorLine(_ why: String, _ now: Moment) -> String {
    "\(Calendar(now).formatted("%Y/%m/%d %H:%M:%S")) [error] 31#31: *\(request.clientPort) \(why), "
      + "client: \(request.client), server: \(server.host), request: \"\(request.method) "
      + "\(request.target) \(request.version)\", host: \"\(host)\"\n"
  }
}

/// The pages that nginx makes for statuses, without its version as the controller has it.
enum IngressPage {
  static func response(_ status: Int, location: String? = nil) -> WebResponse {
    let title = "\(status) \(titles[status] ?? WebResponse.reasons[status] ?? "Error")"
    let text =
      "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1>"
      + "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    var response = WebResponse(status, text: text, type: "text/html")
    if Self.lastStatuses.contains(status) { response.headers.append(("Connection", "close")) }
    if let location { response.headers.append(("Location", location)) }
    return response
  }

  // ngx_http_special_response_handler: after these the connection is not kept.
  private static let lastStatuses: Set<Int> = [400, 413, 414, 500, 501]

  private static let titles = [
    302: "Found", 308: "Permanent Redirect", 401: "Authorization Required", 405: "Not Allowed",
    503: "Service Temporarily Unavailable", 504: "Gateway Time-out",
  ]
}
