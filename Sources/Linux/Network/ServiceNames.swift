/// The names of the ports that people meet, as /etc/services has them.
package enum ServiceNames {
  private static let all = [
    22: "ssh", 53: "domain", 80: "http", 443: "https", 2379: "etcd-client", 2380: "etcd-server",
    3306: "mysql", 5432: "postgresql", 6379: "redis", 8080: "http-alt",
  ]

  package static func name(of port: Int) -> String? { all[port] }

  /// The port of a number or a name.
  package static func port(_ text: some StringProtocol) -> Int? {
    Int(text) ?? all.first { $0.value == text }?.key
  }
}
