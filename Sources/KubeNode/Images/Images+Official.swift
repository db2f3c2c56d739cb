/// Docker's official images that no lesson is about: all that is known of them is how they start.
/// Those that are not among them either do not exist, so that a slip of the pen fails.
extension Images {
  static let official: [Image] =
    servers.map { name, command, ports in
      Image(
        repository: "docker.io/library/\(name)", entrypoint: ["docker-entrypoint.sh"],
        command: command.split(separator: " ").map(String.init), ports: ports, megabytes: 180)
    }
    + shells.flatMap { command, names in
      names.map {
        Image(repository: "docker.io/library/\($0)", command: [command], megabytes: 80)
      }
    } + [
      Image(
        repository: "docker.io/library/hello-world", command: ["/hello"], megabytes: 1,
        userland: .none, tools: ["hello"]),
      Image(
        repository: "docker.io/library/bash", entrypoint: ["docker-entrypoint.sh"],
        command: ["bash"], megabytes: 6, userland: .alpine, tools: ["bash"]),
      Image(
        repository: "docker.io/library/docker", entrypoint: ["docker-entrypoint.sh"],
        command: ["sh"], megabytes: 130, userland: .alpine, tools: ["git"]),
      Image(
        repository: "docker.io/library/php", entrypoint: ["docker-entrypoint.sh"],
        command: ["php", "-a"], megabytes: 170, tools: ["curl"]),
      Image(
        repository: "docker.io/library/wordpress", entrypoint: ["docker-entrypoint.sh"],
        command: ["apache2-foreground"], workingDirectory: "/var/www/html", ports: [80],
        megabytes: 230, tools: ["curl"], server: "wordpress"),
    ]

  /// What serves, with its command and the ports of its image.
  private static let servers: [(String, String, [Int])] = [
    ("adminer", "php -S [::]:8080 -t /var/www/html", [8080]),
    ("aerospike", "asd", [3000, 3001, 3002]), ("arangodb", "arangod", [8529]),
    ("backdrop", "apache2-ctl -D FOREGROUND", [80]),
    ("caddy", "caddy run --config /etc/caddy/Caddyfile --adapter caddyfile", [80, 443, 2019]),
    ("cassandra", "cassandra -f", [7000, 7001, 7199, 9042, 9160]),
    ("chronograf", "chronograf", [8888]),
    ("clickhouse", "clickhouse-server", [8123, 9000, 9009]),
    ("consul", "agent -dev", [8500, 8600]),
    ("couchbase", "couchbase-server", [8091, 8092, 8093]),
    ("couchdb", "/opt/couchdb/bin/couchdb", [4369, 5984, 9100]),
    ("crate", "crate", [4200, 4300, 5432]),
    ("drupal", "apache2-ctl -D FOREGROUND", [80]),
    ("eclipse-mosquitto", "/usr/sbin/mosquitto -c /mosquitto/config/mosquitto.conf", [1883]),
    ("elasticsearch", "eswrapper", [9200, 9300]),
    ("emqx", "/opt/emqx/bin/emqx foreground", [1883, 8083, 18083]),
    ("flink", "jobmanager", [6123, 8081]), ("fluentd", "fluentd", [5140, 24224]),
    ("friendica", "apache2-ctl -D FOREGROUND", [80]), ("geonetwork", "java -jar start.jar", [8080]),
    ("ghost", "node current/index.js", [2368]), ("influxdb", "influxd", [8086]),
    ("jetty", "java -jar /usr/local/jetty/start.jar", [8080]),
    ("joomla", "apache2-ctl -D FOREGROUND", [80]),
    ("kapacitor", "kapacitord", [9092]), ("kibana", "/usr/local/bin/kibana-docker", [5601]),
    ("kong", "kong docker-start", [8000, 8001, 8443, 8444]),
    ("krakend", "krakend run", [8080, 8090]),
    ("logstash", "logstash", [5044, 9600]), ("matomo", "apache2-ctl -D FOREGROUND", [80]),
    ("mediawiki", "apache2-ctl -D FOREGROUND", [80]), ("mongo-express", "mongo-express", [8081]),
    ("monica", "apache2-ctl -D FOREGROUND", [80]),
    ("nats", "nats-server --config nats-server.conf", [4222, 6222, 8222]),
    ("neo4j", "neo4j", [7473, 7474, 7687]), ("nextcloud", "apache2-ctl -D FOREGROUND", [80]),
    ("nuxeo", "nuxeoctl console", [8080]), ("odoo", "odoo", [8069, 8071, 8072]),
    ("open-liberty", "/opt/ol/wlp/bin/server run defaultServer", [9080, 9443]),
    ("orientdb", "server.sh", [2424, 2480]), ("percona", "mysqld", [3306, 33060]),
    ("phpmyadmin", "apache2-ctl -D FOREGROUND", [80]), ("plone", "start", [8080]),
    ("postfixadmin", "apache2-ctl -D FOREGROUND", [80]),
    ("rabbitmq", "rabbitmq-server", [4369, 5671, 5672, 15691, 15692, 25672]),
    ("redmine", "rails server -b 0.0.0.0", [3000]),
    ("registry", "registry serve /etc/distribution/config.yml", [5000]),
    ("rethinkdb", "rethinkdb --bind all", [8080, 28015, 29015]),
    ("rocket.chat", "node main.js", [3000]),
    ("solr", "solr-foreground", [8983]), ("sonarqube", "/opt/sonarqube/docker/sonar.sh", [9000]),
    ("storm", "storm", []), ("telegraf", "telegraf", [8092, 8094, 8125]),
    ("teamspeak", "ts3server", [10011, 30033]), ("tomee", "catalina.sh run", [8080]),
    ("unit", "unitd --no-daemon", [80]), ("varnish", "varnishd -F", [80, 8443]),
    ("vault", "server -dev", [8200]),
    ("websphere-liberty", "server run defaultServer", [9080, 9443]),
    ("xwiki", "xwiki", [8080]), ("yourls", "apache2-ctl -D FOREGROUND", [80]),
    ("znc", "znc --foreground", []),
    ("zookeeper", "zkServer.sh start-foreground", [2181, 2888, 3888, 8080]),
  ]

