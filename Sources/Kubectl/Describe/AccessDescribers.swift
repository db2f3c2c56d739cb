import Documents
import Simulation

/// Describes Roles and ClusterRoles.
struct RoleDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    out.field("Name", DescribeText.name(object))
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    out.line(0, "PolicyRule:")
    out.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs")
    out.line(1, "---------\t-----------------\t--------------\t-----")
    for line in PolicyRuleRows.lines(object["rules"]?.array ?? []) { out.line(1, line) }
  }
}

/// Describes RoleBindings and ClusterRoleBindings.
struct RoleBindingDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    out.field("Name", DescribeText.name(object))
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
    out.line(0, "Role:")
    out.field(1, "Kind", object[path: "roleRef", "kind"]?.string ?? "")
    out.field(1, "Name", object[path: "roleRef", "name"]?.string ?? "")
    out.line(0, "Subjects:")
    out.line(1, "Kind\tName\tNamespace")
    out.line(1, "----\t----\t---------")
    for subject in object["subjects"]?.array ?? [] {
      out.line(
        1,
        "\(subject["kind"]?.string ?? "")\t\(subject["name"]?.string ?? "")\t"
          + (subject["namespace"]?.string ?? ""))
    }
  }
}

/// Describes ServiceAccounts.
struct ServiceAccountDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let name = DescribeText.name(object)
    let secrets = await context.list(.secrets, namespace: DescribeText.namespace(object))
    let known = Set(secrets.map(DescribeText.name))
    let tokens = secrets.filter {
      $0["type"]?.string == "kubernetes.io/service-account-token"
        && $0[path: "metadata", "annotations", "kubernetes.io/service-account.name"]?.string == name
    }.map(DescribeText.name)
    DescribeText.head(object, out)
    func names(_ member: String) -> [String] {
      (object[member]?.array ?? []).compactMap { $0["name"]?.string }
    }
    for (title, list) in [
      ("Image pull secrets", names("imagePullSecrets")), ("Mountable secrets", names("secrets")),
      ("Tokens", tokens),
    ] {
      if list.isEmpty {
        out.field(title, "<none>")
        continue
      }
      for (index, secret) in list.enumerated() {
        let shown = known.contains(secret) ? secret : "\(secret) (not found)"
        out.line(0, "\(index == 0 ? title + ":" : "")\t\(shown)")
      }
    }
    await context.events(of: object, out)
  }
}

/// Describes CertificateSigningRequests.
struct CertificateSigningRequestDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let spec = object["spec"] ?? .emptyObject
    DescribeText.head(object, out, namespaced: false)
    out.field("CreationTimestamp", DescribeText.time(object[path: "metadata", "creationTimestamp"]))
    out.field("Requesting User", spec["username"]?.string ?? "")
    if let signer = spec["signerName"]?.string, !signer.isEmpty { out.field("Signer", signer) }
    if let seconds = spec["expirationSeconds"]?.int {
      out.field("Requested Duration", ClockText.age(.init(nanoseconds: seconds * 1_000_000_000)))
    }
    out.field("Status", Self.status(object))
    let request = spec["request"]?.string.flatMap(Base64.decode) ?? []
    let subject = CertificateRequestSubject(pem: request)
    out.line(0, "Subject:")
    out.line(0, "\tCommon Name:\t\(subject.commonName)")
    out.line(0, "\tSerial Number:\t")
    for (title, list) in [
      ("Organization", subject.organizations), ("Organizational Unit", subject.units),
    ] where !list.isEmpty {
      out.line(0, "\t\(title):\t\(list.joined(separator: "\n\t\t"))")
    }
    await context.events(of: object, out)
  }

  /// `Pending`, `Approved,Issued` and their kin.
  static func status(_ object: Value) -> String {
    let types = (object[path: "status", "conditions"]?.array ?? []).compactMap {
      $0["type"]?.string
    }
    var text =
      types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending"
    if types.contains("Failed") { text += ",Failed" }
    if let certificate = object[path: "status", "certificate"]?.string, !certificate.isEmpty {
      text += ",Issued"
    }
    return text
  }
}

/// The subject of a PKCS #10 request, as far as its plain strings can be read.
struct CertificateRequestSubject {
  private(set) var commonName = ""
  private(set) var organizations: [String] = []
  private(set) var units: [String] = []

  init(pem: [UInt8]) {
    guard let bytes = PEM.decode(pem) else { return }
    // Attribute types of X.520: 2.5.4.3 common name, .10 organization, .11 unit.
    var index = 0
    while index + 7 < bytes.count {
      defer { index += 1 }
      guard bytes[index] == 0x06, bytes[index + 1] == 0x03, bytes[index + 2] == 0x55,
        bytes[index + 3] == 0x04
      else { continue }
      let length = Int(bytes[index + 6])
      guard length < 128, index + 7 + length <= bytes.count else { continue }
      let text = String(decoding: bytes[(index + 7)..<(index + 7 + length)], as: UTF8.self)
      switch bytes[index + 4] {
      case 3: commonName = text
      case 10: organizations.append(text)
      case 11: units.append(text)
      default: break
      }
    }
  }
}
