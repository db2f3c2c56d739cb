import Simulation

/// Every server program that images may have.
package enum Servers {
  package static let all: [any NetworkServer] = [
    Agnhost(), ApacheServer("httpd"), ApacheServer("httpd-foreground"),
    // hpa-example draws a million roots for each answer.
    ApacheServer("apache2-foreground", page: "OK!", work: .milliseconds(20)), EchoServer(),
    FixedServer.helloApp("1.0.0"), FixedServer.podinfo, FixedServer.tomcat, HTTPEcho(), Nginx(),
    Redis(),
    SilentServer("mysqld", 3306, greeting: SilentServer.mysqlGreeting),
    SilentServer("mariadbd", 3306, greeting: SilentServer.mysqlGreeting),
    SilentServer("postgres", 5432), SilentServer("mongod", 27017),
    SilentServer("memcached", 11211), SilentServer("etcd", 2379), WhoAmIServer(),
  ]

  package static let byName: [String: any NetworkServer] = {
    var found: [String: any NetworkServer] = [:]
    for server in all { found[server.name] = server }
    for (name, server) in FixedServer.demonstrations { found[name] = server }
    found["nginx-unprivileged"] = Nginx(isUnprivileged: true)
    found["wordpress"] = WordPress()
    found["httpd-unprivileged"] = ApacheServer("httpd-foreground", port: 8080)
    return found
  }()
}
