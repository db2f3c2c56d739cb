package import Linux
import Simulation

/// A small part of the world beyond the cluster: some names, and servers that answer.
package final class Outside {
  private static let names: [String: String] = [
    "google.com": "142.250.185.78", "www.google.com": "142.250.185.100",
    "kubernetes.io": "15.197.167.90", "github.com": "140.82.121.4",
    "raw.githubusercontent.com": "185.199.108.133", "example.com": "93.184.215.14",
    "www.example.com": "93.184.215.14", "example.org": "93.184.215.14",
    "cloudflare.com": "104.16.133.229", "one.one.one.one": "1.1.1.1", "dns.google": "8.8.8.8",
    "docker.io": "44.208.254.194", "registry-1.docker.io": "44.208.254.194",
    "registry.k8s.io": "34.96.108.209", "quay.io": "44.194.250.216",
    "ifconfig.me": "34.160.111.145",
    "httpbin.org": "54.205.230.94", "nginx.org": "52.58.199.22", "debian.org": "151.101.2.132",
    "deb.debian.org": "151.101.2.132", "archive.ubuntu.com": "91.189.91.81",
    "dl-cdn.alpinelinux.org": "151.101.2.132", "pypi.org": "151.101.0.223",
    "info.cern.ch": "188.184.67.127", "api.github.com": "140.82.121.6",
    "wikipedia.org": "185.15.59.224",
  ]
  private static let nameServers: Set<String> = [
    "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "192.168.56.1",
  ]
  /// Names that something in the cluster's surroundings added.
  package var added: [String: String] = [:]

  package init() {}

  package func isNameServer(_ address: String) -> Bool { Self.nameServers.contains(address) }

  package func knows(_ address: String) -> Bool {
    isNameServer(address) || Self.names.values.contains(address)
  }

  /// What a public resolver answers.
  package func answer(_ question: NameQuestion) -> NameAnswer {
    let name = question.name.lowercased()
    guard let address = added[name] ?? Self.names[String(name.dropLast())] else {
      var answer = NameAnswer(.nameError)
      answer.isAuthoritative = false
      return answer
    }
    var answer = NameAnswer(
      .noError,
      question.type == "A" || question.type == "ANY"
        ? [NameRecord(name: question.name, lifetime: 300, data: address)] : [])
    answer.isAuthoritative = false
    return answer
  }

  /// The names that lead to an address.
  func names(of address: String) -> [String] {
    let own = Self.names.filter { $0.value == address }.map(\.key)
    return (own + added.filter { $0.value == address }.map { String($0.key.dropLast()) }).sorted()
  }

  /// The server at an address, if it has that port open: sites of the web, and resolvers.
  func server(_ address: String, _ port: Int, _ timeline: Timeline) -> ((StreamEnd) -> Void)? {
    var names = Self.names.filter { $0.value == address }.map(\.key)
    // Of the certificates only those of resolvers are for numbers as well.
    if !names.isEmpty, isNameServer(address) { names.append(address) }
    switch port {
    case 80 where !names.isEmpty, 443 where !names.isEmpty:
      return { connection in
        if port == 443 {
          connection.offerSecurity { Self.outcome(of: $0, names) }
        }
        timeline.fibers.start {
          let site = WebService { Self.page($0, isSecured: connection.isSecured) }
          try? await site.serve(connection)
          connection.close()
        }
      }
    case 53 where isNameServer(address):
      return { connection in
        timeline.fibers.start {
          // Questions come by `NetworkStack.ask`; here it only tells that it is there.
          _ = try? await connection.read(upTo: 65536)
          connection.close()
        }
      }
    default: return nil
    }
  }

  /// The authorities of the public web are no part of the model: every client trusts them, and
  /// only names are compared.
  private static func outcome(of request: SecurityRequest, _ names: [String]) -> SecurityOutcome {
    guard request.authorities != nil, !names.contains(request.serverName.lowercased()) else {
      return .established
    }
    return .untrusted(
      "no alternative certificate subject name matches target host name '\(request.serverName)'")
  }

  private static func page(_ request: WebRequest, isSecured: Bool) -> WebResponse {
    if request.host == "ifconfig.me" { return WebResponse(text: "203.0.113.10") }
    guard isSecured || request.host.contains("example.") || request.host == "info.cern.ch" else {
      var response = WebResponse(301)
      response.headers = [("Location", "https://\(request.host)\(request.target)")]
      return response
    }
    let text = "<!doctype html>\n<title>\(request.host)</title>\n<p>A page of the public web.\n"
    return WebResponse(text: text, type: "text/html")
  }
}
