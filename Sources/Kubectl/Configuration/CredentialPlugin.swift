import Documents
import KubeAPIServer
import KubeObjects
import Linux
import PKI
import Shell

/// A program that a kubeconfig gets a user's credentials from: client-go's exec authenticator. It
/// runs on the machine, once for a command unless it fails.
final class CredentialPlugin {
  struct Credentials {
    var token: String?
    /// PEM.
    var certificate: [UInt8]?
    var key: [UInt8]?

    /// As a request shows them: a certificate, else a token.
    func put(into address: inout ServerAddress, _ credential: inout Credential) {
      if let token { credential = .bearer(token) }
      guard let certificate,
        let block = PEM.blocks(in: String(decoding: certificate, as: UTF8.self)).first
      else { return }
      address.clientCertificate = certificate
      address.clientKey = key
      credential = .certificate(block.bytes)
    }
  }

  struct Failure: Error { let text: String }

  private let program: Value
  private let command: String
  private let cluster: Value?
  private let surroundings: any Surroundings
  private var known: Credentials?

  private static let advice = """


    It looks like you are trying to use a client-go credential plugin that is not installed.

    To learn more about this feature, consult the documentation available at:
          https://kubernetes.io/docs/reference/access-authn-authz/authentication/\
    #client-go-credential-plugins
    """

  /// `command` is a name, or a path made absolute beside the kubeconfig's file.
  init(_ program: Value, command: String, cluster: Value?, surroundings: any Surroundings) {
    self.program = program
    self.command = command
    self.cluster = cluster
    self.surroundings = surroundings
  }

  private var version: String { program.text("apiVersion") }

  /// Throws `Failure`.
  func credentials() async throws -> Credentials {
    if let known { return known }
    let mode = program.text("interactiveMode")
    let isInteractive = mode != "Never" && surroundings.inputIsTerminal
    if mode == "Always", !isInteractive {
      throw Failure(
        text: "exec plugin cannot support interactive mode: standard input is not a terminal")
    }
    var environment = surroundings.environment
    for variable in program.items("env") {
      environment[variable.text("name")] = variable.text("value")
    }
    environment["KUBERNETES_EXEC_INFO"] = question(isInteractive) + "\n"
    let words = [command] + program.texts("args")
    let outcome: (status: ExitStatus, output: [UInt8])
    do {
      outcome = try await surroundings.capture(
        words, environment: environment, givesInput: isInteractive)
    } catch let error as HostError where !error.isBudget {
      throw refusal(error)
    }
    guard outcome.status == 0 else {
      throw Failure(text: "exec: executable \(command) failed with exit code \(outcome.status)")
    }
    let found = try read(outcome.output)
    known = found
    return found
  }

  private func refusal(_ error: HostError) -> Failure {
    if command.contains("/") {
      let reason = error == .notFound ? "no such file or directory" : "permission denied"
      return Failure(text: "exec: fork/exec \(command): \(reason)")
    }
    let hint = program.text("installHint")
    return Failure(
      text: "exec: executable \(command) not found\(Self.advice)"
        + (hint.isEmpty ? "" : "\n\n\(hint)"))
  }

  /// The ExecCredential that the program finds in its environment, its fields in Go's order.
  private func question(_ isInteractive: Bool) -> String {
    var specification: [(String, String)] = []
    if program.flag("provideClusterInfo"), let cluster {
      var told = [("server", cluster["server"] ?? "")]
      for name in [
        "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url",
        "disable-compression",
      ] {
        if let value = cluster[name] { told.append((name, value)) }
      }
      told.append(("config", .null))
      let members = told.map { ($0.0, JSONText.compact($0.1)) }
      specification.append(("cluster", Self.object(members)))
    }
    specification.append(("interactive", "\(isInteractive)"))
    return Self.object([
      ("kind", "\"ExecCredential\""), ("apiVersion", JSONText.compact(.string(version))),
      ("spec", Self.object(specification)),
    ])
  }

  private static func object(_ members: [(name: String, text: String)]) -> String {
    "{" + members.map { "\"\($0.name)\":\($0.text)" }.joined(separator: ",") + "}"
  }

  private func read(_ output: [UInt8]) throws -> Credentials {
    let answer = (try? YAML.parse(output)) ?? .null
    let text = String(decoding: output, as: UTF8.self)
    guard answer.object != nil || answer.isNull else {
      let kind = answer.string != nil ? "string" : answer.array != nil ? "array" : "number"
      let type =
        "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; "
        + "Kind string \"json:\\\"kind,omitempty\\\"\" }"
      throw Failure(
        text: "decoding stdout: couldn't get version/kind; json parse error: json: cannot "
          + "unmarshal \(kind) into Go value of type \(type)")
    }
    for (name, field) in [("Kind", "kind"), ("apiVersion", "apiVersion")]
    where answer.text(field).isEmpty {
      throw Failure(text: "decoding stdout: Object '\(name)' is missing in '\(text)'")
    }
    let (kind, told) = (answer.kind, answer.apiVersion)
    let isKnown =
      kind == "ExecCredential"
      && ["v1", "v1beta1"].contains { told == "client.authentication.k8s.io/\($0)" }
    guard isKnown else {
      throw Failure(
        text: "decoding stdout: no kind \(Go.quoted(kind)) is registered for version "
          + "\(Go.quoted(told)) in scheme \"pkg/client/auth/exec/exec.go:62\"")
    }
    guard told == version else {
      throw Failure(
        text: "exec plugin is configured to use API version \(version), plugin returned version "
          + told)
    }
    guard let status = answer["status"], !status.isNull else {
      throw Failure(text: "exec plugin didn't return a status field")
    }
    let (token, certificate, key) = (
      status.text("token"), status.text("clientCertificateData"), status.text("clientKeyData")
    )
    if token.isEmpty, certificate.isEmpty, key.isEmpty {
      throw Failure(text: "exec plugin didn't return a token or cert/key pair")
    }
    if certificate.isEmpty != key.isEmpty {
      throw Failure(text: "exec plugin returned only certificate or key, not both")
    }
    for (name, pem) in [("certificate", certificate), ("key", key)]
    where !pem.isEmpty && PEM.blocks(in: pem).isEmpty {
      throw Failure(
        text: "failed parsing client key/certificate: tls: failed to find any PEM data in \(name) "
          + "input")
    }
    return Credentials(
      token: token.isEmpty ? nil : token,
      certificate: certificate.isEmpty ? nil : Array(certificate.utf8),
      key: key.isEmpty ? nil : Array(key.utf8))
  }
}
