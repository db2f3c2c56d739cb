import Documents
import KubeObjects
import Simulation

@testable import KubeAPIServer

/// Issues tokens that look like tokens, and knows those that it issued.
final class RecordingAuthenticator: Authenticator {
  private let timeline: Timeline
  private var issued: [String: UserInfo] = [:]

  init(_ timeline: Timeline) { self.timeline = timeline }

  func user(of credential: Credential) -> UserInfo? {
    guard case .bearer(let token) = credential else { return nil }
    return issued[token]
  }

  func issueToken(
    _ request: TokenIssue
  ) throws(StatusError) -> (token: String, expires: String) {
    let token = "header.\(issued.count).signature"
    issued[token] = UserInfo(
      name: "system:serviceaccount:\(request.namespace):\(request.serviceAccount)",
      groups: [
        "system:serviceaccounts", "system:serviceaccounts:\(request.namespace)",
        "system:authenticated",
      ])
    return (token, (timeline.now + .seconds(request.seconds)).rfc3339)
  }
}
