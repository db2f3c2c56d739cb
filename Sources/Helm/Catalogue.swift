/// The public chart repositories of the simulated web.
enum Catalogue {
  struct Repository: Sendable {
    let name: String
    /// Addresses that lead to it, without a slash at the end.
    let urls: [String]
    let charts: [PublishedChart]
  }

  static func charts(at url: String) -> [PublishedChart]? {
    let plain = Repositories.trimmed(url)
    return repositories.first { $0.urls.contains(plain) }?.charts
  }

  /// `oci://registry-1.docker.io/bitnamicharts/nginx`
  static func oci(_ place: String) -> PublishedChart? {
    let parts = place.dropFirst(6).split(separator: "/").map(String.init)
    guard parts.count >= 3, let name = parts.last else { return nil }
    let owner = parts.dropLast().joined(separator: "/")
    return repositories.first { $0.urls.contains("oci://" + owner) }?.charts.first {
      $0.name == name
    }
  }

  /// A packed chart's own address: the repository's with `name-1.2.3.tgz`.
  static func archive(at url: String) throws -> Chart? {
    for repository in repositories {
      for chart in repository.charts {
        for version in chart.versions where url.hasSuffix("/\(chart.name)-\(version.chart).tgz") {
          return try chart.chart(version)
        }
      }
    }
    return nil
  }

