/// cert-manager's kinds, with what their objects may say: learners ask `kubectl explain`.
extension PublishedKinds {
  package static let certManager = [
    definition("acme.cert-manager.io", "Challenge", "challenges", ["v1"], columns: state),
    definition("acme.cert-manager.io", "Order", "orders", ["v1"], columns: state),
    definition(
      "cert-manager.io", "CertificateRequest", "certificaterequests", ["v1"], short: "cr, crs",
      columns: "{jsonPath: '.status.conditions[?(@.type==\"Approved\")].status', name: Approved, "
        + "type: string}, \(ready), "
        + "{jsonPath: .spec.issuerRef.name, name: Issuer, type: string}, \(age)"),
    definition(
      "cert-manager.io", "Certificate", "certificates", ["v1"], short: "cert, certs",
      columns: "\(ready), {jsonPath: .spec.secretName, name: Secret, type: string}, \(age)",
      spec: certificate),
    definition(
      "cert-manager.io", "ClusterIssuer", "clusterissuers", ["v1"], short: "ciss",
      isNamespaced: false, columns: "\(ready), \(age)", spec: issuer),
    definition(
      "cert-manager.io", "Issuer", "issuers", ["v1"], short: "iss",
      columns: "\(ready), \(age)", spec: issuer),
  ]

  private static let state =
    "{jsonPath: .status.state, name: State, type: string}, \(age)"
  private static let ready =
    "{jsonPath: '.status.conditions[?(@.type==\"Ready\")].status', name: Ready, type: string}"
  private static let age = "{jsonPath: .metadata.creationTimestamp, name: Age, type: date}"

  private static func text(_ description: String, _ more: String = "") -> String {
    "{type: string, description: \"\(description)\"\(more.isEmpty ? "" : ", " + more)}"
  }
  private static func flag(_ description: String) -> String {
    "{type: boolean, description: \"\(description)\"}"
  }
  private static func list(_ description: String) -> String {
    "{type: array, items: {type: string}, description: \"\(description)\"}"
  }
  private static func object(_ description: String, _ fields: String, required: String = "")
    -> String
  {
    "{type: object, description: \"\(description)\", "
      + (required.isEmpty ? "" : "required: [\(required)], ") + "properties: {\(fields)}}"
  }

  private static let secretKey = object(
    "A key of a Secret in the same namespace.",
    "key: \(text("The entry of the Secret's data.")), name: \(text("The Secret's name."))",
    required: "name")
  private static let open = "{type: object, x-kubernetes-preserve-unknown-fields: true}"

