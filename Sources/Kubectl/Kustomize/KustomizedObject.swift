import Documents
import KubeObjects
import Shell

/// One object on its way through a kustomization: what it is now, and what it was called before.
struct KustomizedObject {
  var object: Value
  /// Whether its name is to end with a hash of its content.
  var needsHash = false
  /// What the layers put before and after its name, innermost first.
  private(set) var affixes: [String] = []
  /// What it was called by the layers below, oldest first.
  private(set) var earlier: [Identity] = []

  struct Identity: Hashable {
    var name: String
    var namespace: String
  }

  init(_ object: Value, needsHash: Bool = false) {
    self.object = object
    self.needsHash = needsHash
  }

  var kind: String { object["kind"]?.string ?? "" }
  var groupVersion: GroupVersion { GroupVersion(apiVersion: object["apiVersion"]?.string ?? "") }
  var identity: Identity {
    Identity(
      name: DescribeText.name(object),
      namespace: object[path: "metadata", "namespace"]?.string ?? "")
  }
  /// Every name it ever had, the present one first.
  var identities: [Identity] { [identity] + earlier }
  /// What its own file called it.
  var original: Identity { earlier.first ?? identity }

  /// Changes name or namespace and remembers what they were.
  mutating func rename(name: String? = nil, namespace: String? = nil) {
    let before = identity
    if let name { object[path: "metadata", "name"] = .string(name) }
    if let namespace { object[path: "metadata", "namespace"] = .string(namespace) }
    if identity != before { earlier.append(before) }
  }

  mutating func addAffixes(_ prefix: String, _ suffix: String) {
    rename(name: prefix + identity.name + suffix)
    affixes.append("\(prefix)|\(suffix)")
  }

  /// As errors name it: `Deployment.v1.apps/web.[noNs]`.
  var id: String {
    Self.id(
      kind: kind, version: groupVersion.version, group: groupVersion.group,
      name: original.name, namespace: original.namespace)
  }

  static func id(
    kind: String, version: String, group: String, name: String, namespace: String
  ) -> String {
    func or(_ text: String, _ absent: String) -> String { text.isEmpty ? "[\(absent)]" : text }
    return "\(or(kind, "noKind")).\(or(version, "noVer")).\(or(group, "noGrp"))/"
      + "\(or(name, "noName")).\(or(namespace, "noNs"))"
  }

  private static let clusterKinds: Set<String> = [
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole",
    "ClusterRoleBinding", "ComponentStatus", "CustomResourceDefinition", "FlowSchema",
    "GatewayClass", "IngressClass", "IPAddress", "MutatingWebhookConfiguration", "Namespace",
    "Node", "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "RuntimeClass",
    "ServiceCIDR", "StorageClass", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment",
  ]

  var isNamespaced: Bool { !Self.clusterKinds.contains(kind) }
}

/// Which objects a patch or replacement is for.
struct KustomizeSelector {
  private let kind: RegularExpression?
  private let group: RegularExpression?
  private let version: RegularExpression?
  private let name: RegularExpression?
  private let namespace: RegularExpression?
  private let labels: LabelSelector?
  private let annotations: LabelSelector?

  init(_ target: Value, isPattern: Bool = true) throws {
    func pattern(_ member: String) throws -> RegularExpression? {
      guard let text = target[member]?.string, !text.isEmpty else { return nil }
      do throws(RegularExpression.Problem) {
        let source = isPattern ? text : RegularExpression.escape(text)
        return try RegularExpression("^(\(source))$", syntax: .extended)
      } catch {
        throw CommandError.text("invalid pattern \(Go.quoted(text)): \(error.text)")
      }
    }
    func selector(_ member: String) throws -> LabelSelector? {
      guard let text = target[member]?.string, !text.isEmpty else { return nil }
      return try LabelSelector(text)
    }
    kind = try pattern("kind")
    group = try pattern("group")
    version = try pattern("version")
    name = try pattern("name")
    namespace = try pattern("namespace")
    labels = try selector("labelSelector")
    annotations = try selector("annotationSelector")
  }

  func matches(_ item: KustomizedObject) -> Bool {
    for (pattern, own) in [
      (kind, item.kind), (group, item.groupVersion.group), (version, item.groupVersion.version),
    ] {
      if let pattern, !pattern.matches(own) { return false }
    }
    let identities = item.identities
    if let name, !identities.contains(where: { name.matches($0.name) }) { return false }
    if let namespace,
      !identities.contains(where: {
        namespace.matches($0.namespace.isEmpty ? "default" : $0.namespace)
      })
    {
      return false
    }
    if let labels, !labels.matches(item.object[path: "metadata", "labels"]) { return false }
    if let annotations, !annotations.matches(item.object[path: "metadata", "annotations"]) {
      return false
    }
    return true
  }
}
