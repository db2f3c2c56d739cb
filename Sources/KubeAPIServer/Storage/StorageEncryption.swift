package import Documents
import KubeObjects

/// How the API server has objects written down in etcd (EncryptionConfiguration): the first provider
/// of a resource writes, all of them read.
package struct StorageEncryption: Hashable, Sendable {
  struct Provider: Hashable, Sendable {
    /// `aescbc:v1:key1`, or empty for identity.
    var prefix: String
    /// Tells keys of one name apart.
    var secret: String

    var form: String { prefix.isEmpty ? "" : "\(prefix)#\(secret)" }
  }

  private struct Rule: Hashable, Sendable {
    var resources: [String]
    var providers: [Provider]
  }

  private var rules: [Rule] = []

  package init() {}

  /// Reads the configuration file at a path; what is wrong with it comes in upstream's words.
  package init(_ value: Value, path: String) throws(Problem) {
    func wrong(_ text: String) -> Problem { Problem(text, line: 1, column: 1) }
    let undecoded = "error decoding encryption provider configuration file \(path.goQuoted): "
    guard value["kind"]?.string == "EncryptionConfiguration",
      value["apiVersion"]?.string == "apiserver.config.k8s.io/v1"
    else {
      throw wrong(
        undecoded + "no kind \(value.text("kind").goQuoted) is registered for version "
          + "\(value.text("apiVersion").goQuoted) in scheme "
          + "\"k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go:144\"")
    }
    let unknown = EncryptionValidation.unknownFields(value)
    guard unknown.isEmpty else {
      throw wrong(undecoded + "strict decoding error: " + unknown.joined(separator: ", "))
    }
    let errors = EncryptionValidation.validate(value)
    guard errors.isEmpty else { throw wrong(FieldError.aggregate(errors.map(\.message))) }
    for entry in value.items("resources") {
      var providers: [Provider] = []
      for provider in entry.items("providers") { providers += try Self.providers(provider) }
      rules.append(Rule(resources: entry.texts("resources"), providers: providers))
    }
  }

  private static func providers(_ value: Value) throws(Problem) -> [Provider] {
    if value.has("kms") {
      throw Problem("drydock: not simulated: KMS encryption providers", line: 1, column: 1)
    }
    for kind in EncryptionValidation.lengths.keys.sorted() {
      guard let settings = value[kind], !settings.isNull else { continue }
      return settings.items("keys").map { key in
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Base64.decode(key.text("secret")) ?? [] {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return Provider(
          prefix: "\(kind):v1:\(key.text("name"))", secret: String(hash, radix: 36))
      }
    }
    return [Provider(prefix: "", secret: "")]
  }

  package var isOff: Bool { rules.isEmpty }

  private func providers(_ resource: GroupVersionResource) -> [Provider]? {
    let whole =
      resource.group.isEmpty ? resource.resource : "\(resource.resource).\(resource.group)"
    let wildcards = ["*.\(resource.group)", "*.*"]
    for rule in rules where rule.resources.contains(whole) { return rule.providers }
    for rule in rules where rule.resources.contains(where: wildcards.contains) {
      return rule.providers
    }
    return nil
  }

  /// How a new value of a resource is written.
  func form(of resource: GroupVersionResource) -> String { providers(resource)?.first?.form ?? "" }

  /// Why a stored value cannot be read; nil: it can.
  func problem(_ form: String, of resource: GroupVersionResource) -> String? {
    guard let providers = providers(resource) else {
      return form.isEmpty ? nil : "identity transformer tried to read encrypted data"
    }
    if providers.contains(where: { $0.form == form }) { return nil }
    if form.isEmpty { return "no matching prefix found" }
    let prefix = form.prefix { $0 != "#" }
    if providers.contains(where: { $0.prefix == prefix }) {
      return prefix.hasPrefix("aescbc")
        ? "invalid padding on input" : "cipher: message authentication failed"
    }
    let kind = prefix.prefix { $0 != ":" }
    return providers.contains { $0.prefix.hasPrefix(kind + ":") }
      ? "no matching key was found for the provided \(kind == "secretbox" ? "Secretbox" : kind == "aesgcm" ? "AES-GCM" : "AES") transformer"
      : "no matching prefix found"
  }
}
