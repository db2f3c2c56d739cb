extension PublishedExamples {
  /// What keeps Pods running or brings them to an end.
  static let controllers: [String: String] = [
    "controllers/frontend.yaml": """
    apiVersion: apps/v1
    kind: ReplicaSet
    metadata: {name: frontend, labels: {app: guestbook, tier: frontend}}
    spec:
      replicas: 3
      selector: {matchLabels: {tier: frontend}}
      template:
        metadata: {labels: {tier: frontend}}
        spec:
          containers:
          - name: php-redis
            image: us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5

    """,
    "controllers/hpa-rs.yaml": """
    apiVersion: autoscaling/v1
    kind: HorizontalPodAutoscaler
    metadata: {name: frontend-scaler}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: ReplicaSet, name: frontend}
      minReplicas: 3
      maxReplicas: 10
      targetCPUUtilizationPercentage: 50

    """,
    "pods/pod-rs.yaml": rawPod("pod1", "hello1", "2.0") + "---\n" + rawPod("pod2", "hello2", "1.0"),
    "controllers/fluentd-daemonset.yaml": fluentd(resources: "{}"),
    "controllers/fluentd-daemonset-update.yaml": fluentd(
      resources: "{limits: {memory: 200Mi}, requests: {cpu: 100m, memory: 200Mi}}"),
    "controllers/job-pod-failure-policy-failjob.yaml": """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: job-pod-failure-policy-failjob}
    spec:
      completions: 8
      parallelism: 2
      backoffLimit: 6
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: docker.io/library/bash:5
            command: [bash]
            args: [-c, echo "Hello world! I'm going to exit with 42 to simulate a software bug."
              && sleep 30 && exit 42]
      podFailurePolicy:
        rules:
        - {action: FailJob, onExitCodes: {containerName: main, operator: In, values: [42]}}

    """,
    "controllers/job-pod-failure-policy-ignore.yaml": """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: job-pod-failure-policy-ignore}
    spec:
      completions: 4
      parallelism: 2
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: docker.io/library/bash:5
            command: [bash]
            args: [-c, echo "Hello world! I'm going to exit with 0 (success)." && sleep 90 && exit 0]
      podFailurePolicy:
        rules:
        - {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}

    """,
    "controllers/job-success-policy.yaml": """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: job-success}
    spec:
      parallelism: 10
      completions: 10
      completionMode: Indexed
      successPolicy:
        rules:
        - {succeededIndexes: '0,2-3', succeededCount: 1}
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: python
            command: [python3, -c,
              "import os, sys; sys.exit(0) if os.environ.get('JOB_COMPLETION_INDEX') == '2' else sys.exit(1)"]

    """,
  ]

  private static func rawPod(_ name: String, _ container: String, _ tag: String) -> String {
    pod(
      name, "name: \(container), image: 'gcr.io/google-samples/hello-app:\(tag)'",
      labels: "tier: frontend")
  }

  private static func fluentd(resources: String) -> String {
    """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: fluentd-elasticsearch
      namespace: kube-system
      labels: {k8s-app: fluentd-logging}
    spec:
      selector: {matchLabels: {name: fluentd-elasticsearch}}
      updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
      template:
        metadata: {labels: {name: fluentd-elasticsearch}}
        spec:
          tolerations:
          - {key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}
          - {key: node-role.kubernetes.io/master, operator: Exists, effect: NoSchedule}
          volumes: [{name: varlog, hostPath: {path: /var/log}}]
          containers:
          - name: fluentd-elasticsearch
            image: quay.io/fluentd_elasticsearch/fluentd:v2.5.2
            volumeMounts: [{name: varlog, mountPath: /var/log}]
            resources: \(resources)

    """
  }
}
