import KubeAPIServer
import KubeNetwork
import KubeObjects
import Linux
import PKI
import Simulation

/// Passes requests on from the API server's machine to Pods, Services' endpoints and kubelets.
final class ProxyWires: ProxyConnection {
  private unowned let cluster: Cluster
  private let machine: Machine

  init(_ cluster: Cluster, from machine: Machine) {
    self.cluster = cluster
    self.machine = machine
  }

  func exchange(_ request: ProxiedRequest) -> ProxiedAnswer {
    let answer = ProxiedAnswer()
    cluster.timeline.fibers.start { [self] in
      let response = await answered(request)
      answer.arrive(response)
    }
    return answer
  }

  private func answered(_ request: ProxiedRequest) async -> APIResponse {
    let target = request.target
    let pair = target.isKubelet ? clientPair : (certificate: nil, key: nil)
    let exchange = UpstreamExchange(
      machine: machine, connectLimit: .seconds(30), isSecured: target.isSecure,
      serverName: target.host, certificate: pair.certificate, key: pair.key)
    do {
      switch try await exchange.perform(forwarded(request), at: target.host, target.port) {
      case .answered(let response): return Self.shown(response, request)
      case .failed(let failure): return Self.unreachable(Self.words(failure, target))
      case .closed: return Self.unreachable("EOF")
      case .insecure:
        return Self.unreachable("http: server gave HTTP response to HTTPS client")
      }
    } catch {
      return Self.unreachable("EOF")
    }
  }

  /// What the API server shows to kubelets; kubeadm's lies in a file.
  private var clientPair: (certificate: String?, key: String?) {
    if cluster.controlPlane != nil {
      let folder = "/etc/kubernetes/pki/apiserver-kubelet-client"
      return (machine.files.text(folder + ".crt"), machine.files.text(folder + ".key"))
    }
    let made = cluster.keys.leaf(
      "apiserver-kubelet-client",
      Subject(commonName: "kube-apiserver-kubelet-client", organizations: ["system:masters"]),
      by: .kubernetes, uses: [.client], names: [], from: cluster.timeline.now.seconds - 60)
    return (made.certificate, made.key)
  }

  private func forwarded(_ request: ProxiedRequest) -> WebRequest {
    let pairs = request.query.map {
      "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))"
    }
    let target = request.path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    let own: Set<String> = ["host", "authorization"]
    var headers = request.headers.filter {
      !own.contains($0.name) && !WebClient.hopHeaders.contains($0.name)
    }
    headers.insert(("Host", "\(request.target.host):\(request.target.port)"), at: 0)
    // apimachinery's proxy.Transport tells the server how it was reached.
    headers.append(("X-Forwarded-Uri", request.root + request.path))
    return WebRequest(method: request.method, target: target, headers: headers, body: request.body)
  }

  /// Redirections to the server's own paths lead back through the proxy (Transport.rewriteURL).
  private static func shown(_ response: WebResponse, _ request: ProxiedRequest) -> APIResponse {
    let own = response.headers.filter { $0.name.lowercased() != "content-length" }
    let headers = own.map { header in
      header.name.lowercased() == "location" && header.value.hasPrefix("/")
        ? (name: header.name, value: request.root + header.value) : header
    }
    return APIResponse(code: response.status, headers: headers, body: .bytes(response.body))
  }

  private static func words(_ failure: NetworkFailure, _ target: ProxyLocation) -> String {
    let dial = "dial tcp \(target.host):\(target.port): "
    return switch failure {
    case .refused: dial + "connect: connection refused"
    case .unreachable: dial + "connect: no route to host"
    case .reset: "read tcp \(target.host):\(target.port): read: connection reset by peer"
    default: dial + "i/o timeout"
    }
  }

  /// proxy.Transport.RoundTrip.
  private static func unreachable(_ why: String) -> APIResponse {
    let error = StatusError(
      code: 503, reason: "ServiceUnavailable", message: "error trying to reach service: \(why)")
    return APIResponse(
      code: error.code, headers: [("Content-Type", "application/json")], body: .value(error.value))
  }
}
