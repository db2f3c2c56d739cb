import Linux
import PKI
import Shell
import Simulation

/// `openssl x509`: shows certificates, and signs requests.
enum CertificateCommand {
  static let command = OpenSSL.Subcommand(
    grammar: "in= inform= out= outform= noout text subject issuer dates startdate enddate serial "
      + "fingerprint pubkey modulus ext= checkend= checkhost= purpose hash req new CA= CAkey= "
      + "CAcreateserial CAserial= days= extfile= extensions= set_serial= signkey= key= "
      + "copy_extensions= nameopt= certopt= subj= trustout email passin= force_pubkey= nocert",
    alias: "option or message digest", run: run)

  @Sendable
  private static func run(
    _ process: Process, _ options: CommandOptions
  ) async throws -> ExitStatus {
    let store = Store(process: process)
    let made: Certificate
    if options.has("req") {
      made = try await signed(try await store.request(options["in"]), store, options)
    } else {
      made = try await store.certificate(options["in"])
    }
    return try await show(made, store, options)
  }

  // MARK: signing

  private static func signed(
    _ request: Request, _ store: Store, _ options: CommandOptions
  ) async throws -> Certificate {
    let process = store.process
    guard request.isSelfSigned else {
      throw Complaint("Certificate request self-signature did not match the contents")
    }
    try await process.writeError(
      "Certificate request self-signature ok\nsubject=\(Names.text(request.subject))\n")
    let configuration = try await configuration(options, process)
    let own = options["signkey"] ?? options["key"]
    let issuer: (name: DERNode, info: DERNode, key: PrivateKey)
    var serial = serial(options["set_serial"], process)
    if let path = options["CA"] {
      let authority = try await store.certificate(path, as: "CA certificate")
      let key = try await store.privateKey(options["CAkey"] ?? path, as: "CA private key")
      guard key.pair.publicKey.info == authority.keyInfo else {
        throw Complaint(
          "CA certificate and CA private key do not match\n"
            + "40C7CAAD3A7F0000:error:05800074:x509 certificate routines:X509_check_private_key:"
            + "key values mismatch:../crypto/x509/x509_cmp.c:408:")
      }
      issuer = (authority.subject, authority.keyInfo, key)
      if options["set_serial"] == nil {
        serial = try await numbered(path, serial, store, options)
      }
    } else if let own {
      let key = try await store.privateKey(own)
      issuer = (request.subject, request.keyInfo, key)
    } else {
      throw Complaint("We need a private key to sign with, use -signkey, -key or -CA")
    }
    let maker = ExtensionMaker(
      configuration: configuration, keyInfo: request.keyInfo, issuerKeyInfo: issuer.info)
    var extensions: [DERNode] = []
    if options["extfile"] != nil {
      let section = options["extensions"] ?? configuration.value("extensions", in: "default")
      extensions = try maker.section(section ?? "default")
    }
    if ["copy", "copyall"].contains(options["copy_extensions"]) {
      let names = extensions.compactMap { $0.children.first?.dotted }
      extensions += request.extensions.filter { !names.contains($0.children.first?.dotted ?? "") }
    }
    return try Certificate.make(
      .init(
        subject: request.subject, keyInfo: request.keyInfo, issuer: issuer.name,
        extensions: extensions, serial: serial, start: process.machine.now,
        days: try options.number("days", default: 30), isThird: !extensions.isEmpty),
      signer: issuer.key, digest: options.digest?.name ?? "sha256")
  }

  private static func configuration(
    _ options: CommandOptions, _ process: Process
  ) async throws -> Configuration {
    guard let path = options["extfile"] else { return Configuration() }
    do {
      return Configuration(String(decoding: try await process.contents(of: path), as: UTF8.self))
    } catch let error as HostError where !error.isBudget {
      throw Complaint("Can't open \"\(path)\" for reading, \(error.text)")
    }
  }

  /// The serial number of `-CAcreateserial` or of an authority's .srl file, which is then written.
  private static func numbered(
    _ authority: String, _ fresh: [UInt8], _ store: Store, _ options: CommandOptions
  ) async throws -> [UInt8] {
    let folder = authority.lastIndex(of: "/").map { authority[...$0] } ?? ""
    let file = authority.dropFirst(folder.count)
    let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
    let path = options["CAserial"] ?? "\(folder)\(stem).srl"
    var serial = fresh
    if store.process.status(path) != nil {
      let text = try await store.text(path, as: "serial")
      serial = Digests.bytes(ofHex: text)
      // One more than the last.
      for index in serial.indices.reversed() {
        serial[index] &+= 1
        if serial[index] != 0 { break }
      }
    } else if !options.has("CAcreateserial") {
      return fresh
    }
    try await store.write(
      CertificateText.hex(serial, separator: "", isUpper: true) + "\n", to: path)
    return serial
  }

