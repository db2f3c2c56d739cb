import KubeCluster
import Synchronization
import Testing

@testable import SecureServing

/// A journal in memory, of which a kill leaves what was written.
private final class Pages: ServingJournal {
  let lines: [[UInt8]]
  private let written: Mutex<[UInt8]>

  init(_ text: [UInt8] = []) {
    lines = text.split(separator: UInt8(ascii: "\n")).map(Array.init)
    written = Mutex(text)
  }

  func append(_ entry: ServingEntry) { written.withLock { $0 += entry.line } }
  var text: [UInt8] { written.withLock { $0 } }
}

private func server(_ pages: Pages, rate: Int) throws -> SecureServer {
  var configuration = ServingConfiguration(
    blueprint: .single, seed: 1, start: Cluster.standardStart, rate: rate)
  configuration.journal = pages
  return try SecureServer(configuration)
}

private let pod = #"""
  {"metadata":{"name":"kept"},"spec":{"containers":[{"name":"c","image":"busybox","command":\#
  ["sleep","1d"]}]}}
  """#

@Test("a killed server's cluster is there again: objects, time, authority, files in containers")
func killed() throws {
  let pages = Pages()
  let first = try server(pages, rate: 100)
  defer { try? first.stop() }
  let keys = try clientKeys(first)
  let client = try HTTPSClient(port: first.port, certificate: keys.certificate, key: keys.key)
  let path = "/api/v1/namespaces/default/pods"
  let made = try client.send(
    "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(pod.utf8.count)\r\n\r\n\(pod)", until: "}\n")
  #expect(made.hasPrefix("HTTP/1.1 201"))
  var before = ""
  for _ in 0..<10_000 where !before.contains(#""phase":"Running""#) {
    before = try client.get(path + "/kept")
  }
  // A file that is written through a conversation.
  let talk = try HTTPSClient(port: first.port, certificate: keys.certificate, key: keys.key)
  _ = try talk.converse(
    path + "/kept/exec?command=sh&stdin=true&stdout=true&stderr=true", by: "v5.channel.k8s.io")
  let said = try talk.send(
    HTTPSClient.message("echo deep > /tmp/file; echo done\n", channel: 0), until: "done")
  #expect(said.contains("done"))
  let left = pages.text

  let second = try server(Pages(left), rate: 1)
  defer { try? second.stop() }
  // With the keys that the first authority signed.
  let again = try HTTPSClient(port: second.port, certificate: keys.certificate, key: keys.key)
  let after = try again.get(path + "/kept")
  func body(_ text: String) -> Substring { text.drop { $0 != "{" } }
  #expect(body(after) == body(before))
  let file = try second.withCluster { $0.shell.run("kubectl exec kept -- cat /tmp/file").output }
  #expect(file == "deep\n")
}
