import Testing

@testable import Kubectl

@Suite struct MemoryTests {
  @Test("a run of kubectl leaves nothing behind, whatever it asked")
  func forgets() async throws {
    let server = LocalServer()
    for line in [
      "get namespaces", "create configmap a", "label configmap a b=c", "describe namespace default",
      "explain pods", "api-resources", "get nothings", "delete configmap a",
    ] {
      weak var held: Workstation?
      do {
        let station = Workstation(transport: server)
        station.files["/root/.kube/config"] = Array(Workstation.administration.utf8)
        held = station
        _ = try await station.kubectl(line)
      }
      #expect(held == nil, "\(line)")
    }
  }
}
