import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

@testable import Kubectl

/// A real API server in the same process, and whoever asks is its administrator.
final class LocalServer: APITransport {
  let timeline = Timeline(now: Moment(seconds: 1_780_304_400))
  let server: APIServer
  static let administrator = UserInfo(
    name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"])

  init() {
    server = APIServer(timeline: timeline, seed: 1)
    server.bootstrap(authority: "authority", address: "10.0.0.1")
    timeline.settle()
  }

  func send(_ request: APIRequest, to address: ServerAddress, from machine: Machine?)
    async throws(ConnectionFailure) -> APIResponse
  {
    if address.port == 1 {
      throw ConnectionFailure("dial tcp \(address.host):1: connect: connection refused")
    }
    var request = request
    request.credential = .component(Self.administrator)
    defer { timeline.advance(by: .milliseconds(10)) }
    return server.handle(request)
  }
}