  /// 20 random bytes, or a number that was given.
  static func serial(_ given: String?, _ process: Process) -> [UInt8] {
    if let given {
      if given.hasPrefix("0x") {
        let digits = given.dropFirst(2)
        return Digests.bytes(ofHex: digits.count % 2 == 0 ? String(digits) : "0" + digits)
      }
      if let number = UInt64(given) {
        return withUnsafeBytes(of: number.bigEndian) { Array($0.drop { $0 == 0 }) }
      }
    }
    var bytes: [UInt8] = []
    for _ in 0..<3 { withUnsafeBytes(of: process.machine.randomBits()) { bytes += $0 } }
    bytes.removeLast(4)
    bytes[0] = bytes[0] & 0x7F | 1
    return bytes
  }

  // MARK: showing

  private static func show(
    _ made: Certificate, _ store: Store, _ options: CommandOptions
  ) async throws -> ExitStatus {
    var text = ""
    var status: ExitStatus = 0
    for option in options.given {
      switch option.name {
      case "text": text += CertificateText.certificate(made)
      case "subject": text += "subject=\(Names.text(made.subject))\n"
      case "issuer": text += "issuer=\(Names.text(made.issuer))\n"
      case "startdate": text += "notBefore=\(CertificateText.date(made.notBefore))\n"
      case "enddate": text += "notAfter=\(CertificateText.date(made.notAfter))\n"
      case "dates":
        text +=
          "notBefore=\(CertificateText.date(made.notBefore))\n"
          + "notAfter=\(CertificateText.date(made.notAfter))\n"
      case "serial":
        let digits = Array(made.serial.drop { $0 == 0 })
        text += "serial=\(CertificateText.hex(digits, separator: "", isUpper: true))\n"
      case "fingerprint":
        let digest = options.digest
        let bytes = Digests.bytes(
          ofHex: digest?.hex(made.node.bytes) ?? Digest.sha1(made.node.bytes))
        text +=
          "\(digest?.name ?? "SHA1") Fingerprint="
          + CertificateText.hex(bytes, separator: ":", isUpper: true) + "\n"
      case "pubkey": text += PEM(label: "PUBLIC KEY", bytes: made.keyInfo.bytes).text
      case "modulus": text += modulus(made.keyInfo)
      case "ext": text += try extensions(made, option.value ?? "")
      case "checkend":
        let span = Int64(option.value ?? "") ?? 0
        let now = store.process.machine.now.seconds
        let ends = made.notAfter.map { $0.seconds - now < span } ?? true
        text += ends ? "Certificate will expire\n" : "Certificate will not expire\n"
        status = ends ? 1 : 0
      case "checkhost":
        let host = option.value ?? ""
        let isMatch = made.facts?.alternativeNames.contains(.dns(host)) == true
        text += "Hostname \(host) does \(isMatch ? "" : "NOT ")match certificate\n"
      default: break
      }
    }
    if options["outform"]?.uppercased() == "DER" {
      try await store.write(made.node, "CERTIFICATE", options)
      return status
    }
    if !options.has("noout") { text += PEM(label: "CERTIFICATE", bytes: made.node.bytes).text }
    try await store.write(text, to: options["out"])
    return status
  }

  private static func extensions(_ made: Certificate, _ wanted: String) throws -> String {
    let names = wanted.split(separator: ",").compactMap { Names.extensionWords[String($0)] }
    let found = made.extensions.filter { names.contains($0.children.first?.dotted ?? "") }
    if made.extensions.isEmpty { return "No extensions in certificate\n" }
    if found.isEmpty { return "No extensions matched\n" }
    return CertificateText.extensions(found, indent: 0)
  }

  static func modulus(_ info: DERNode) -> String {
    guard info.children.first?.children.first?.dotted == Names.rsa,
      let modulus = DERNode(info.children.last?.bitBytes ?? [])?.children.first?.content
    else { return "Modulus=Wrong Algorithm type\n" }
    let digits = Array(modulus.drop { $0 == 0 })
    return "Modulus=\(CertificateText.hex(digits, separator: "", isUpper: true))\n"
  }
}
