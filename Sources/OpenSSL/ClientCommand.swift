import Linux
import PKI
import Shell
import Simulation

/// `openssl s_client`: what a TLS server presents.
enum ClientCommand {
  static let command = OpenSSL.Subcommand(
    grammar: "connect= servername= showcerts CAfile= CApath= cert= key= quiet brief alpn= host= "
      + "port= verify= verify_return_error tls1_2 tls1_3 no_ign_eof ign_eof starttls= noservername "
      + "crlf verify_hostname=", run: run)

  @Sendable
  private static func run(
    _ process: Process, _ options: CommandOptions
  ) async throws -> ExitStatus {
    let target = options["connect"] ?? options.operands.first ?? "localhost:4433"
    let colon = target.lastIndex(of: ":")
    let host = colon.map { String(target[..<$0]) } ?? target
    let port = colon.flatMap { Int(target[target.index(after: $0)...]) } ?? 443
    let connection = try await connect(host, port, process)
    defer { connection.close() }
    try await process.write("CONNECTED(00000003)\n")
    var request = SecurityRequest(
      serverName: options["servername"] ?? host, authorities: nil, certificate: nil, key: nil)
    if let path = options["cert"] {
      request.certificate = try await Store(process: process).text(path, as: "client certificate")
    }
    request.asksForChain = true
    let isOld = options.has("tls1_2")
    if isOld { request.newestVersion = 12 }
    if options.has("tls1_3") { request.oldestVersion = 13 }
    let outcome = try await connection.secure(request)
    guard case .presented(let pem) = outcome else {
      try await process.writeError(
        "40D76FA8BF7F0000:error:"
          + (outcome == .refusedVersion
            ? "0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:"
              + "../ssl/record/rec_layer_s3.c:1605:SSL alert number 70\n"
            : "0A00010B:SSL routines:ssl3_get_record:wrong version number:"
              + "../ssl/record/ssl3_record.c:354:\n"))
      try await process.write(
        "---\nno peer certificate available\n---\nNo client certificate CA names sent\n---\n"
          + "SSL handshake has read 5 bytes and written 293 bytes\nVerification: OK\n---\n"
          + "New, (NONE), Cipher is (NONE)\nSecure Renegotiation IS NOT supported\n"
          + "Compression: NONE\nExpansion: NONE\nNo ALPN negotiated\nEarly data was not sent\n"
          + "Verify return code: 0 (ok)\n---\n")
      return 1
    }
    let chain = PEM.blocks(in: pem).filter { $0.label == "CERTIFICATE" }.compactMap {
      DERNode($0.bytes).flatMap { Certificate($0) }
    }
    guard let leaf = chain.first else { throw Complaint("no peer certificate available") }
    try await report(leaf, chain, process, options)
    return try await converse(connection, process)
  }

  private static func connect(
    _ host: String, _ port: Int, _ process: Process
  ) async throws -> any Connection {
    let addresses = (try? Resolver(process.machine).lookUp(host).addresses) ?? []
    guard let address = addresses.first, let network = process.machine.network else {
      throw Complaint(
        "40D76FA8BF7F0000:error:10080002:BIO routines:BIO_lookup_ex:system lib:"
          + "../crypto/bio/bio_addr.c:738:Name or service not known\nconnect:errno=22")
    }
    do {
      return try await network.connect(
        from: process.machine, to: address, port: port, transport: .tcp, timeout: .seconds(134))
    } catch let failure as NetworkFailure {
      let (number, text) =
        failure == .refused ? (111, "Connection refused") : (110, "Connection timed out")
      throw Complaint(
        "40D76FA8BF7F0000:error:800000\(String(number, radix: 16, uppercase: true)):system library:"
          + "BIO_connect:\(text):../crypto/bio/bio_sock2.c:125:calling connect()\n"
          + "40D76FA8BF7F0000:error:10000067:BIO routines:BIO_connect:connect error:"
          + "../crypto/bio/bio_sock2.c:127:\nconnect:errno=\(number)")
    }
  }

