import KubeAPIServer
import KubeCluster
import PKI
import Simulation
import Testing

@testable import SecureServing

private func server(rate: Int = 1) throws -> SecureServer {
  try SecureServer(
    ServingConfiguration(
      blueprint: .apiserver, seed: 1, start: Cluster.standardStart, rate: rate))
}

/// What the cluster's authority gives an administrator, as PEM.
func clientKeys(_ server: SecureServer) throws -> (certificate: String?, key: String?) {
  try server.withCluster { cluster in
    let made = cluster.keys.clientCertificate(user: "a", groups: ["system:masters"])
    return (made?.certificate.pem, made?.key.pem)
  }
}

func administrator(_ server: SecureServer) throws -> HTTPSClient {
  let keys = try clientKeys(server)
  return try HTTPSClient(port: server.port, certificate: keys.certificate, key: keys.key)
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
  let made = try create("c", by: writer)
  #expect(made.hasPrefix("HTTP/1.1 201"))
  #expect(try watcher.send("", until: #""name":"c""#).contains(#"{"type":"ADDED""#))
  watcher.hangUp()
  #expect(try watchers(0, seenBy: writer))
}

@Test("an API server whose manifest is away refuses connections until it is back")
func manifestAway() throws {
  let server = try SecureServer(
    ServingConfiguration(
      blueprint: .single, seed: 1, start: Cluster.standardStart, rate: 1000))
  defer { try? server.stop() }
  func move(_ from: String, _ to: String) throws {
    try server.withCluster { cluster in
      _ = cluster.shell.run(
        "ssh controlplane mv \(from)/kube-apiserver.yaml \(to)/kube-apiserver.yaml")
    }
  }
  func isReachable() -> Bool {
    (try? HTTPSClient(port: server.port).get("/version", until: "}")) != nil
  }
  let before = try HTTPSClient(port: server.port)
  _ = try before.get("/version", until: "}")
  try move("/etc/kubernetes/manifests", "/root")
  #expect((0..<10_000).contains { _ in !isReachable() })
  // Who was connected has been hung up on.
  #expect((try? before.get("/version", until: "}"))?.isEmpty ?? true)
  try move("/root", "/etc/kubernetes/manifests")
  #expect((0..<10_000).contains { _ in isReachable() })
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

private func create(_ name: String, by client: HTTPSClient, data: String = "") throws -> String {
  let body =
    #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"\#(name)"},"#
    + #""data":{"a":"\#(data)"}}"#
  return try client.send(
    "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\n"
      + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
    until: "}\n")
}

/// The metrics once they say how many watches there are; what a client did is heard a little later.
private func watchers(_ wanted: Int, seenBy client: HTTPSClient) throws -> Bool {
  for _ in 0..<1000 {
    let metrics = try client.get("/metrics", until: "\netcd_current_revision ")
    if metrics.contains("apiserver_registered_watchers \(wanted)\n") { return true }
  }
  return false
}

@Test("two hundred clients hear of one change, and leave nothing behind when they hang up")
func crowd() throws {
  let server = try server()
  defer { try? server.stop() }
  let clients = try (0..<200).map { _ in try administrator(server) }
  for client in clients {
    _ = try client.get("/api/v1/namespaces/default/configmaps?watch=true", until: "chunked")
  }
  let writer = try administrator(server)
  #expect(try watchers(200, seenBy: writer))
  #expect(try create("news", by: writer).hasPrefix("HTTP/1.1 201"))
  for client in clients {
    #expect(try client.send("", until: #""name":"news""#).contains(#"{"type":"ADDED""#))
  }
  for client in clients { client.hangUp() }
  #expect(try watchers(0, seenBy: writer))
}

@Test("a watch lives for two hours of a clock that runs 600 times as fast, and ends when it is due")
func soak() throws {
  let server = try server(rate: 600)
  defer { try? server.stop() }
  let watcher = try administrator(server)
  let writer = try administrator(server)
  let path = "/api/v1/namespaces/default/configmaps?watch=true&allowWatchBookmarks=true"
  _ = try watcher.get(path + "&timeoutSeconds=7200", until: "chunked")
  for name in ["first", "second", "third"] {
    // Each some minutes after the one before.
    let text = try watcher.send("", until: "BOOKMARK")
    #expect(text.contains(#"{"type":"BOOKMARK""#))
    #expect(try create(name, by: writer).hasPrefix("HTTP/1.1 201"))
    #expect(try watcher.send("", until: #""name":"\#(name)""#).contains(#"{"type":"ADDED""#))
  }
  let rest = try watcher.send("", until: "\r\n0\r\n\r\n")
  // A bookmark about every minute.
  #expect(rest.split(separator: "BOOKMARK").count > 80)
  #expect(try watchers(0, seenBy: writer))
}

@Test("a long answer is compressed for those who ask, and nothing is for those who do not")
func compression() throws {
  let server = try server()
  defer { try? server.stop() }
  let (path, json) = ("/openapi/v3/api/v1", "Accept: application/json\r\n")
  let packed = try administrator(server)
    .get(path, headers: json + "Accept-Encoding: gzip\r\n", until: "\r\n\r\n").lowercased()
  #expect(packed.contains("content-encoding: gzip"), "\(packed.prefix(500))")
  let plain = try administrator(server).get(path, headers: json, until: "\r\n\r\n")
    .lowercased()
  #expect(plain.contains("200 ok") && !plain.contains("content-encoding"))
}

@Test("a watch whose client does not read ends with 410 instead of growing")
func unread() throws {
  // So fast that changes are soon too old for the server to remember more and more of them.
  let server = try server(rate: 600)
  defer { try? server.stop() }
  let watcher = try administrator(server)
  let writer = try administrator(server)
  let path = "/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=1000000"
  _ = try watcher.get(path, until: "chunked")
  try watcher.reads(false)
  // More than the sockets' buffers take, and more changes than the server remembers.
  let data = String(repeating: "x", count: 200_000)
  for number in 0..<250 {
    #expect(try create("big\(number)", by: writer, data: data).hasPrefix("HTTP/1.1 201"))
  }
  #expect(try watchers(0, seenBy: writer))
  try watcher.reads(true)
  // All of it would be much to print.
  let end = try watcher.send("", until: "\r\n0\r\n\r\n").suffix(400)
  #expect(end.contains(#""reason":"Expired","code":410}}"#), "\(end)")
}

@Test(
  "a container sees the size of its client's terminal, and hears when it changes",
  arguments: ["v4.channel.k8s.io", "v5.channel.k8s.io"])
func resized(_ name: String) throws {
  let server = try SecureServer(
    ServingConfiguration(
      blueprint: .single, seed: 1, start: Cluster.standardStart, rate: 100))
  defer { try? server.stop() }
  try server.withCluster { cluster in
    _ = cluster.shell.run("kubectl run p --image=debian --command -- sleep 1d")
    _ = cluster.shell.run("kubectl wait --for=condition=Ready pod/p")
  }
  let client = try administrator(server)
  let opened = try client.converse(
    "/api/v1/namespaces/default/pods/p/exec?command=bash&stdin=true&stdout=true&tty=true", by: name)
  #expect(opened.contains("101 Switching Protocols"))
  func type(_ line: String, until wanted: String) throws -> String {
    try client.send(HTTPSClient.message(line + "\n", channel: 0), until: wanted)
  }
  func resize(_ width: Int, _ height: Int, until wanted: String) throws -> String {
    try client.send(
      HTTPSClient.message(#"{"Width":\#(width),"Height":\#(height)}"#, channel: 4), until: wanted)
  }
  _ = try resize(132, 50, until: "")
  #expect(try type("stty size; tput cols", until: "132\r\n").contains("50 132\r\n"))
  _ = try resize(90, 30, until: "")
  _ = try type("echo $COLUMNS-$LINES", until: "90-30\r\n")
  _ = try type(
    "bash -c 'trap \"echo now; stty size\" WINCH; echo up; while sleep 1; do :; done'",
    until: "up\r\n")
  _ = try resize(70, 20, until: "now\r\n20 70\r\n")
}

@Test("a cluster that others drive is served as it is, and is theirs again when the door closes")
func shared() throws {
  let cluster = Cluster(.apiserver, seed: 1, start: Cluster.standardStart)
  let before = cluster.timeline.now
  let server = try SecureServer(
    ServingConfiguration(blueprint: .apiserver, seed: 9, start: Cluster.standardStart),
    sharing: cluster)
  let client = try administrator(server)
  #expect(try create("c", by: client).hasPrefix("HTTP/1.1 201"))
  nonisolated(unsafe) var seen = false
  nonisolated(unsafe) let same = cluster
  try server.onLoop {
    seen =
      same.server.handle(
        APIRequest(
          method: "GET", path: "/api/v1/namespaces/default/configmaps/c",
          credential: .component(UserInfo(name: "x", groups: ["system:masters"])))
      ).code == 200
  }
  #expect(seen)
  try server.stop()
  // Whoever drives it moves its time.
  #expect(cluster.timeline.now == before)
}
