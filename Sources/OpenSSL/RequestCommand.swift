import Linux
import PKI
import Shell
import Simulation

/// `openssl req`: makes and shows requests, and self-signed certificates.
enum RequestCommand {
  static let command = OpenSSL.Subcommand(
    grammar: "new key= keyout= newkey= nodes noenc subj= out= outform= in= inform= x509 days= "
      + "addext= config= extensions= reqexts= text noout subject pubkey verify batch utf8 "
      + "set_serial= CA= CAkey= modulus passout= passin= verbose quiet nameopt= sigopt=",
    alias: "option or message digest", run: run)

  @Sendable
  private static func run(
    _ process: Process, _ options: CommandOptions
  ) async throws -> ExitStatus {
    let store = Store(process: process)
    let configuration = try await configuration(store, options)
    let makes =
      options.has("new") || options.has("newkey")
      || options.has("x509") && !options.has("in")
    guard makes else {
      return try await show(try await store.request(options["in"]), store, options)
    }
    let key = try await key(store, configuration, options)
    let subject: DERNode
    if let given = options["subj"] {
      subject = try Names.subject(given)
    } else {
      subject = try await asked(process, configuration, options)
    }
    let digest = options.digest?.name ?? "sha256"
    if options.has("x509") {
      let made = try await certificate(subject, key, configuration, store, options, digest)
      var text = options.has("text") ? CertificateText.certificate(made) : ""
      if !options.has("noout") { text += PEM(label: "CERTIFICATE", bytes: made.node.bytes).text }
      try await store.write(text, to: options["out"])
      return 0
    }
    let maker = ExtensionMaker(configuration: configuration, keyInfo: key.pair.publicKey.info)
    var extensions = try options.values("addext").compactMap { try maker.make(line: $0) }
    let section =
      options["reqexts"] ?? options["extensions"]
      ?? configuration.value("req_extensions", in: "req")
    if let section { extensions += try maker.section(section) }
    let made = try Request.make(subject, key, extensions: extensions, digest: digest)
    return try await show(made, store, options)
  }

  private static func configuration(
    _ store: Store, _ options: CommandOptions
  ) async throws -> Configuration {
    guard let path = options["config"] else { return Configuration() }
    do {
      return Configuration(
        String(decoding: try await store.process.contents(of: path), as: UTF8.self))
    } catch let error as HostError where !error.isBudget {
      throw Complaint(
        "Can't open \"\(path)\" for reading, \(error.text)\n"
          + "40D76FA8BF7F0000:error:80000002:system library:BIO_new_file:"
          + "No such file or directory:../crypto/bio/bss_file.c:67:calling fopen(\(path), r)")
    }
  }

  /// The key of `-key`, or a new one as `-newkey` says.
  private static func key(
    _ store: Store, _ configuration: Configuration, _ options: CommandOptions
  ) async throws -> PrivateKey {
    if let path = options["key"], options["newkey"] == nil {
      return try await store.privateKey(path)
    }
    let wish = options["newkey"] ?? configuration.value("default_bits", in: "req") ?? "rsa:2048"
    let made: PrivateKey?
    if wish.hasPrefix("rsa") || Int(wish) != nil {
      let bits = wish.hasPrefix("rsa:") ? wish.dropFirst(4) : wish == "rsa" ? "2048" : wish[...]
      made = try PrivateKey.rsa(bits: Int(bits) ?? 0, store.process)
    } else if wish.hasPrefix("ec") {
      made = PrivateKey.made(.p256, store.process)
    } else if wish.lowercased() == "ed25519" {
      made = PrivateKey.made(.ed25519, store.process)
    } else {
      throw Complaint("req: Unknown algorithm \(wish)")
    }
    guard let made else { throw Complaint.unsimulated("with this key") }
    let keepsOpen =
      options.has("nodes") || options.has("noenc")
      || configuration.value("encrypt_key", in: "req") == "no"
    guard keepsOpen else { throw Complaint.unsimulated("req without -nodes: encrypted keys") }
    let path = options["keyout"] ?? configuration.value("default_keyfile", in: "req")
    try await store.write(made.pem, to: path ?? "privkey.pem", isSecret: true)
    try await store.process.writeError("-----\n")
    return made
  }

