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

  /// Reads a configuration file; what is wrong with it comes in upstream's words.
  package init(_ value: Value) throws(Problem) {
    func wrong(_ text: String) -> Problem { Problem(text, line: 1, column: 1) }
    guard value["kind"]?.string == "EncryptionConfiguration",
      value["apiVersion"]?.string == "apiserver.config.k8s.io/v1"
    else {
      throw wrong(
        "error decoding encryption provider configuration: no kind "
          + "\"\(value["kind"]?.string ?? "")\" is registered for version "
          + "\"\(value["apiVersion"]?.string ?? "")\"")
    }
    let list = value["resources"]?.array ?? []
    guard !list.isEmpty else {
      throw wrong("resources: Required value: must be set when encryption is enabled")
    }
    for (index, entry) in list.enumerated() {
      let names = (entry["resources"]?.array ?? []).compactMap(\.string)
      let place = "resources[\(index)]"
      guard !names.isEmpty else {
        throw wrong("\(place).resources: Required value: at least one resource must be specified")
      }
      var providers: [Provider] = []
      for (number, provider) in (entry["providers"]?.array ?? []).enumerated() {
        providers += try Self.providers(provider, "\(place).providers[\(number)]")
      }
      guard !providers.isEmpty else {
        throw wrong("\(place).providers: Required value: at least one provider must be specified")
      }
      rules.append(Rule(resources: names, providers: providers))
    }
  }

  private static func providers(_ value: Value, _ place: String) throws(Problem) -> [Provider] {
    func wrong(_ text: String) -> Problem { Problem(text, line: 1, column: 1) }
    if value["identity"] != nil { return [Provider(prefix: "", secret: "")] }
    for (kind, lengths) in [
      ("aescbc", [16, 24, 32]), ("aesgcm", [16, 24, 32]), ("secretbox", [32]),
    ] {
      guard let settings = value[kind] else { continue }
      let keys = settings["keys"]?.array ?? []
      guard !keys.isEmpty else {
        throw wrong("\(place).\(kind).keys: Required value: at least one key must be specified")
      }
      var found: [Provider] = []
      for (index, key) in keys.enumerated() {
        let path = "\(place).\(kind).keys[\(index)]"
        guard let name = key["name"]?.string, !name.isEmpty else {
          throw wrong("\(path).name: Required value: keys must have a non-empty name")
        }
        let secret = key["secret"]?.string ?? ""
        guard !secret.isEmpty, let bytes = Base64.decode(secret) else {
          throw wrong("\(path).secret: Invalid value: \"REDACTED\": secrets must be base64 encoded")
        }
        guard lengths.contains(bytes.count) else {
          let wanted = lengths.map(String.init).joined(separator: " ")
          throw wrong(
            "\(path).secret: Invalid value: \"REDACTED\": secret is not of the expected length, got "
              + "\(bytes.count), expected one of [\(wanted)]")
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        found.append(Provider(prefix: "\(kind):v1:\(name)", secret: String(hash, radix: 36)))
      }
      return found
    }
    if value["kms"] != nil { throw wrong("drydock: not simulated: KMS encryption providers") }
    throw wrong(
      "\(place): Required value: provider does not contain any of the expected providers: "
        + "KMS, AESGCM, AESCBC, Secretbox, Identity")
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
