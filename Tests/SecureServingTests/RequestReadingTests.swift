import KubeAPIServer
import NIOHTTP1
import Testing

@testable import SecureServing

@Test(
  "a query is read as Go reads it",
  arguments: [
    ("a=1&b=2", ["a=1", "b=2"]), ("a=%3D+x&a=2", ["a== x", "a=2"]), ("watch", ["watch="]),
    ("a=%zz&b=1", ["b=1"]), ("a=%4", []), ("a;b=1&c=2", ["c=2"]), ("", []), ("&&x=&", ["x="]),
  ])
func query(_ text: String, _ wanted: [String]) {
  #expect(APIRequest.parameters(text[...]).map { "\($0.name)=\($0.value)" } == wanted)
}

@Test("header names come lower case and the path stays encoded")
func request() {
  let head = HTTPRequestHead(
    version: .http1_1, method: .GET, uri: "/api/v1/pods/a%2Fb?limit=5",
    headers: ["Accept": "application/json"])
  let request = APIRequest(head, body: [], credential: .anonymous)
  #expect(request.path == "/api/v1/pods/a%2Fb")
  #expect(request.parameter("limit") == "5")
  #expect(request.header("accept") == "application/json")
}

@Test(
  "only a bearer token counts",
  arguments: [
    ("Bearer abc", "abc"), ("bearer  abc", "abc"), ("Basic abc", nil), ("Bearer", nil),
    (nil, nil),
  ] as [(String?, String?)])
func token(_ header: String?, _ wanted: String?) {
  #expect(ClientConnection.bearerToken(header) == wanted)
}

@Test(
  "a clock is real, fast or a multiple",
  arguments: [
    ("real", 1), ("fast", 10), ("600x", 600), ("0x", nil), ("x", nil), ("-2x", nil),
    ("99999999999999999999x", nil),
  ] as [(String, Int?)])
func clock(_ name: String, _ rate: Int?) {
  #expect(ServingConfiguration.rate(named: name) == rate)
}

@Test(
  "dates are HTTP's",
  arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_780_304_400, "Mon, 01 Jun 2026 09:00:00 GMT"),
    (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
  ])
func date(_ seconds: Int64, _ wanted: String) {
  #expect(HTTPDate.text(seconds) == wanted)
}

@Test("a message of a conversation names its channel")
func messages() throws {
  let newest = try #require(ChannelProtocol.chosen(of: ["x", "v5.channel.k8s.io"]))
  #expect(newest.read([0, 65]) == .data(channel: 0, bytes: [65]))
  #expect(newest.read([255, 0]) == .close(channel: 0))
  #expect(newest.read([]) == nil)
  #expect(newest.message([65], channel: 1) == [1, 65])
  let older = try #require(ChannelProtocol.chosen(of: ["v4.channel.k8s.io"]))
  #expect(older.read([255, 0]) == .data(channel: 255, bytes: [0]))
  let text = try #require(ChannelProtocol.chosen(of: ["v4.base64.channel.k8s.io"]))
  #expect(text.message(Array("hi".utf8), channel: 2) == Array("2aGk=".utf8))
  #expect(text.read(Array("0aGk=".utf8)) == .data(channel: 0, bytes: Array("hi".utf8)))
  #expect(text.read(Array("x".utf8)) == nil)
  #expect(ChannelProtocol.chosen(of: ["v9.channel.k8s.io"]) == nil)
}