  private static func certificate(
    _ subject: DERNode, _ key: PrivateKey, _ configuration: Configuration, _ store: Store,
    _ options: CommandOptions, _ digest: String
  ) async throws -> Certificate {
    guard let info = key.pair.publicKey.info else { throw Complaint.unsimulated("with this key") }
    var issuer: (name: DERNode, info: DERNode, key: PrivateKey) = (subject, info, key)
    if let path = options["CA"] {
      let authority = try await store.certificate(path, as: "CA certificate")
      issuer = (
        authority.subject, authority.keyInfo,
        try await store.privateKey(options["CAkey"] ?? path, as: "CA private key")
      )
    }
    let maker = ExtensionMaker(
      configuration: configuration, keyInfo: info, issuerKeyInfo: issuer.info)
    let section =
      options["extensions"] ?? configuration.value("x509_extensions", in: "req")
    var extensions =
      try section.map { try maker.section($0) }
      ?? ["subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"].compactMap {
        try maker.make(line: $0)
      }
    let added = try options.values("addext").compactMap { try maker.make(line: $0) }
    let names = added.compactMap { $0.children.first?.dotted }
    if section == nil, !names.contains(Names.basicConstraints),
      let constraint = try maker.make(line: "basicConstraints=critical,CA:TRUE")
    {
      extensions.append(constraint)
    }
    extensions = extensions.filter { !names.contains($0.children.first?.dotted ?? "") } + added
    return try Certificate.make(
      .init(
        subject: subject, keyInfo: info, issuer: issuer.name, extensions: extensions,
        serial: CertificateCommand.serial(options["set_serial"], store.process),
        start: store.process.machine.now, days: try options.number("days", default: 30),
        isThird: true),
      signer: issuer.key, digest: digest)
  }

  private static func show(
    _ request: Request, _ store: Store, _ options: CommandOptions
  ) async throws -> ExitStatus {
    let process = store.process
    if options.has("verify") {
      try await process.writeError(
        "Certificate request self-signature verify "
          + (request.isSelfSigned ? "OK\n" : "failure\n"))
      if !request.isSelfSigned { return 1 }
    }
    var text = ""
    if options.has("pubkey") {
      text += PEM(label: "PUBLIC KEY", bytes: request.keyInfo.bytes).text
    }
    if options.has("text") { text += CertificateText.request(request) }
    if options.has("subject") { text += "subject=\(Names.text(request.subject))\n" }
    if options.has("modulus") { text += CertificateCommand.modulus(request.keyInfo) }
    if options["outform"]?.uppercased() == "DER" {
      try await store.write(request.node, "CERTIFICATE REQUEST", options)
      return 0
    }
    if !options.has("noout") {
      text += PEM(label: "CERTIFICATE REQUEST", bytes: request.node.bytes).text
    }
    try await store.write(text, to: options["out"])
    return 0
  }

  // MARK: the subject

  private static let questions: [(name: String, text: String, standard: String)] = [
    ("C", "Country Name (2 letter code)", "AU"),
    ("ST", "State or Province Name (full name)", "Some-State"),
    ("L", "Locality Name (eg, city)", ""),
    ("O", "Organization Name (eg, company)", "Internet Widgits Pty Ltd"),
    ("OU", "Organizational Unit Name (eg, section)", ""),
    ("CN", "Common Name (e.g. server FQDN or YOUR name)", ""),
    ("emailAddress", "Email Address", ""),
  ]

  /// From a configuration without prompts, or by asking.
  private static func asked(
    _ process: Process, _ configuration: Configuration, _ options: CommandOptions
  ) async throws -> DERNode {
    let section = configuration.value("distinguished_name", in: "req")
    if let section, let pairs = configuration.sections[section],
      configuration.value("prompt", in: "req") == "no" || options.has("batch")
    {
      // 0.O and 1.O are two organizations.
      return try Names.subject(
        pairs.map { pair in
          let isNumbered = pair.name.first?.isNumber == true && pair.name.contains(".")
          let name = isNumbered ? pair.name.split(separator: ".").last.map(String.init) : nil
          return (name ?? pair.name, pair.value)
        })
    }
    try await process.writeError(
      """
      You are about to be asked to enter information that will be incorporated
      into your certificate request.
      What you are about to enter is called a Distinguished Name or a DN.
      There are quite a few fields but you can leave some blank
      For some fields there will be a default value,
      If you enter '.', the field will be left blank.
      -----

      """)
    var pairs: [(String, String)] = []
    for question in questions {
      try await process.writeError("\(question.text) [\(question.standard)]:")
      guard let line = try await process.readLine() else {
        throw Complaint("\nError making certificate request")
      }
      let value = line.isEmpty ? question.standard : line == "." ? "" : line
      pairs.append((question.name, value))
    }
    if !options.has("x509") {
      try await process.writeError(
        "\nPlease enter the following 'extra' attributes\n"
          + "to be sent with your certificate request\n")
      for question in ["A challenge password", "An optional company name"] {
        try await process.writeError("\(question) []:")
        _ = try await process.readLine()
      }
    }
    return try Names.subject(pairs)
  }
}
