import Foundation
import KubeCluster
import NIOHTTP1
import PKI
import SecureServing

/// What the HTTPS door does with 16 connections that never rest.
func serving() throws {
  if let work = CommandLine.arguments.firstIndex(of: "--work") {
    return try holdWatches(Array(CommandLine.arguments.dropFirst(work + 1)))
  }
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
  let watches = isTiny ? 10 : 1000
  let grown = try idleWatches(watches, port: server.port, pems)
  row("\(watches) idle watches over TLS", "\(grown >> 20) MiB", "50 MiB")
}

/// What the server's process grows by; the clients are a process of their own.
private func idleWatches(
  _ count: Int, port: Int, _ pems: (certificate: String, key: String)
) throws -> Int {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try Data(pems.certificate.utf8).write(to: folder.appending(path: "certificate"))
  try Data(pems.key.utf8).write(to: folder.appending(path: "key"))
  let clients = Process()
  clients.executableURL = URL(filePath: CommandLine.arguments[0])
  clients.arguments = ["serving", "--work", folder.path, "\(port)", "\(count)"]
  let (input, output) = (Pipe(), Pipe())
  (clients.standardInput, clients.standardOutput) = (input, output)
  let before = resident()
  try clients.run()
  // A word when all are open; they stay until their input ends.
  let word = output.fileHandleForReading.availableData
  let after = resident()
  try input.fileHandleForWriting.close()
  clients.waitUntilExit()
  guard !word.isEmpty else { throw CocoaError(.fileReadUnknown) }
  return max(0, after - before)
}

private func holdWatches(_ words: [String]) throws {
  guard words.count == 3, let port = Int(words[1]), let count = Int(words[2]) else { return }
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(words[0])/\(name)", encoding: .utf8)
  }
  let client = try LoadClient(
    port: port, certificate: try text("certificate"), key: try text("key"))
  try client.watch("/api/v1/namespaces/default/configmaps", count: count)
  FileHandle.standardOutput.write(Data("open\n".utf8))
  _ = FileHandle.standardInput.availableData
}
