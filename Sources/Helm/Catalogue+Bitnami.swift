/// Charts of the repository bitnami: drydock's own manifests under the names, values and labels
/// that those charts are known by.
extension Catalogue {
  static let bitnami: [PublishedChart] = [
    .init(
      name: "nginx",
      description: "NGINX Open Source is a web server that can be also used as a reverse proxy, "
        + "load balancer, and HTTP cache.",
      versions: [
        ("22.3.2", "1.29.3"), ("22.0.7", "1.29.1"), ("21.1.23", "1.29.0"), ("18.3.5", "1.27.4"),
        ("15.14.0", "1.25.5"), ("13.2.12", "1.23.3"),
      ], shape: .bitnamiWeb(repository: "bitnami/nginx", ports: ["http": 8080, "https": 8443])),
    .init(
      name: "apache", description: "Apache HTTP Server is an open-source HTTP server.",
      versions: [("11.4.29", "2.4.65"), ("11.3.2", "2.4.63"), ("10.9.3", "2.4.59")],
      shape: .bitnamiWeb(repository: "bitnami/apache", ports: ["http": 8080, "https": 8443])),
    .init(
      name: "tomcat", description: "Apache Tomcat is an open-source web server.",
      versions: [("13.0.0", "11.0.14"), ("11.7.5", "10.1.39"), ("10.11.0", "10.1.16")],
      shape: .bitnamiWeb(repository: "bitnami/tomcat", ports: ["http": 8080])),
    .init(
      name: "redis", description: "Redis(R) is an open source, advanced key-value store.",
      versions: [("24.0.0", "8.4.0"), ("21.2.14", "8.0.3"), ("18.19.4", "7.2.4")],
      shape: .bitnamiRedis),
    .init(
      name: "mysql",
      description: "MySQL is a fast, reliable, scalable, and easy to use open source relational "
        + "database system.",
      versions: [("14.0.3", "9.4.0"), ("11.1.20", "8.4.2"), ("9.23.0", "8.0.36")],
      shape: .bitnamiStore(.sql("mysql", "MYSQL"))),
    .init(
      name: "mariadb", description: "MariaDB is an open source, community-developed SQL database.",
      versions: [("23.2.4", "12.0.2"), ("18.2.0", "11.4.2"), ("12.2.9", "10.11.4")],
      shape: .bitnamiStore(.sql("mariadb", "MARIADB"))),
    .init(
      name: "postgresql",
      description: "PostgreSQL (Postgres) is an open source object-relational database known for "
        + "reliability and data integrity.",
      versions: [
        ("18.1.8", "18.1.0"), ("16.7.27", "17.6.0"), ("15.5.38", "16.4.0"), ("12.12.10", "15.4.0"),
      ],
      shape: .bitnamiStore(
        .init(
          name: "postgresql", ports: [("tcp-postgresql", "postgresql", 5432)],
          root: (
            value: "postgresPassword", key: "postgres-password", variable: "POSTGRES_PASSWORD"
          ),
          headless: "hl", section: "primary"))),
    .init(
      name: "mongodb", description: "MongoDB(R) is a relational open source NoSQL database.",
      versions: [("18.1.10", "8.2.2"), ("15.6.26", "7.0.14"), ("13.18.5", "6.0.10")],
      shape: .bitnamiStore(
        .init(
          name: "mongodb", ports: [("mongodb", "mongodb", 27017)],
          root: ("rootPassword", "mongodb-root-password", "MONGODB_ROOT_PASSWORD"),
          headless: nil, section: nil))),
    .init(
      name: "rabbitmq", description: "RabbitMQ is an open source general-purpose message broker.",
      versions: [("16.0.14", "4.1.3"), ("14.7.0", "3.13.7")],
      shape: .bitnamiStore(
        .init(
          name: "rabbitmq",
          ports: [
            ("amqp", "amqp", 5672), ("epmd", "epmd", 4369), ("dist", "dist", 25672),
            ("http-stats", "manager", 15672),
          ],
          root: ("password", "rabbitmq-password", "RABBITMQ_PASSWORD"), headless: "headless",
          section: nil))),
    .init(
      name: "memcached",
      description: "Memcached is an high-performance, distributed memory object caching system.",
      versions: [("8.1.5", "1.6.39"), ("7.4.16", "1.6.31"), ("6.7.2", "1.6.22")],
      shape: .bitnamiWeb(repository: "bitnami/memcached", ports: ["memcached": 11211])),
    .init(
      name: "wordpress",
      description:
        "WordPress is the world's most popular blogging and content management platform.",
      versions: [("28.0.0", "6.8.3"), ("23.1.0", "6.6.1"), ("18.1.30", "6.4.2")],
      shape: .bitnamiWordPress),
    .init(
      name: "kafka", description: "Apache Kafka is a distributed streaming platform.",
      versions: [("32.4.3", "4.0.0"), ("26.11.4", "3.7.0")],
      shape: .bitnamiStore(
        .init(
          name: "kafka", ports: [("tcp-client", "client", 9092)],
          root: ("password", "client-passwords", "KAFKA_CLIENT_PASSWORDS"),
          headless: "controller-headless", section: "controller", replicas: 3))),
    .init(
      name: "metrics-server", description: "Metrics Server aggregates resource usage data.",
      versions: [("7.4.12", "0.8.0")], shape: metricsServer.shape),
  ]
}

/// What differs between the repository's charts of one that keeps data.
struct BitnamiStore: Sendable {
  let name: String
  /// Their names in the Service, their keys in values and their numbers.
  let ports: [(name: String, key: String, number: Int)]
  /// The password: its key under `auth`, its key in the Secret, its variable in the container.
  let root: (value: String, key: String, variable: String)
  /// What the Service without an address has behind the name; none, and it is one Deployment.
  let headless: String?
  /// The section of the values that holds replicas, persistence and service, when not the top.
  let section: String?
  var replicas = 1

  static func sql(_ name: String, _ variable: String) -> BitnamiStore {
    BitnamiStore(
      name: name, ports: [(name, name, 3306)],
      root: ("rootPassword", "\(name)-root-password", "\(variable)_ROOT_PASSWORD"),
      headless: "headless", section: "primary")
  }
}
