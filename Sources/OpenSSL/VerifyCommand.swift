import Linux
import PKI
import Shell
import Simulation

/// `openssl verify`: whether certificates lead to a trusted authority.
enum VerifyCommand {
  static let command = OpenSSL.Subcommand(
    grammar: "CAfile= CApath= untrusted= trusted= verbose show_chain partial_chain purpose= "
      + "no_check_time x509_strict", run: run)

  private static let standardFile = "/etc/ssl/certs/ca-certificates.crt"

  @Sendable
  private static func run(
    _ process: Process, _ options: CommandOptions
  ) async throws -> ExitStatus {
    let store = Store(process: process)
    var trusted: [Certificate] = []
    if let path = options["CAfile"] ?? options["trusted"] {
      guard process.status(path) != nil else {
        throw Complaint(
          "Error loading file \(path)\n40574995697F0000:error:80000002:system library:BIO_new_file:"
            + "No such file or directory:../crypto/bio/bss_file.c:67:calling fopen(\(path), r)\n"
            + "40574995697F0000:error:10000080:BIO routines:BIO_new_file:no such file:"
            + "../crypto/bio/bss_file.c:75:\n"
            + "40574995697F0000:error:05880002:x509 certificate routines:"
            + "X509_load_cert_crl_file_ex:system lib:../crypto/x509/by_file.c:234:")
      }
      trusted = try await store.certificates(path).compactMap { Certificate($0) }
    } else if process.status(standardFile) != nil {
      trusted = (try? await store.certificates(standardFile).compactMap { Certificate($0) }) ?? []
    }
    var others: [Certificate] = []
    if let path = options["untrusted"] {
      others = try await store.certificates(path).compactMap { Certificate($0) }
    }
    var status: ExitStatus = 0
    for path in options.operands.isEmpty ? [nil] : options.operands.map(Optional.some) {
      let name = path ?? "stdin"
      let made = try await store.certificate(path)
      if let problem = problem(
        made, trusted, others, now: process.machine.now.seconds,
        ignoresTime: options.has("no_check_time"))
      {
        try await process.writeError(
          "\(Names.text(problem.certificate.subject))\nerror \(problem.number) at "
            + "\(problem.depth) depth lookup: \(problem.text)\nerror \(name): verification failed\n"
        )
        status = 2
      } else {
        try await process.write("\(name): OK\n")
      }
    }
    return status
  }

  struct Problem {
    let number: Int
    let depth: Int
    let text: String
    let certificate: Certificate
  }

  /// What OpenSSL finds wrong with a chain, or nil.
  static func problem(
    _ leaf: Certificate, _ trusted: [Certificate], _ others: [Certificate], now: Int64,
    ignoresTime: Bool = false
  ) -> Problem? {
    var chain = [leaf]
    var current = leaf
    for depth in 0..<10 {
      if trusted.contains(where: { $0.node == current.node }) { break }
      if let next = trusted.first(where: { current.isSigned(by: $0) }) {
        chain.append(next)
        break
      }
      if current.isSigned(by: current) {
        let number = depth == 0 ? 18 : 19
        let text =
          depth == 0 ? "self-signed certificate" : "self-signed certificate in certificate chain"
        return Problem(number: number, depth: depth, text: text, certificate: current)
      }
      guard let next = others.first(where: { current.isSigned(by: $0) }) else {
        return Problem(
          number: 20, depth: depth, text: "unable to get local issuer certificate",
          certificate: current)
      }
      chain.append(next)
      current = next
    }
    if ignoresTime { return nil }
    for (depth, made) in chain.enumerated().reversed() {
      if let end = made.notAfter, end.seconds < now {
        return Problem(
          number: 10, depth: depth, text: "certificate has expired", certificate: made)
      }
      if let start = made.notBefore, start.seconds > now {
        return Problem(
          number: 9, depth: depth, text: "certificate is not yet valid", certificate: made)
      }
    }
    return nil
  }
}
