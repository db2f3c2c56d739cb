import Simulation

/// Every server program that images may have.
package enum Servers {
  package static let all: [any NetworkServer] = [
    Agnhost(), ApacheServer("httpd"), ApacheServer("httpd-foreground"),
    // hpa-example draws a million roots for each answer.
    ApacheServer("apache2-foreground", page: "OK!", work: .milliseconds(20)), EchoServer(),
    FixedServer.helloApp, FixedServer.podinfo, FixedServer.tomcat, HTTPEcho(), Nginx(), Redis(),
    SilentServer("mysqld", 3306, greeting: SilentServer.mysqlGreeting),
    SilentServer("mariadbd", 3306, greeting: SilentServer.mysqlGreeting),
    SilentServer("postgres", 5432), SilentServer("mongod", 27017),
    SilentServer("memcached", 11211), SilentServer("etcd", 2379), WhoAmIServer(),
  ]

  package static let byName: [String: any NetworkServer] = Dictionary(
    all.map { ($0.name, $0) } + [
      ("nginx-unprivileged", Nginx(isUnprivileged: true)),
      ("httpd-unprivileged", ApacheServer("httpd-foreground", port: 8080)),
    ],
    uniquingKeysWith: { first, _ in first })
}
