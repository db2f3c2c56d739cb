import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

@Test("a new cluster has its namespaces, default roles, priority classes and kubernetes Service")
func bootstrap() throws {
  let server = APIServer(timeline: Timeline(now: Moment(seconds: 1_780_304_400)), seed: 1)
  server.bootstrap(authority: "PEM\n", address: "10.0.0.1")
  let client = ComponentClient(
    server: server, user: UserInfo(name: "t", groups: ["system:masters"]), manager: "t")
  #expect(
    try client.list(.namespaces).map(\.name)
      == ["default", "kube-node-lease", "kube-public", "kube-system"])
  let admin = try client.get(.clusterRoles, "cluster-admin")
  #expect(admin["rules"]?[0]?["verbs"] == ["*"])
  #expect(admin.creationTimestamp == server.timeline.now && !admin.uid.isEmpty)
  #expect(try client.get(.priorityClasses, "system-node-critical")["value"] == 2_000_001_000)
  let service = try client.get(.services, "kubernetes", namespace: "default")
  #expect(service[path: "spec", "clusterIP"] == "10.96.0.1")
  let bundle = try client.get(.configMaps, "kube-root-ca.crt", namespace: "default")
  #expect(bundle[path: "data", "ca.crt"] == "PEM\n")
}

@Test("what the API server keeps is made again when it is deleted")
func keeping() throws {
  let timeline = Timeline(now: Moment(seconds: 1_780_304_400))
  let server = APIServer(timeline: timeline, seed: 1)
  server.bootstrap(authority: "PEM\n", address: "10.0.0.1")
  let client = ComponentClient(
    server: server, user: UserInfo(name: "t", groups: ["system:masters"]), manager: "t")
  let before = try client.get(.services, "kubernetes", namespace: "default")
  try client.delete(.services, "kubernetes", namespace: "default")
  try client.delete(.endpointSlices, "kubernetes", namespace: "default")
  let levels = GroupVersionResource(
    "flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations")
  try client.delete(levels, "catch-all")
  timeline.advance(to: timeline.now + .seconds(9))
  #expect((try? client.get(.services, "kubernetes", namespace: "default")) == nil)
  timeline.advance(to: timeline.now + .seconds(2))
  let after = try client.get(.services, "kubernetes", namespace: "default")
  #expect(after.uid != before.uid && after["spec"] == before["spec"])
  #expect(after[path: "metadata", "labels"] == before[path: "metadata", "labels"])
  let slice = try client.get(.endpointSlices, "kubernetes", namespace: "default")
  #expect(slice["endpoints"]?[0]?["addresses"] == ["10.0.0.1"])
  #expect((try? client.get(levels, "catch-all")) == nil)
  timeline.advance(to: timeline.now + .seconds(50))
  #expect(try client.get(levels, "catch-all").name == "catch-all")
}