  private static func report(
    _ leaf: Certificate, _ chain: [Certificate], _ process: Process, _ options: CommandOptions
  ) async throws {
    let store = Store(process: process)
    let path = options["CAfile"] ?? "/etc/ssl/certs/ca-certificates.crt"
    let trusted = ((try? await store.certificates(path)) ?? []).compactMap { Certificate($0) }
    let problem = VerifyCommand.problem(
      leaf, trusted, Array(chain.dropFirst()), now: process.machine.now.seconds)
    var log = ""
    var verdict = (number: 0, text: "ok")
    if let problem {
      log += "depth=\(problem.depth) \(Names.text(problem.certificate.subject))\n"
      log += "verify error:num=\(problem.number):\(problem.text)\nverify return:1\n"
      verdict = (problem.number, problem.text)
      if problem.number == 20 {
        verdict = (21, "unable to verify the first certificate")
        log += "depth=0 \(Names.text(leaf.subject))\n"
        log += "verify error:num=21:\(verdict.text)\nverify return:1\n"
      }
    } else if let issuer = trusted.first(where: { leaf.isSigned(by: $0) }) {
      log += "depth=1 \(Names.text(issuer.subject))\nverify return:1\n"
    }
    if verdict.number != 21 { log += "depth=0 \(Names.text(leaf.subject))\nverify return:1\n" }
    try await process.writeError(log)
    var text = "---\nCertificate chain\n"
    for (index, made) in chain.enumerated() {
      text += " \(index) s:\(Names.text(made.subject))\n   i:\(Names.text(made.issuer))\n"
      text += "   a:PKEY: \(key(made)); sigalg: \(signature(made))\n"
      text +=
        "   v:NotBefore: \(CertificateText.date(made.notBefore)); "
        + "NotAfter: \(CertificateText.date(made.notAfter))\n"
      if options.has("showcerts") { text += pem(made) }
    }
    text += "---\nServer certificate\n" + (options.has("showcerts") ? "" : pem(leaf))
    text +=
      "subject=\(Names.text(leaf.subject))\nissuer=\(Names.text(leaf.issuer))\n---\n"
      + "No client certificate CA names sent\nPeer signing digest: SHA256\n"
      + "Server Temp Key: X25519, 253 bits\n---\n"
      + "SSL handshake has read \(700 + leaf.node.bytes.count) bytes and written 391 bytes\n"
    text +=
      verdict.number == 0 ? "Verification: OK\n" : "Verification error: \(verdict.text)\n"
    text += """
      ---
      New, \(options.has("tls1_2") ? "TLSv1.2, Cipher is ECDHE-RSA-AES128-GCM-SHA256" : "TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256")
      Server public key is \(bits(leaf)) bit
      Secure Renegotiation IS NOT supported
      Compression: NONE
      Expansion: NONE
      No ALPN negotiated
      Early data was not sent
      Verify return code: \(verdict.number) (\(verdict.text))
      ---

      """
    try await process.write(text)
  }

  private static func pem(_ made: Certificate) -> String {
    PEM(label: "CERTIFICATE", bytes: made.node.bytes).text
  }

  private static func bits(_ made: Certificate) -> Int {
    let bytes = made.keyInfo.children.last?.bitBytes ?? []
    guard made.keyInfo.children.first?.children.first?.dotted == Names.rsa else { return 256 }
    return CertificateText.bits(DERNode(bytes)?.children.first?.content ?? [])
  }

  private static func key(_ made: Certificate) -> String {
    let dotted = made.keyInfo.children.first?.children.first?.dotted ?? ""
    return "\(Names.algorithms[dotted] ?? dotted), \(bits(made)) (bit)"
  }

  private static func signature(_ made: Certificate) -> String {
    let name = Names.algorithms[made.algorithm.children.first?.dotted ?? ""] ?? "unknown"
    return name.hasPrefix("sha256With") ? "RSA-SHA256" : name
  }

  /// Sends what is typed and shows what comes back, until either side ends.
  private static func converse(
    _ connection: any Connection, _ process: Process
  ) async throws -> ExitStatus {
    while let line = try await process.readLine() {
      do {
        try await connection.write(Array((line + "\r\n").utf8))
        connection.deadline = process.machine.timeline.now + .seconds(1)
        while true {
          let answer = try await connection.read(upTo: 1 << 16)
          if answer.isEmpty {
            try await process.writeError("closed\n")
            return 0
          }
          try await process.write(answer)
        }
      } catch NetworkFailure.timedOut {
        continue
      } catch is NetworkFailure {
        return 1
      }
    }
    try await process.writeError("DONE\n")
    return 0
  }
}
