/// Times that an encoded object always has, null where they were never set: those that are no
/// pointers in Go.
enum ZeroTimes {
  static func names(of type: String) -> [String] { byType[type] ?? [] }

  private static let transition = ["lastTransitionTime"]
  private static let byType: [String: [String]] = [
    "apiextensions.v1.CustomResourceDefinitionCondition": transition,
    "apiregistration.v1.APIServiceCondition": transition,
    "apps.v1.DaemonSetCondition": transition,
    "apps.v1.DeploymentCondition": ["lastTransitionTime", "lastUpdateTime"],
    "apps.v1.ReplicaSetCondition": transition,
    "apps.v1.StatefulSetCondition": transition,
    "autoscaling.v2.HorizontalPodAutoscalerCondition": transition,
    "batch.v1.JobCondition": ["lastProbeTime", "lastTransitionTime"],
    "certificates.v1.CertificateSigningRequestCondition": [
      "lastTransitionTime", "lastUpdateTime",
    ],
    "core.v1.ContainerStateRunning": ["startedAt"],
    "core.v1.ContainerStateTerminated": ["finishedAt", "startedAt"],
    "core.v1.Event": ["eventTime", "firstTimestamp", "lastTimestamp"],
    "core.v1.EventSeries": ["lastObservedTime"],
    "core.v1.NamespaceCondition": transition,
    "core.v1.NodeCondition": ["lastHeartbeatTime", "lastTransitionTime"],
    "core.v1.PersistentVolumeClaimCondition": ["lastProbeTime", "lastTransitionTime"],
    "core.v1.PodCondition": ["lastProbeTime", "lastTransitionTime"],
    "core.v1.ReplicationControllerCondition": transition,
    "events.v1.Event": ["deprecatedFirstTimestamp", "deprecatedLastTimestamp", "eventTime"],
    "events.v1.EventSeries": ["lastObservedTime"],
    "flowcontrol.v1.FlowSchemaCondition": transition,
    "flowcontrol.v1.PriorityLevelConfigurationCondition": transition,
    "meta.v1.Condition": transition,
    "storage.v1.VolumeError": ["time"],
  ]
}
