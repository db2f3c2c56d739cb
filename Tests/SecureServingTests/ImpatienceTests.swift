import KubeCluster
import Testing

@testable import SecureServing

private func server() throws -> SecureServer {
  var configuration = ServingConfiguration(
    blueprint: .apiserver, seed: 1, start: Cluster.standardStart)
  configuration.idleTime = .milliseconds(400)
  configuration.arrivalTime = .milliseconds(400)
  return try SecureServer(configuration)
}

@Test("who asks nothing any more is hung up on, and a quiet watch is not")
func idle() throws {
  let server = try server()
  defer { try? server.stop() }
  let watcher = try administrator(server)
  _ = try watcher.get("/api/v1/namespaces/default/configmaps?watch=true", until: "chunked")
  let silent = try HTTPSClient(port: server.port)
  #expect(try silent.send("", until: "never").isEmpty)
  let client = try administrator(server)
  _ = try client.get("/version", until: "}")
  #expect(try client.send("", until: "never").isEmpty)
  let writer = try administrator(server)
  let body = #"{"metadata":{"name":"late"}}"#
  _ = try writer.send(
    "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\n"
      + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
    until: "}\n")
  #expect(try watcher.send("", until: #""name":"late""#).contains("ADDED"))
}

@Test("a request that does not arrive whole is not waited for without end")
func arrival() throws {
  let server = try server()
  defer { try? server.stop() }
  let client = try administrator(server)
  let answer = try client.send(
    "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{",
    until: "never")
  #expect(answer.isEmpty)
}

@Test("who has no stream of HTTP/2 open is told to go")
func idleStreams() throws {
  let server = try server()
  defer { try? server.stop() }
  let client = try HTTPSClient(port: server.port, protocols: ["h2"])
  let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
  // A frame of eight bytes that is a GOAWAY.
  let answer = try client.send(
    Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings, until: "\0\0\u{8}\u{7}")
  #expect(answer.contains("\0\0\u{8}\u{7}"))
}
