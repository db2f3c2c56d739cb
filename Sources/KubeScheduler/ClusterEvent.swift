import Documents

/// Something that happened in the cluster and might make room for a waiting Pod.
struct ClusterEvent {
  enum Subject {
    case node(old: NodeInfo.Facts?, new: NodeInfo.Facts)
    case nodeGone(NodeInfo.Facts)
    /// A Pod that runs on a node came, changed or went.
    case assignedPod(old: PodInfo?, new: PodInfo?)
    /// The waiting Pod itself was changed.
    case ownUpdate(old: PodInfo, new: PodInfo)
    case claim(old: Value?, new: Value?)
    case volume(old: Value?, new: Value?)
    case storageClass
    case namespace
    /// Volume limits and drivers of a node.
    case storageDriver
    case deviceClaim(old: Value?, new: Value?)
    /// Devices or their classes.
    case devices
  }
  var subject: Subject
}
