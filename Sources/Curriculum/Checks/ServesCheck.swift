package import Simulation

/// `serves: http://web.shop/` with `from`, `status`, `contains`: what a client there is answered.
package struct ServesCheck: Check {
  package static let keyword = "serves"
  package static let fields = ["from", "status"] + TextExpectation.fields
  package static let patience = Span.seconds(60)
  let url: String
  let target: (host: String, port: Int, path: String)
  let from: ObjectReference?
  let status: Int
  let expectation: TextExpectation

  package init(_ form: Form, namespace: String) {
    url = form.string(Self.keyword) ?? ""
    status = form.integer("status", in: 100...599) ?? 200
    expectation = TextExpectation(form)
    from = form.member("from").map { ObjectReference($0, namespace: namespace) }
    var rest = Substring(url)
    if rest.hasPrefix("http://") {
      rest = rest.dropFirst(7)
    } else {
      form.note("an address that begins with http:// is expected", at: Self.keyword)
    }
    let authority = rest.prefix { $0 != "/" }
    let path = rest.dropFirst(authority.count)
    let parts = authority.split(separator: ":", maxSplits: 1)
    target = (
      String(parts.first ?? ""), parts.count > 1 ? Int(parts[1]) ?? 0 : 80,
      path.isEmpty ? "/" : String(path)
    )
    if !(1...65535).contains(target.port) {
      form.note("the port is a number from 1 to 65535", at: Self.keyword)
    }
  }

  package func verdict(in scene: any Scene) -> Verdict {
    let request =
      "GET \(target.path) HTTP/1.1\r\nHost: \(target.host)\r\nUser-Agent: drydock\r\n"
      + "Accept: */*\r\nConnection: close\r\n\r\n"
    switch scene.exchange(
      from: from, host: target.host, port: target.port, sending: Array(request.utf8))
    {
    case .failed(let why): return .failed("\(url): \(why)")
    case .nowhere(let why): return .failed(why)
    case .answered(let bytes):
      let answer = String(decoding: bytes, as: UTF8.self)
      let words = answer.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
      let code = words.count > 1 ? Int(words[1]) : nil
      guard code == status else {
        return .failed("\(url) answers \(code.map { "\($0)" } ?? "no HTTP"), not \(status)")
      }
      return expectation.mismatch(answer).map { .failed("\(url): \($0)") } ?? .passed
    }
  }
}
