package import Documents

/// A Kubernetes Indexed Job that marks a class on a real cluster, a shard in each Pod.
package enum JobManifest {
  /// The volumes are claims that the instructor makes: one with the submissions and the pack, one
  /// for the parts.
  package static func job(image: String, pack: String, shards: Int) -> Value {
    func mount(_ name: String, _ isReadOnly: Bool) -> Value {
      var value: Value = ["name": .string(name), "mountPath": .string("/\(name)")]
      if isReadOnly { value["readOnly"] = true }
      return value
    }
    func volume(_ name: String) -> Value {
      [
        "name": .string(name),
        "persistentVolumeClaim": ["claimName": .string("drydock-\(name)")],
      ]
    }
    let container: Value = [
      "name": "grade", "image": .string(image),
      "command": [
        "drydock", "grade", "/submissions/work", "--pack", .string("/submissions/\(pack)"),
        "--shard", .string("$(JOB_COMPLETION_INDEX)/\(shards)"), "--jobs", "2", "--out", "/parts",
      ],
      "resources": [
        "requests": ["cpu": "2", "memory": "512Mi"], "limits": ["memory": "2Gi"],
      ],
      "securityContext": [
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
        "capabilities": ["drop": ["ALL"]],
      ],
      "volumeMounts": [mount("submissions", true), mount("parts", false)],
    ]
    return [
      "apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "drydock-grade"],
      "spec": [
        "completionMode": "Indexed", "completions": .int(Int64(shards)),
        "parallelism": .int(Int64(min(shards, 16))), "backoffLimitPerIndex": 2,
        "template": [
          "spec": [
            "restartPolicy": "Never", "automountServiceAccountToken": false,
            "securityContext": [
              "runAsNonRoot": true, "runAsUser": 65534, "fsGroup": 65534,
              "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "containers": [container], "volumes": [volume("submissions"), volume("parts")],
          ]
        ],
      ],
    ]
  }
}
