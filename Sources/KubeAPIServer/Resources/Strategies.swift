/// The strategies of all built-in kinds; a kind without one has the generic behaviour.
package enum Strategies {
  package static let all: [any Strategy] = [
    ControllerRevisionStrategy(),
    CronJobStrategy(),
    DaemonSetStrategy(),
    DeploymentStrategy(),
    JobStrategy(),
    PersistentVolumeClaimStrategy(),
    PodStrategy(),
    PodTemplateStrategy(),
    ReplicaSetStrategy(),
    ReplicationControllerStrategy(),
    StatefulSetStrategy(),
  ]
}
