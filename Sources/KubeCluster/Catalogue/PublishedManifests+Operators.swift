import Helm

/// Operators by the addresses of their manifests: their kinds, and what runs.
extension PublishedManifests {
  static let operators = [
    argo("/manifests/install.yaml"), argo("/manifests/ha/install.yaml"),
    PublishedManifest(
      marks: ["argo-cd", "/manifests/crds/application-crd.yaml"],
      text: PublishedKinds.argo),
    PublishedManifest(
      marks: ["prometheus-operator", "/bundle.yaml"],
      text: PublishedKinds.prometheus + "---\n"
        + workload(
          "prometheus-operator", "quay.io/prometheus-operator/prometheus-operator:v0.86.1",
          port: 8080, in: "default")),
    PublishedManifest(
      marks: ["kedacore/keda", "/keda-", ".yaml"],
      text: namespace("keda") + PublishedKinds.keda
        + [
          ("keda-operator", "ghcr.io/kedacore/keda:2.18.1", 9666),
          ("keda-metrics-apiserver", "ghcr.io/kedacore/keda-metrics-apiserver:2.18.1", 6443),
          ("keda-admission", "ghcr.io/kedacore/keda-admission-webhooks:2.18.1", 9443),
        ].map { "---\n" + workload($0.0, $0.1, port: $0.2, in: "keda") }.joined()),
    PublishedManifest(
      marks: ["autoscaler", "/vpa-v1-crd-gen.yaml"], text: PublishedKinds.verticalAutoscaler),
    PublishedManifest(
      marks: ["longhorn", "/deploy/longhorn.yaml"],
      text: namespace("longhorn-system") + PublishedKinds.longhorn
        + [
          ("longhorn-ui", "longhornio/longhorn-ui:v1.10.1", 8000),
          ("longhorn-driver-deployer", "longhornio/longhorn-manager:v1.10.1", 9500),
        ].map { "---\n" + workload($0.0, $0.1, port: $0.2, in: "longhorn-system") }.joined()),
    PublishedManifest(
      marks: ["contour", "/contour.yaml"],
      text: namespace("projectcontour") + PublishedKinds.contour + "---\n"
        + workload(
          "contour", "ghcr.io/projectcontour/contour:v1.33.0", port: 8001, in: "projectcontour")),
    PublishedManifest(marks: ["kube-bench", "/job.yaml"], text: bench("", target: "")),
    PublishedManifest(
      marks: ["kube-bench", "/job-master.yaml"], text: bench("-master", target: "master")),
    PublishedManifest(
      marks: ["kube-bench", "/job-node.yaml"], text: bench("-node", target: "node")),
  ]

  private static func argo(_ path: String) -> PublishedManifest {
    let parts = [
      ("argocd-applicationset-controller", "quay.io/argoproj/argocd:v3.2.0", 7000),
      ("argocd-dex-server", "ghcr.io/dexidp/dex:v2.43.0", 5556),
      ("argocd-notifications-controller", "quay.io/argoproj/argocd:v3.2.0", 9001),
      ("argocd-redis", "public.ecr.aws/docker/library/redis:8.2.2-alpine", 6379),
      ("argocd-repo-server", "quay.io/argoproj/argocd:v3.2.0", 8081),
      ("argocd-server", "quay.io/argoproj/argocd:v3.2.0", 8080),
    ]
    return PublishedManifest(
      marks: ["argo-cd", path],
      text: PublishedKinds.argo + "---\n" + configuration
        + parts.map { "---\n" + workload($0.0, $0.1, port: $0.2, in: "") }.joined() + "---\n"
        + workload(
          "argocd-application-controller", "quay.io/argoproj/argocd:v3.2.0", port: 8082, in: "",
          kind: "StatefulSet"))
  }

  private static let configuration = [
    "argocd-cm", "argocd-cmd-params-cm", "argocd-gpg-keys-cm", "argocd-notifications-cm",
    "argocd-rbac-cm", "argocd-ssh-known-hosts-cm", "argocd-tls-certs-cm",
  ].map {
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \($0), labels: {app.kubernetes.io/name: \($0), "
      + "app.kubernetes.io/part-of: argocd}}\n"
  }.joined(separator: "---\n")

  private static func namespace(_ name: String) -> String {
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name)}\n---\n"
  }

  /// An account, a Service, and the Pods behind it; without a namespace they go where they are
  /// applied.
  static func workload(
    _ name: String, _ image: String, port: Int, in namespace: String, kind: String = "Deployment"
  ) -> String {
    let place = namespace.isEmpty ? "" : ", namespace: \(namespace)"
    let labels = "app.kubernetes.io/name: \(name)"
    return """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: \(name)\(place), labels: {\(labels)}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: \(name)\(place), labels: {\(labels)}}
      spec: {ports: [{port: \(port), targetPort: \(port)}], selector: {\(labels)}}
      ---
      apiVersion: apps/v1
      kind: \(kind)
      metadata: {name: \(name)\(place), labels: {\(labels)}}
      spec:
        replicas: 1
        \(kind == "StatefulSet" ? "serviceName: \(name)" : "")
        selector: {matchLabels: {\(labels)}}
        template:
          metadata: {labels: {\(labels)}}
          spec:
            serviceAccountName: \(name)
            containers: [{name: \(name), image: '\(image)', ports: [{containerPort: \(port)}]}]

      """
  }

  /// kube-bench as a Job that sees its node's files.
  private static func bench(_ suffix: String, target: String) -> String {
    let paths = [
      ("var-lib-cni", "/var/lib/cni"), ("var-lib-etcd", "/var/lib/etcd"),
      ("var-lib-kubelet", "/var/lib/kubelet"), ("etc-systemd", "/etc/systemd"),
      ("lib-systemd", "/lib/systemd"), ("etc-kubernetes", "/etc/kubernetes"),
      ("etc-cni-netd", "/etc/cni/net.d"), ("opt-cni-bin", "/opt/cni/bin"),
    ]
    let command = target.isEmpty ? "[kube-bench]" : "[kube-bench, run, --targets, \(target)]"
    let place =
      target == "master"
      ? """

            nodeSelector: {node-role.kubernetes.io/control-plane: ""}
            tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}]
      """ : ""
    return """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: kube-bench\(suffix)}
      spec:
        template:
          metadata: {labels: {app: kube-bench}}
          spec:
            hostPID: true
            restartPolicy: Never\(place)
            containers:
            - name: kube-bench
              image: docker.io/aquasec/kube-bench:latest
              command: \(command)
              volumeMounts:
      \(paths.map { "        - {name: \($0.0), mountPath: \($0.1), readOnly: true}" }.joined(separator: "\n"))
            volumes:
      \(paths.map { "      - {name: \($0.0), hostPath: {path: \($0.1)}}" }.joined(separator: "\n"))

      """
  }
}
