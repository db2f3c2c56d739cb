import KubeCluster
import NIOHTTP1
import PKI
import SecureServing

/// What the HTTPS door does with 16 connections that never rest.
func serving() throws {
  let server = try SecureServer(
    ServingConfiguration(blueprint: .apiserver, seed: 1, start: Cluster.standardStart))
  defer { try? server.stop() }
  let pems = try server.withCluster { cluster in
    let made = cluster.keys.clientCertificate(user: "b", groups: ["system:masters"])
    return (made?.certificate.pem ?? "", made?.key.pem ?? "")
  }
  let client = try LoadClient(port: server.port, certificate: pems.0, key: pems.1)
  let (connections, count) = isTiny ? (2, 5) : (16, 2000)
  let path = "/api/v1/namespaces/default/pods"
  func show(_ what: String, _ figures: LoadClient.Figures, _ aim: String) {
    let figure = "\(Int(figures.perSecond))/s, p99 \(text(figures.slowest))"
    row(what, figure, aim)
  }
  // Without controllers nobody else makes the account that Pods need.
  _ = try? client.run(connections: 1, count: 1) { _, _ in
    (.POST, "/api/v1/namespaces/default/serviceaccounts", #"{"metadata":{"name":"default"}}"#)
  }
  let made = try client.run(connections: connections, count: isTiny ? 5 : 500) {
    let name = "p\($0)-\($1)"
    return (
      .POST, path,
      #"{"metadata":{"name":"\#(name)"},"spec":{"containers":[{"name":"c","image":"nginx"}]}}"#
    )
  }
  show("create of a Pod over TLS", made, "5000/s")
  let got = try client.run(connections: connections, count: count) { _, _ in
    (.GET, path + "/p0-0", "")
  }
  show("GET of a Pod over TLS", got, "15000/s")
  let listed = try client.run(connections: connections, count: isTiny ? 2 : 10) { _, _ in
    (.GET, path + "?limit=500", "")
  }
  show("LIST of 500 Pods over TLS", listed, "")
}
