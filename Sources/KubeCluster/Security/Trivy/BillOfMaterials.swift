import Documents
import KubeNode

/// The list of an image's packages, in the standard forms.
struct BillOfMaterials {
  let image: ScannedImage
  /// A time in RFC 3339.
  let created: String
  /// A UUID.
  let serial: String
  /// The program that makes it.
  let tool: (name: String, version: String, vendor: String)

  private var packages: [(part: ScannedImage.Part, package: ScannedImage.Package)] {
    image.parts.flatMap { part in part.packages.map { (part, $0) } }
  }

  // MARK: CycloneDX

  var cycloneDX: Value {
    let root = "pkg:oci/\(ImageReference(image.name)?.repository ?? image.name)"
    var components: [Value] = []
    var depends: [Value] = []
    for part in image.parts where part.isDistribution {
      components.append([
        "bom-ref": .string("os-\(part.kind)"), "type": "operating-system",
        "name": .string(part.kind), "version": .string(part.version),
      ])
      depends.append(.string("os-\(part.kind)"))
    }
    for (part, package) in packages {
      let address = part.address(of: package)
      components.append([
        "bom-ref": .string(address), "type": "library", "name": .string(package.name),
        "version": .string(package.version), "purl": .string(address),
      ])
      depends.append(.string(address))
    }
    return [
      "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX",
      "specVersion": "1.6", "serialNumber": .string("urn:uuid:\(serial)"), "version": 1,
      "metadata": [
        "timestamp": .string(created),
        "tools": [
          "components": [
            [
              "type": "application", "group": .string(tool.vendor), "name": .string(tool.name),
              "version": .string(tool.version),
            ]
          ]
        ],
        "component": [
          "bom-ref": .string(root), "type": "container", "name": .string(image.name),
        ],
      ],
      "components": .array(components),
      "dependencies": [["ref": .string(root), "dependsOn": .array(depends)]],
      "vulnerabilities": [],
    ]
  }

  // MARK: SPDX

  private static func identifier(_ text: String) -> String {
    "SPDXRef-Package-" + text.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" }
  }

  private var namespace: String {
    tool.name == "bom"
      ? "https://spdx.org/spdxdocs/k8s-releng-bom-\(serial)"
      : "http://trivy.dev/container_image/\(image.name)-\(serial)"
  }

  /// What the document is called.
  private var title: String { tool.name == "bom" ? "SBOM-SPDX-\(serial)" : image.name }

  private var creators: [String] {
    ["Organization: \(tool.vendor)", "Tool: \(tool.name)-\(tool.version)"]
  }

  var spdx: Value {
    let root = Self.identifier(image.name)
    var listed: [Value] = [
      [
        "name": .string(image.name), "SPDXID": .string(root), "downloadLocation": "NONE",
        "filesAnalyzed": false, "primaryPackagePurpose": "CONTAINER",
        "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
      ]
    ]
    var relations: [Value] = [
      [
        "spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": .string(root),
        "relationshipType": "DESCRIBES",
      ]
    ]
    for (part, package) in packages {
      let id = Self.identifier("\(package.name)-\(package.version)")
      listed.append([
        "name": .string(package.name), "SPDXID": .string(id),
        "versionInfo": .string(package.version), "downloadLocation": "NONE",
        "filesAnalyzed": false, "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "LIBRARY",
        "externalRefs": [
          [
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": .string(part.address(of: package)),
          ]
        ],
      ])
      relations.append([
        "spdxElementId": .string(root), "relatedSpdxElement": .string(id),
        "relationshipType": "CONTAINS",
      ])
    }
    return [
      "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
      "name": .string(title),
      "documentNamespace": .string(namespace),
      "creationInfo": [
        "created": .string(created), "creators": .array(creators.map(Value.string)),
      ],
      "documentDescribes": [.string(root)], "packages": .array(listed),
      "relationships": .array(relations),
    ]
  }

  /// The form of tags and values.
  var spdxText: String {
    let root = Self.identifier(image.name)
    var text = """
      SPDXVersion: SPDX-2.3
      DataLicense: CC0-1.0
      SPDXID: SPDXRef-DOCUMENT
      DocumentName: \(title)
      DocumentNamespace: \(namespace)
      \(creators.map { "Creator: \($0)" }.joined(separator: "\n"))
      Created: \(created)

      ##### Package: \(image.name)

      PackageName: \(image.name)
      SPDXID: \(root)
      PackageDownloadLocation: NONE
      FilesAnalyzed: false
      PackageLicenseConcluded: NOASSERTION
      PackageLicenseDeclared: NOASSERTION
      PackageCopyrightText: NOASSERTION

      Relationship: SPDXRef-DOCUMENT DESCRIBES \(root)

      """
    for (part, package) in packages {
      let id = Self.identifier("\(package.name)-\(package.version)")
      text += """

        ##### Package: \(package.name)

        PackageName: \(package.name)
        SPDXID: \(id)
        PackageVersion: \(package.version)
        PackageDownloadLocation: NONE
        FilesAnalyzed: false
        ExternalRef: PACKAGE-MANAGER purl \(part.address(of: package))
        PackageLicenseConcluded: NOASSERTION
        PackageLicenseDeclared: NOASSERTION
        PackageCopyrightText: NOASSERTION

        Relationship: \(root) CONTAINS \(id)

        """
    }
    return text
  }

  // MARK: reading

  /// The contents that a document lists, whichever of the forms it has; nil: none of them.
  static func read(_ text: String, name: String) -> ScannedImage? {
    var addresses: [String] = []
    if text.contains("SPDXVersion: ") {
      addresses = text.split(separator: "\n").compactMap {
        $0.hasPrefix("ExternalRef: PACKAGE-MANAGER purl ")
          ? $0.split(separator: " ").last.map(String.init) : nil
      }
    } else {
      guard let value = try? JSON.parse(text) else { return nil }
      guard value["bomFormat"] != nil || value["spdxVersion"] != nil else { return nil }
      addresses = (value["components"]?.array ?? []).compactMap { $0["purl"]?.string }
      for package in value["packages"]?.array ?? [] {
        addresses += (package["externalRefs"]?.array ?? []).compactMap {
          $0["referenceLocator"]?.string
        }
      }
    }
    return ScannedImage(listing: addresses, as: name)
  }
}
