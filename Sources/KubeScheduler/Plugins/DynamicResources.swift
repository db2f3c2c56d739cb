import Documents

/// Keeps Pods that claim devices waiting: nobody allocates devices here, and it says so.
struct DynamicResources: FilterPlugin {
  let name = "DynamicResources"

  func prepare(_ pod: PodInfo, _ cluster: ClusterCache) -> FilterPreparation {
    guard let claims = pod.spec["resourceClaims"]?.array, !claims.isEmpty else { return .skip }
    return .rejected(unresolvable("drydock: not simulated: allocation of claimed devices"))
  }

  func mayHelp(_ event: ClusterEvent, _ pod: PodInfo, _ cluster: ClusterCache) -> Bool { false }
}
