import KubeObjects

/// The default profile's plugins, in the order in which they are asked, with the weights of scores.
enum Plugins {
  static let filters: [any FilterPlugin] = [
    NodeUnschedulable(), NodeName(), TaintToleration(), NodeAffinity(), NodePorts(),
    NodeResourcesFit(), VolumeRestrictions(), NodeVolumeLimits(), VolumeBinding(), VolumeZone(),
    PodTopologySpread(), InterPodAffinity(), DynamicResources(),
  ]

  static let scores: [(plugin: any ScorePlugin, weight: Int64)] = [
    (TaintToleration(), 3), (NodeAffinity(), 2), (NodeResourcesFit(), 1),
    (PodTopologySpread(), 2), (InterPodAffinity(), 2),
    (NodeResourcesBalancedAllocation(), 1), (ImageLocality(), 1),
  ]
}
