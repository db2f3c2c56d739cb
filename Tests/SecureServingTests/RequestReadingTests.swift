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
  #expect(RequestHandler.bearerToken(header) == wanted)
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