  private static let certificate = object(
    "What the certificate should be.",
    [
      "additionalOutputFormats: {type: array, description: \"Further forms in which key and chain are "
        + "kept.\", items: {type: object, required: [type], properties: {type: "
        + text("Which form.", "enum: [DER, CombinedPEM]") + "}}}",
      "commonName: \(text("The subject's common name, at most 64 characters."))",
      "dnsNames: \(list("Host names that the certificate is for."))",
      "duration: \(text("How long it is valid; 90 days unless said."))",
      "emailAddresses: \(list("Mail addresses that it is for."))",
      "encodeUsagesInRequest: \(flag("Whether the usages stand in the request as well."))",
      "ipAddresses: \(list("Addresses that it is for."))",
      "isCA: \(flag("Whether it may sign others."))",
      "issuerRef: "
        + object(
          "Who signs it.",
          "group: \(text("The issuer's group; cert-manager.io unless said.")), "
            + "kind: \(text("Issuer or ClusterIssuer.")), name: \(text("The issuer's name."))",
          required: "name"),
      "keystores: "
        + object(
          "Key stores that are made beside it.",
          ["jks", "pkcs12"].map { kind in
            "\(kind): "
              + object(
                "A store of the kind \(kind.uppercased()).",
                "create: \(flag("Whether it is made.")), passwordSecretRef: \(secretKey), "
                  + "password: \(text("A password in plain text.")), "
                  + "\(kind == "jks" ? "alias" : "profile"): \(text("How its entry is called or kept."))",
                required: "create")
          }.joined(separator: ", ")),
      "literalSubject: \(text("The whole subject as RFC 4514 writes it."))",
      "nameConstraints: "
        + object(
          "Which names an authority may sign.",
          "critical: \(flag("Whether who does not know it must refuse.")), permitted: \(open), excluded: \(open)"
        ),
      "otherNames: {type: array, items: \(open), description: \"Other names, by their object "
        + "identifiers.\"}",
      "privateKey: "
        + object(
          "How its key is made.",
          "algorithm: \(text("The kind of key.", "enum: [RSA, ECDSA, Ed25519]")), "
            + "encoding: \(text("The form of the key.", "enum: [PKCS1, PKCS8]")), "
            + "rotationPolicy: \(text("Whether renewals take a new key.", "enum: [Never, Always]")), "
            + "size: {type: integer, format: int32, description: \"Bits of the key.\"}"),
      "renewBefore: \(text("How long before its end it is renewed."))",
      "renewBeforePercentage: {type: integer, format: int32, description: \"The same as a share of its "
        + "duration.\"}",
      "revisionHistoryLimit: {type: integer, format: int32, description: \"How many requests are kept.\"}",
      "secretName: \(text("The Secret that holds it."))",
      "secretTemplate: "
        + object(
          "What the Secret is marked with.",
          "annotations: {type: object, additionalProperties: {type: string}}, "
            + "labels: {type: object, additionalProperties: {type: string}}"),
      "signatureAlgorithm: \(text("How the request is signed."))",
      "subject: "
        + object(
          "Parts of the subject's name beside the common name.",
          [
            ("countries", "Countries."), ("localities", "Cities."),
            ("organizationalUnits", "Units of the organization."),
            ("organizations", "Organizations."),
            ("postalCodes", "Postal codes."), ("provinces", "States or provinces."),
          ].map { "\($0.0): \(list($0.1))" }.joined(separator: ", ")
            + ", serialNumber: \(text("A serial number of the subject.")), "
            + "streetAddresses: \(list("Streets."))"),
      "uris: \(list("URIs that it is for."))",
      "usages: \(list("What its key may be used for."))",
    ].joined(separator: ", "), required: "issuerRef, secretName")

  private static let issuer = object(
    "How it signs.",
    [
      "acme: "
        + object(
          "By a server that speaks ACME.",
          [
            "caBundle: \(text("Authorities that the server is checked by."))",
            "disableAccountKeyGeneration: \(flag("Whether a key must be there already."))",
            "email: \(text("Who hears of certificates that end."))",
            "enableDurationFeature: \(flag("Whether the server is asked for a duration."))",
            "externalAccountBinding: \(open)",
            "preferredChain: \(text("Which of the server's chains is taken."))",
            "privateKeySecretRef: \(secretKey)",
            "profile: \(text("A profile of the server's."))",
            "server: \(text("The server's address."))",
            "skipTLSVerify: \(flag("Whether the server's certificate is not checked."))",
            "solvers: {type: array, items: \(open), description: \"How challenges are answered.\"}",
          ].joined(separator: ", "), required: "privateKeySecretRef, server"),
      "ca: "
        + object(
          "With the key of a Secret.",
          "crlDistributionPoints: \(list("Where revoked certificates are told of.")), "
            + "issuingCertificateURLs: \(list("Where the authority's certificate is.")), "
            + "ocspServers: \(list("Servers that tell of one certificate.")), "
            + "secretName: \(text("The Secret with certificate and key."))", required: "secretName"),
      "selfSigned: "
        + object(
          "With the certificate's own key.",
          "crlDistributionPoints: \(list("Where revoked certificates are told of."))"),
      "vault: \(open)", "venafi: \(open)",
    ].joined(separator: ", "))
}
