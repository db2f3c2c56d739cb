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
      charts: [cilium]),
    Repository(name: "nginx", urls: ["oci://ghcr.io/nginx/charts"], charts: [nginxGateway]),
    Repository(name: "stable", urls: ["https://charts.helm.sh/stable"], charts: old),
  ]

  private static let bitnami: [PublishedChart] = [
    .init(
      name: "nginx",
      description: "NGINX Open Source is a web server that can be also used as a reverse proxy, "
        + "load balancer, and HTTP cache.",
      versions: [
        ("22.3.2", "1.29.3"), ("22.0.7", "1.29.1"), ("21.1.23", "1.29.0"), ("18.3.5", "1.27.4"),
        ("15.14.0", "1.25.5"), ("13.2.12", "1.23.3"),
      ], shape: .web(image: "docker.io/library/nginx", port: 80)),
    .init(
      name: "apache", description: "Apache HTTP Server is an open-source HTTP server.",
      versions: [("11.4.29", "2.4.65"), ("11.3.2", "2.4.63"), ("10.9.3", "2.4.59")],
      shape: .web(image: "docker.io/library/httpd", port: 80)),
    .init(
      name: "redis",
      description: "Redis(R) is an open source, advanced key-value store.",
      versions: [("24.0.0", "8.4.0"), ("21.2.14", "8.0.3"), ("18.19.4", "7.2.4")],
      shape: .database(
        image: "library/redis", port: 6379, variable: "REDIS_PASSWORD", key: "redis-password")),
    .init(
      name: "mysql",
      description: "MySQL is a fast, reliable, scalable, and easy to use open source relational "
        + "database system.",
      versions: [("14.0.3", "9.4.0"), ("11.1.20", "8.4.2"), ("9.23.0", "8.0.36")],
      shape: .database(
        image: "library/mysql", port: 3306, variable: "MYSQL_ROOT_PASSWORD",
        key: "mysql-root-password")),
    .init(
      name: "mariadb", description: "MariaDB is an open source, community-developed SQL database.",
      versions: [("23.2.4", "12.0.2"), ("18.2.0", "11.4.2")],
      shape: .database(
        image: "library/mariadb", port: 3306, variable: "MARIADB_ROOT_PASSWORD",
        key: "mariadb-root-password")),
    .init(
      name: "postgresql",
      description: "PostgreSQL (Postgres) is an open source object-relational database known for "
        + "reliability and data integrity.",
      versions: [("18.1.8", "18.1.0"), ("16.7.27", "17.6.0"), ("15.5.38", "16.4.0")],
      shape: .database(
        image: "library/postgres", port: 5432, variable: "POSTGRES_PASSWORD",
        key: "postgres-password")),
    .init(
      name: "mongodb", description: "MongoDB(R) is a relational open source NoSQL database.",
      versions: [("18.1.10", "8.2.2"), ("15.6.26", "7.0.14")],
      shape: .database(
        image: "library/mongo", port: 27017, variable: "MONGO_INITDB_ROOT_PASSWORD",
        key: "mongodb-root-password")),
    .init(
      name: "memcached",
      description: "Memcached is an high-performance, distributed memory "
        + "object caching system.",
      versions: [("8.1.5", "1.6.39")],
      shape: .parts([("memcached", "docker.io/library/memcached:1.6.39", 11211)])),
    .init(
      name: "wordpress",
      description:
        "WordPress is the world's most popular blogging and content management platform.",
      versions: [("28.0.0", "6.8.3"), ("23.1.0", "6.6.1")],
      shape: .parts([
        ("wordpress", "docker.io/library/wordpress:6.8.3", 80),
        ("mariadb", "docker.io/bitnami/mariadb:12.0.2", 3306),
      ])),
    .init(
      name: "tomcat", description: "Apache Tomcat is an open-source web server.",
      versions: [("13.0.0", "11.0.14")], shape: .web(image: "docker.io/library/tomcat", port: 8080)),
    .init(
      name: "kafka", description: "Apache Kafka is a distributed streaming platform.",
      versions: [("32.4.3", "4.0.0")],
      shape: .parts([("controller", "docker.io/bitnami/kafka:4.0.0", 9092)])),
    .init(
      name: "rabbitmq", description: "RabbitMQ is an open source general-purpose message broker.",
      versions: [("16.0.14", "4.1.3")],
      shape: .parts([("rabbitmq", "docker.io/library/rabbitmq:4.1.3", 5672)])),
    .init(
      name: "metrics-server", description: "Metrics Server aggregates resource usage data.",
      versions: [("7.4.12", "0.8.0")], shape: metricsServer.shape),
  ]

  private static let prometheus: [PublishedChart] = [
    .init(
      name: "kube-prometheus-stack",
      description: "kube-prometheus-stack collects Kubernetes manifests, Grafana dashboards, and "
        + "Prometheus rules.",
      versions: [("79.5.0", "v0.86.2"), ("77.14.0", "v0.85.0"), ("65.1.1", "v0.77.1")],
      shape: .parts([
        ("operator", "quay.io/prometheus-operator/prometheus-operator:v0.86.2", 10250),
        ("prometheus", "quay.io/prometheus/prometheus:v3.7.3", 9090),
        ("alertmanager", "quay.io/prometheus/alertmanager:v0.29.0", 9093),
        ("grafana", "docker.io/grafana/grafana:12.2.1", 3000),
        (
          "kube-state-metrics", "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0",
          8080
        ),
      ])),
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
      shape: .parts([
        ("server", "quay.io/argoproj/argocd:v3.2.0", 8080),
        ("repo-server", "quay.io/argoproj/argocd:v3.2.0", 8081),
        ("application-controller", "quay.io/argoproj/argocd:v3.2.0", 8082),
        ("applicationset-controller", "quay.io/argoproj/argocd:v3.2.0", 7000),
        ("redis", "docker.io/library/redis:8.2", 6379),
      ])),
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
