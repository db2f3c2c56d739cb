/// Recorded cases that still come out otherwise.
enum KnownDifferences {
  static let all: Set<String> = [
    "deployments: deployment condition when available drops",
    "deployments: deployment halts when new pods never get ready: replicas 2 surge 50% unavailable 50%",
    "deployments: deployment halts when new pods never get ready: replicas 3 surge 0 unavailable 1",
    "deployments: deployment halts when new pods never get ready: replicas 3 surge 1 unavailable 0",
    "deployments: deployment halts when new pods never get ready: replicas 3 surge 1 unavailable 1",
    "deployments: deployment halts when new pods never get ready: replicas 4 surge 0 unavailable 100%",
    "deployments: deployment halts when new pods never get ready: replicas 4 surge 100% unavailable 0",
    "deployments: deployment halts when new pods never get ready: replicas 7 surge 30% unavailable 30%",
    "deployments: deployment halts when new pods never get ready: replicas 8 surge 10% unavailable 40%",
    "deployments: deployment paused",
    "deployments: deployment paused mid-rollout scales in proportion",
    "deployments: deployment rollback reuses the old ReplicaSet",
    "deployments: deployment rolls: replicas 3 surge 0 unavailable 1",
    "deployments: deployment rolls: replicas 3 surge 1 unavailable 0",
    "deployments: deployment scaled from 10 to 15 amid a halted rollout",
    "deployments: deployment scaled from 10 to 30 amid a halted rollout",
    "deployments: deployment scaled from 4 to 8 amid a halted rollout",
    "endpoints: endpoints: Endpoints made by hand are mirrored",
    "garbage: garbage: Deployment deleted with Foreground",
    "garbage: garbage: foreground with blocking owner",
    "replicasets: replicaset scale-down: not ready goes first",
    "replicasets: replicaset scale-down: unscheduled goes first",
  ]
}
