import KubeCluster
import NIOCore
import NIOSSL
import PKI

/// The TLS of the door: the cluster's own serving certificate; clients may show certificates.
enum TransportSecurity {
  static func context(keys: ClusterKeys, host: String) throws -> NIOSSLContext {
    var names: [AlternativeName] = [
      "kubernetes", "kubernetes.default", "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local", "controlplane", "localhost",
    ].map { .dns($0) }
    names += [.address([10, 96, 0, 1]), .address([127, 0, 0, 1])]
    names.append(.address([UInt8](repeating: 0, count: 15) + [1]))
    let bytes = host.split(separator: ".").compactMap { UInt8($0) }
    if bytes.count == 4, bytes != [127, 0, 0, 1] { names.append(.address(bytes)) }
    guard let (certificate, key) = keys.servingCertificate(names: names) else {
      throw KeyTrouble()
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [
        .certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der))
      ],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem)))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2", "http/1.1"]
    // Asks for a certificate; the API server itself judges what comes, as upstream's does.
    configuration.certificateVerification = .optionalVerification
    configuration.trustRoots = .certificates([])
    return try NIOSSLContext(configuration: configuration)
  }

  static func handler(_ context: NIOSSLContext) -> NIOSSLServerHandler {
    NIOSSLServerHandler(
      context: context,
      customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) })
  }

  /// The cluster's authority could not make a certificate.
  struct KeyTrouble: Error {}
}