  /// What only talks with a person, by what it starts: without a terminal it ends at once.
  private static let shells: [(String, [String])] = [
    (
      "/bin/bash",
      [
        "almalinux", "alt", "amazonlinux", "archlinux", "buildpack-deps", "centos", "clearlinux",
        "clefos", "fedora", "mageia", "mono", "neurodebian", "oraclelinux", "photon",
        "rockylinux", "ros", "sl", "spark", "swift", "opensuse", "sapmachine",
        "ibm-semeru-runtimes", "ibmjava", "dart", "gazebo",
      ]
    ), ("/bin/sh", ["cirros", "liquibase"]), ("clojure", ["clojure"]), ("elixir", ["elixir"]),
    ("erl", ["erlang"]), ("ghci", ["haskell"]), ("groovysh", ["groovy"]), ("haxe", ["haxe"]),
    ("hy", ["hylang"]), ("irb", ["jruby"]), ("julia", ["julia"]), ("pypy3", ["pypy"]),
    ("R", ["r-base"]), ("raku", ["rakudo-star"]), ("swipl", ["swipl"]),
  ]

  // MARK: versions

  /// The variable in which an image tells the version of its program, the newest version, and the
  /// last releases of earlier lines.
  private static let versions: [String: (variable: String, newest: String, last: [String: Int])] = [
    "nginx": (
      "NGINX_VERSION", "1.29.3",
      [
        "1.7": 12, "1.8": 1, "1.9": 15, "1.10": 3, "1.11": 13, "1.12": 2, "1.13": 12, "1.14": 2,
        "1.15": 12, "1.16": 1, "1.17": 10, "1.18": 0, "1.19": 10, "1.20": 2, "1.21": 6, "1.22": 1,
        "1.23": 4, "1.24": 0, "1.25": 5, "1.26": 3, "1.27": 5, "1.28": 0, "1.29": 3,
      ]
    ),
    "httpd": ("HTTPD_VERSION", "2.4.65", ["2.2": 34, "2.4": 65]),
    "python": (
      "PYTHON_VERSION", "3.14.0",
      [
        "2.7": 18, "3.6": 15, "3.7": 17, "3.8": 20, "3.9": 25, "3.10": 19, "3.11": 14, "3.12": 12,
        "3.13": 9, "3.14": 0,
      ]
    ),
    "node": (
      "NODE_VERSION", "25.2.0",
      [
        "12": 22, "14": 21, "16": 20, "18": 20, "20": 19, "22": 21, "24": 11, "25": 2, "18.20": 8,
        "20.19": 5, "22.21": 1, "24.11": 1, "16.20": 2, "14.21": 3, "12.22": 12,
      ]
    ),
    "golang": (
      "GOLANG_VERSION", "1.25.4",
      [
        "1.16": 15, "1.17": 13, "1.18": 10, "1.19": 13, "1.20": 14, "1.21": 13, "1.22": 12,
        "1.23": 12, "1.24": 10, "1.25": 4,
      ]
    ),
    "redis": (
      "REDIS_VERSION", "8.2.1",
      [
        "5.0": 14, "6.0": 20, "6.2": 20, "7.0": 15, "7.2": 11, "7.4": 6, "8.0": 4, "8.2": 1, "5": 0,
        "6": 2, "7": 4, "8": 2,
      ]
    ),
    "postgres": (
      "PG_VERSION", "18.1",
      [
        "9.6": 24, "10": 23, "11": 22, "12": 22, "13": 23, "14": 20, "15": 15, "16": 11, "17": 7,
        "18": 1,
      ]
    ),
    "mysql": (
      "MYSQL_VERSION", "9.5.0",
      ["5.6": 51, "5.7": 44, "8.0": 44, "8.4": 7, "9.5": 0, "8": 4, "9": 5]
    ),
    "mariadb": (
      "MARIADB_VERSION", "12.0.2",
      [
        "10.5": 29, "10.6": 24, "10.11": 15, "11.4": 9, "11.8": 5, "12.0": 2, "10": 11, "11": 8,
        "12": 0,
      ]
    ),
    "mongo": (
      "MONGO_VERSION", "8.2.1",
      [
        "4.4": 29, "5.0": 32, "6.0": 26, "7.0": 25, "8.0": 15, "8.2": 1, "4": 4, "5": 0, "6": 0,
        "7": 0, "8": 2,
      ]
    ),
  ]

  /// Tells in the environment what version a tag means: `3.12-slim` is the last release of 3.12.
  static func version(
    of reference: ImageReference
  ) -> (variable: String, text: String)? {
    let name = reference.repository.split(separator: "/").last.map(String.init) ?? ""
    guard let known = versions[name] else { return nil }
    let digits = (reference.tag ?? "latest").prefix { $0.isASCII && $0.isNumber || $0 == "." }
    var numbers = digits.split(separator: ".").compactMap { Int($0) }
    if name == "nginx", numbers.isEmpty, reference.tag?.hasPrefix("stable") == true {
      numbers = [1, 28]
    }
    guard !numbers.isEmpty else { return (known.variable, known.newest) }
    let depth = known.newest.split(separator: ".").count
    while numbers.count < depth {
      let line = numbers.map(String.init).joined(separator: ".")
      // A bare major version of a program whose minor ones are not told apart is its newest.
      let newest = known.newest.split(separator: ".").compactMap { Int($0) }
      let isNewest = newest.prefix(numbers.count).elementsEqual(numbers)
      numbers.append(known.last[line] ?? (isNewest ? newest[numbers.count] : 0))
    }
    return (known.variable, numbers.map(String.init).joined(separator: "."))
  }
}
