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
