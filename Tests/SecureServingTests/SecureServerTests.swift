import KubeCluster
import PKI
import Testing

@testable import SecureServing

private func server(rate: Int = 1) throws -> SecureServer {
  try SecureServer(
    ServingConfiguration(
      blueprint: .apiserver, seed: 1, start: Cluster.standardStart, rate: rate))
}

private func administrator(_ server: SecureServer) throws -> HTTPSClient {
  let pems = try server.withCluster { cluster in
    let made = cluster.keys.clientCertificate(user: "a", groups: ["system:masters"])
    return (made?.certificate.pem, made?.key.pem)
  }
  return try HTTPSClient(port: server.port, certificate: pems.0, key: pems.1)
}

@Test("who shows no certificate may see the version and no Secrets")
func anonymous() throws {
  let server = try server()
  defer { try? server.stop() }
  let client = try HTTPSClient(port: server.port)
  // Indented for everybody, as the real server writes it, without a last line feed.
  #expect(try client.get("/version", until: "amd64\"\n}").contains("v1.36"))
  #expect(try client.get("/api/v1/secrets").hasPrefix("HTTP/1.1 403"))
  #expect(
    try client.get("/api/v1/secrets", headers: "Authorization: Bearer x\r\n")
      .hasPrefix("HTTP/1.1 401"))
}

@Test("a watch tells of what is created on another connection, and leaves nothing behind")
func watch() throws {
  let server = try server()
  defer { try? server.stop() }
  let watcher = try administrator(server)
  let writer = try administrator(server)
  _ = try watcher.get(
    "/api/v1/namespaces/default/configmaps?watch=true", until: "chunked")
  let body = #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"c"}}"#
  let made = try writer.send(
    "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\n"
      + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
    until: "}\n")
  #expect(made.hasPrefix("HTTP/1.1 201"))
  #expect(try watcher.send("", until: #""name":"c""#).contains(#"{"type":"ADDED""#))
  watcher.close()
  // The server hears of it a little later.
  var metrics = ""
  for _ in 0..<1000 where !metrics.contains("apiserver_registered_watchers 0") {
    metrics = try writer.get("/metrics", until: "\netcd_current_revision ")
  }
  #expect(metrics.contains("apiserver_registered_watchers 0"))
}

@Test("a body beyond three mebibytes is refused and the connection closed")
func tooLarge() throws {
  let server = try server()
  defer { try? server.stop() }
  let client = try administrator(server)
  let size = RequestHandler.bodyLimit + 1
  let answer = try client.send(
    "POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n"
      + String(repeating: " ", count: size), until: "}\n")
  #expect(answer.hasPrefix("HTTP/1.1 413"))
  #expect(answer.contains("Request entity too large: limit is 3145728"))
}
