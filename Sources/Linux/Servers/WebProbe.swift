/// A question by HTTP of which only the status counts, as health probes ask it.
package enum WebProbe {
  /// nil when the far side answered nothing.
  package static func status(
    over connection: any Connection, path: String, host: String,
    headers: [(String, String)] = [], agent: String = "kube-probe/1.36"
  ) async throws -> Int? {
    guard var address = WebAddress("http://\(host)/") else { return nil }
    address.path = path.hasPrefix("/") ? path : "/" + path
    var exchange = WebExchange(address: address)
    exchange.headers = [("Host", host), ("User-Agent", agent), ("Accept", "*/*")]
    for (name, value) in headers {
      exchange.headers.removeAll { $0.name.lowercased() == name.lowercased() }
      exchange.headers.append((name, value))
    }
    exchange.headers.append(("Connection", "close"))
    return try await exchange.perform(over: connection)?.status
  }
}
