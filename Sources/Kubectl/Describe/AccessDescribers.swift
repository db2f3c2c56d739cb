import Documents
import KubeObjects
import PKI
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
    let metadata = object["metadata"]
    out.field("Name", DescribeText.name(object))
    for (title, member) in [("Labels", "labels"), ("Annotations", "annotations")] {
      // On one line, what kubectl itself annotates included (FormatLabels).
      let members = (metadata?[member]?.object ?? [:]).map { "\($0.key)=\($0.value.string ?? "")" }
      out.field(title, members.isEmpty ? "<none>" : members.joined(separator: ","))
    }
    out.field("CreationTimestamp", DescribeText.time(object[path: "metadata", "creationTimestamp"]))
    out.field("Requesting User", spec["username"]?.string ?? "")
    if let signer = spec["signerName"]?.string, !signer.isEmpty { out.field("Signer", signer) }
    if let seconds = spec["expirationSeconds"]?.int {
      out.field("Requested Duration", ClockText.age(.init(nanoseconds: seconds * 1_000_000_000)))
    }
    out.field("Status", Self.status(object))
    let request = CertificateRequest(
      pem: String(decoding: spec["request"]?.string.flatMap(Base64.decode) ?? [], as: UTF8.self))
    if let request { describe(request, out) }
    await context.events(of: object, out)
  }

  private func describe(_ request: CertificateRequest, _ out: DescribeWriter) {
    func list(_ title: String, _ values: [String]) {
      if !values.isEmpty { out.line(0, "\t\(title):\t\(values.joined(separator: "\n\t\t"))") }
    }
    out.line(0, "Subject:")
    out.line(0, "\tCommon Name:\t\(request.subject.commonName)")
    out.line(0, "\tSerial Number:\t\(request.values(of: .serialNumber).last ?? "")")
    list("Organization", request.values(of: .organization))
    list("Organizational Unit", request.values(of: .organizationalUnit))
    list("Country", request.values(of: .country))
    list("Locality", request.values(of: .locality))
    list("Province", request.values(of: .province))
    list("StreetAddress", request.values(of: .streetAddress))
    list("PostalCode", request.values(of: .postalCode))
    let names = request.alternativeNames
    if names.isEmpty { return }
    out.line(0, "Subject Alternative Names:")
    list("DNS Names", names.compactMap { if case .dns(let text) = $0 { text } else { nil } })
    list(
      "Email Addresses", names.compactMap { if case .email(let text) = $0 { text } else { nil } })
    list("URIs", names.compactMap { if case .uri(let text) = $0 { text } else { nil } })
    list(
      "IP Addresses",
      names.compactMap {
        if case .address(let octets) = $0 { IPAddress(octets: octets)?.description } else { nil }
      })
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
