import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeScheduler

@Suite struct DynamicResourcesTests {
  @Test("a Pod that claims devices waits, and says that nobody allocates them")
  func waiting() {
    let cache = ClusterCache()
    cache.setNode(["metadata": ["name": "n1"], "status": ["allocatable": ["pods": "10"]]])
    func decide(_ claims: Value) -> Decision {
      let pod = PodInfo([
        "metadata": ["name": "p", "namespace": "default", "uid": "u"],
        "spec": ["containers": [], "resourceClaims": claims],
      ])
      var start = 0
      var random = SeededRandom(seed: 1)
      return SchedulingCycle(pod: pod, cache: cache).decide(start: &start, random: &random)
    }
    #expect(decide([]).node == "n1")
    let waiting = decide([["name": "gpu", "resourceClaimName": "c"]])
    #expect(waiting.node == nil)
    #expect(
      waiting.message
        == "0/1 nodes are available: drydock: not simulated: allocation of claimed devices.")
  }
}