  static let repositories: [Repository] = [
    Repository(
      name: "bitnami",
      urls: [
        "https://charts.bitnami.com/bitnami", "oci://registry-1.docker.io/bitnamicharts",
        "https://raw.githubusercontent.com/bitnami/charts/archive-full-index/bitnami",
      ], charts: bitnami),
    Repository(
      name: "ingress-nginx", urls: ["https://kubernetes.github.io/ingress-nginx"],
      charts: [ingressNginx]),
    Repository(
      name: "metrics-server", urls: ["https://kubernetes-sigs.github.io/metrics-server"],
      charts: [metricsServer]),
    Repository(
      name: "jetstack", urls: ["https://charts.jetstack.io", "oci://quay.io/jetstack/charts"],
      charts: [certManager]),
    Repository(
      name: "prometheus-community",
      urls: [
        "https://prometheus-community.github.io/helm-charts",
        "oci://ghcr.io/prometheus-community/charts",
      ], charts: prometheus),
    Repository(
      name: "grafana", urls: ["https://grafana.github.io/helm-charts"],
      charts: [
        .init(
          name: "grafana",
          description: "The leading tool for querying and visualizing time series and metrics.",
          versions: [("10.1.4", "12.2.1"), ("9.2.10", "12.0.2"), ("8.5.1", "11.2.1")],
          shape: .web(image: "docker.io/grafana/grafana", port: 3000)),
        .init(
          name: "loki", description: "Helm chart for Grafana Loki",
          versions: [("6.45.2", "3.5.7"), ("5.48.0", "2.9.8")],
          shape: .parts([
            ("gateway", "docker.io/nginx:1.29", 8080),
            ("single", "docker.io/grafana/loki:3.5.7", 3100),
          ])),
      ]),
    Repository(
      name: "argo",
      urls: ["https://argoproj.github.io/argo-helm", "oci://ghcr.io/argoproj/argo-helm"],
      charts: argo),
    Repository(
      name: "kubernetes-dashboard", urls: ["https://kubernetes.github.io/dashboard"],
      charts: [
        .init(
          name: "kubernetes-dashboard",
          description: "General-purpose web UI for Kubernetes clusters",
          versions: [("7.14.0", ""), ("7.13.0", ""), ("6.0.8", "v2.7.0")],
          shape: .parts([
            ("web", "docker.io/kubernetesui/dashboard-web:1.7.0", 8000),
            ("api", "docker.io/kubernetesui/dashboard-api:1.14.0", 8000),
            ("auth", "docker.io/kubernetesui/dashboard-auth:1.4.0", 8000),
          ]))
      ]),
    Repository(
      name: "podinfo",
      urls: ["https://stefanprodan.github.io/podinfo", "oci://ghcr.io/stefanprodan/charts"],
      charts: [
        .init(
          name: "podinfo", description: "Podinfo Helm chart for Kubernetes",
          versions: [("6.9.2", "6.9.2"), ("6.7.1", "6.7.1"), ("6.0.0", "6.0.0")],
          shape: .web(image: "ghcr.io/stefanprodan/podinfo", port: 9898))
      ]),
    Repository(
      name: "examples", urls: ["https://helm.github.io/examples"],
      charts: [
        .init(
          name: "hello-world", description: "A Helm chart for Kubernetes",
          versions: [("0.1.0", "1.16.0")], shape: .web(image: "nginx", port: 80))
      ]),
    Repository(
      name: "kedacore", urls: ["https://kedacore.github.io/charts"],
      charts: [
        .init(
          name: "keda", description: "Event-based autoscaler for workloads on Kubernetes",
          versions: [("2.18.1", "2.18.1"), ("2.17.2", "2.17.2")],
          shape: .operators(
            [
              ("operator", "ghcr.io/kedacore/keda:2.18.1", 9666),
              ("metrics-apiserver", "ghcr.io/kedacore/keda-metrics-apiserver:2.18.1", 6443),
              ("admission-webhooks", "ghcr.io/kedacore/keda-admission-webhooks:2.18.1", 9443),
            ], name: "keda", kinds: PublishedKinds.keda))
      ]),
    Repository(
      name: "fairwinds-stable", urls: ["https://charts.fairwinds.com/stable"],
      charts: [
        .init(
          name: "vpa",
          description: "A Helm chart for Kubernetes Vertical Pod Autoscaler",
          versions: [("4.9.0", "1.5.0"), ("4.7.2", "1.3.0")],
          shape: .operators(
            [
              ("recommender", "registry.k8s.io/autoscaling/vpa-recommender:1.5.0", 8942),
              ("updater", "registry.k8s.io/autoscaling/vpa-updater:1.5.0", 8943),
              (
                "admission-controller",
                "registry.k8s.io/autoscaling/vpa-admission-controller:1.5.0", 8000
              ),
            ], name: "vpa", kinds: PublishedKinds.verticalAutoscaler))
      ]),
    Repository(
      name: "longhorn", urls: ["https://charts.longhorn.io"],
      charts: [
        .init(
          name: "longhorn",
          description: "Longhorn is a distributed block storage system for Kubernetes.",
          versions: [("1.10.1", "v1.10.1"), ("1.9.2", "v1.9.2")],
          shape: .operators(
            [
              ("ui", "docker.io/longhornio/longhorn-ui:v1.10.1", 8000),
              ("driver-deployer", "docker.io/longhornio/longhorn-manager:v1.10.1", 9500),
            ], name: "longhorn", kinds: PublishedKinds.longhorn))
      ]),
    Repository(
      name: "falcosecurity", urls: ["https://falcosecurity.github.io/charts"],
      charts: [
        .init(
          name: "falco", description: "Falco",
          versions: [("7.0.1", "0.42.1"), ("4.21.3", "0.40.0")],
          shape: .parts([("falco", "docker.io/falcosecurity/falco:0.42.1", 8765)]))
      ]),
    Repository(
      name: "hashicorp", urls: ["https://helm.releases.hashicorp.com"],
      charts: [
        .init(
          name: "vault", description: "Official HashiCorp Vault Chart",
          versions: [("0.31.0", "1.20.4"), ("0.28.1", "1.17.2")],
          shape: .parts([("server", "docker.io/hashicorp/vault:1.20.4", 8200)])),
        .init(
          name: "consul", description: "Official HashiCorp Consul Chart",
          versions: [("1.9.0", "1.22.0")],
          shape: .parts([("server", "docker.io/hashicorp/consul:1.22.0", 8500)])),
      ]),
    Repository(
      name: "cilium", urls: ["https://helm.cilium.io", "oci://quay.io/cilium/charts"],
      charts: [cilium, tetragon]),
    Repository(name: "nginx", urls: ["oci://ghcr.io/nginx/charts"], charts: [nginxGateway]),
    Repository(
      name: "projectcalico",
      urls: ["https://docs.tigera.io/calico/charts", "https://docs.projectcalico.org/charts"],
      charts: [tigeraOperator]),
    Repository(
      name: "jenkins", urls: ["https://charts.jenkins.io"],
      charts: [
        .init(
          name: "jenkins", description: "Jenkins - Build great things at any scale!",
          versions: [("5.8.110", "2.528.2"), ("5.1.5", "2.440.2"), ("4.12.1", "2.426.3")],
          shape: .web(image: "docker.io/jenkins/jenkins", port: 8080))
      ]),
    Repository(
      name: "nginx-stable", urls: ["https://helm.nginx.com/stable"],
      charts: [
        .init(
          name: "nginx-ingress", description: "NGINX Ingress Controller",
          versions: [("2.3.1", "5.2.1"), ("1.4.2", "3.7.2"), ("0.18.1", "3.2.1")],
          shape: .parts([("controller", "docker.io/nginx/nginx-ingress:5.2.1", 80)]))
      ]),
    Repository(
      name: "external-dns", urls: ["https://kubernetes-sigs.github.io/external-dns"],
      charts: [
        .init(
          name: "external-dns", description: "ExternalDNS synchronizes exposed Services with DNS",
          versions: [("1.19.0", "0.19.0"), ("1.15.0", "0.15.0")],
          shape: .web(image: "registry.k8s.io/external-dns/external-dns", port: 7979))
      ]),
    Repository(
      name: "sealed-secrets", urls: ["https://bitnami-labs.github.io/sealed-secrets"],
      charts: [
        .init(
          name: "sealed-secrets", description: "Helm chart for the sealed-secrets controller.",
          versions: [("2.17.9", "0.33.1"), ("2.16.1", "0.27.1")],
          shape: .web(image: "docker.io/bitnami/sealed-secrets-controller", port: 8080))
      ]),
    Repository(
      name: "aqua", urls: ["https://aquasecurity.github.io/helm-charts"],
      charts: [
        .init(
          name: "trivy-operator", description: "Keeps security report resources updated",
          versions: [("0.31.0", "0.29.0"), ("0.24.1", "0.22.0")],
          shape: .web(image: "mirror.gcr.io/aquasec/trivy-operator", port: 8080))
      ]),
    Repository(
      name: "minio", urls: ["https://charts.min.io"],
      charts: [
        .init(
          name: "minio", description: "High Performance Object Storage",
          versions: [
            ("5.4.0", "RELEASE.2024-12-18T13-15-44Z"), ("5.2.0", "RELEASE.2024-04-18T19-09-19Z"),
          ],
          shape: .web(image: "quay.io/minio/minio", port: 9000))
      ]),
    Repository(name: "stable", urls: ["https://charts.helm.sh/stable"], charts: old),
  ]

