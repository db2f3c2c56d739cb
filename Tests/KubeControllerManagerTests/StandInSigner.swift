import Documents
import KubeControllerManager
import KubeObjects
import Simulation

/// Signs requests that are only their subjects, in the place of real keys.
final class StandInSigner: CertificateSigner {
  private static let head = "-----BEGIN CERTIFICATE REQUEST-----\n"

  static func request(_ subject: String) -> String {
    Base64.encode(Array((head + subject + "\n-----END CERTIFICATE REQUEST-----\n").utf8))
  }

  func sign(request: String, usages: [String], now: Moment, lifetime: Span) -> String? {
    "-----BEGIN CERTIFICATE-----\ncertificate\n-----END CERTIFICATE-----\n"
  }

  func subject(of request: String) -> RequestedSubject? {
    let lines = request.split(separator: "\n")
    guard lines.count > 1 else { return nil }
    var name = ""
    var organizations: [String] = []
    for part in lines[1].split(separator: "/") {
      if part.hasPrefix("CN=") { name = String(part.dropFirst(3)) }
      if part.hasPrefix("O=") { organizations.append(String(part.dropFirst(2))) }
    }
    return RequestedSubject(
      commonName: name, organizations: organizations,
      hasNames: lines[1].lowercased().contains("/dns:"),
      hasAddresses: lines[1].lowercased().contains("/ip:"))
  }
}

extension GroupVersionResource {
  static let certificateSigningRequests = Self(
    "certificates.k8s.io", "v1", "certificatesigningrequests")
}
