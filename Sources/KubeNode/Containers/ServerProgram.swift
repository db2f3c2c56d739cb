package import Linux
package import Shell

/// A long-running server of an image (nginx, redis-server, an application nobody knows): it runs
/// until a signal asks it to stop.
package struct ServerProgram: Program {
  package let name: String
  /// What it prints at start.
  package var greeting: [String] = []

  /// The servers of the catalogue's images, by the names of their programs.
  package static let names: Set<String> = [
    "nginx", "httpd-foreground", "httpd", "apache2-foreground", "redis-server", "postgres",
    "mysqld", "mariadbd", "mongod", "memcached", "pause", "http-echo", "agnhost", "coredns",
    "kube-proxy", "kube-apiserver", "kube-scheduler", "kube-controller-manager", "etcd",
    "metrics-server", "whoami", "run.sh", "hello-app", "podinfo", "catalina.sh",
    "cilium-agent",
  ]

  package init(name: String, greeting: [String] = []) {
    self.name = name
    self.greeting = greeting
  }

  package func run(_ process: Linux.Process) async throws -> ExitStatus {
    process.handle([Signal.terminate, Signal.quit, Signal.interrupt, 28])
    for line in greeting { try await process.writeError(line + "\n") }
    while process.takeSignals().isEmpty { try await process.wait() }
    return 0
  }
}