  private static let prometheus: [PublishedChart] = [
    .init(
      name: "kube-prometheus-stack",
      description: "kube-prometheus-stack collects Kubernetes manifests, Grafana dashboards, and "
        + "Prometheus rules.",
      versions: [("79.5.0", "v0.86.2"), ("77.14.0", "v0.85.0"), ("65.1.1", "v0.77.1")],
      shape: .operators(
        [
          ("operator", "quay.io/prometheus-operator/prometheus-operator:v0.86.2", 10250),
          ("prometheus", "quay.io/prometheus/prometheus:v3.7.3", 9090),
          ("alertmanager", "quay.io/prometheus/alertmanager:v0.29.0", 9093),
          ("grafana", "docker.io/grafana/grafana:12.2.1", 3000),
          (
            "kube-state-metrics", "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0",
            8080
          ),
        ], name: "", kinds: PublishedKinds.prometheus)),
    .init(
      name: "prometheus",
      description: "Prometheus is a monitoring system and time series database.",
      versions: [("27.45.0", "v3.7.3"), ("25.27.0", "v2.54.1")],
      shape: .parts([
        ("server", "quay.io/prometheus/prometheus:v3.7.3", 9090),
        ("alertmanager", "quay.io/prometheus/alertmanager:v0.29.0", 9093),
        ("pushgateway", "quay.io/prometheus/pushgateway:v1.11.2", 9091),
      ])),
    .init(
      name: "prometheus-node-exporter", description: "A Helm chart for prometheus node-exporter",
      versions: [("4.49.1", "1.10.2")],
      shape: .parts([("exporter", "quay.io/prometheus/node-exporter:v1.10.2", 9100)])),
  ]

  private static let argo: [PublishedChart] = [
    .init(
      name: "argo-cd",
      description: "A Helm chart for Argo CD, a declarative, GitOps continuous delivery tool for "
        + "Kubernetes.",
      versions: [
        ("9.1.3", "v3.2.0"), ("8.6.4", "v3.1.9"), ("7.8.28", "v2.14.11"), ("7.7.3", "v2.13.0"),
      ],
      shape: .operators(
        [
          ("server", "quay.io/argoproj/argocd:v3.2.0", 8080),
          ("repo-server", "quay.io/argoproj/argocd:v3.2.0", 8081),
          ("application-controller", "quay.io/argoproj/argocd:v3.2.0", 8082),
          ("applicationset-controller", "quay.io/argoproj/argocd:v3.2.0", 7000),
          ("redis", "docker.io/library/redis:8.2", 6379),
          ("dex-server", "ghcr.io/dexidp/dex:v2.43.0", 5556),
          ("notifications-controller", "quay.io/argoproj/argocd:v3.2.0", 9001),
        ], name: "argocd", kinds: PublishedKinds.argo)),
    .init(
      name: "argo-rollouts", description: "A Helm chart for Argo Rollouts",
      versions: [("2.40.5", "v1.8.3")],
      shape: .parts([("rollouts", "quay.io/argoproj/argo-rollouts:v1.8.3", 8090)])),
    .init(
      name: "argo-workflows", description: "A Helm chart for Argo Workflows",
      versions: [("0.45.28", "v3.7.4")],
      shape: .parts([("server", "quay.io/argoproj/argocli:v3.7.4", 2746)])),
  ]

  private static let old: [PublishedChart] = [
    .init(
      name: "mysql", description: "DEPRECATED - Fast, reliable, scalable database",
      versions: [("1.6.9", "5.7.30")],
      shape: .database(
        image: "library/mysql", port: 3306, variable: "MYSQL_ROOT_PASSWORD",
        key: "mysql-root-password")),
    .init(
      name: "wordpress", description: "DEPRECATED Web publishing platform",
      versions: [("9.0.3", "5.3.2")], shape: .web(image: "docker.io/library/wordpress", port: 80)),
  ]
}
