import Shell
import Simulation

extension CurlTransfer {
  /// What `-v` tells of a handshake, as curl 8.5 with OpenSSL 3 words it.
  func tell(
    of connection: any Connection, _ wish: SecurityRequest, trusting system: String
  ) async throws {
    guard options.has("v") else { return }
    var look = wish
    look.asksForChain = true
    guard let trust = process.machine.network?.trust,
      case .presented(let pem) = try await connection.secure(look),
      let summary = trust.summary(of: pem)
    else { return }
    var judged = wish
    judged.authorities = wish.authorities ?? system
    let verdict = trust.outcome(of: judged, presenting: pem, at: process.machine.now)
    let isVerified = verdict == .established
    var lines = ["* ALPN: curl offers h2,http/1.1"]
    for step in [
      "(OUT), TLS handshake, Client hello (1):", "(IN), TLS handshake, Server hello (2):",
      "(IN), TLS handshake, Encrypted Extensions (8):", "(IN), TLS handshake, Certificate (11):",
      "(IN), TLS handshake, CERT verify (15):", "(IN), TLS handshake, Finished (20):",
      "(OUT), TLS handshake, Finished (20):",
    ] { lines.append("* TLSv1.3 " + step) }
    func date(_ seconds: Int64) -> String {
      Calendar(Moment(seconds: seconds)).formatted("%b %e %H:%M:%S %Y GMT")
    }
    lines += [
      "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384", "* ALPN: server accepted http/1.1",
      "* Server certificate:", "*  subject: \(summary.subject)",
      "*  start date: \(date(summary.notBefore))", "*  expire date: \(date(summary.notAfter))",
    ]
    if isVerified, wish.authorities != nil {
      let host = wish.serverName
      lines.append("*  subjectAltName: host \"\(host)\" matched cert's \"\(host)\"")
    }
    lines.append("*  issuer: \(summary.issuer)")
    if isVerified {
      lines.append("*  SSL certificate verify ok.")
    } else if wish.authorities == nil, case .untrusted(let why) = verdict {
      let numbers = [
        "certificate has expired": 10, "self-signed certificate": 18,
        "self-signed certificate in certificate chain": 19,
        "unable to get local issuer certificate": 20,
      ]
      // Names are no part of OpenSSL's own verdict.
      lines.append(
        numbers[why].map { "*  SSL certificate verify result: \(why) (\($0)), continuing anyway." }
          ?? "*  SSL certificate verify ok.")
    } else if case .untrusted = verdict {
      // The handshake ends at the certificate.
      lines = Array(lines.prefix(5)) + ["* TLSv1.3 (OUT), TLS alert, unknown CA (560):"]
    }
    for line in lines { try await verbose(line) }
  }
}
