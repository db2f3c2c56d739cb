package import Documents
package import KubeObjects
package import Simulation

/// What a strategy may know of the request it serves.
package struct RequestContext {
  package let resource: GroupVersionResource
  /// The version that the client wrote in.
  package let requestVersion: GroupVersion
  /// Empty for the object itself; status, scale, resize, …
  package let subresource: String
  package let namespace: String
  package let user: UserInfo
  package let dryRun: Bool
  package let now: Moment
  /// Whether the kind has a status subresource.
  package let hasStatus: Bool
  /// Other objects of the cluster.
  package let objects: any ObjectAccess

  private final class Remarks {
    var texts: [String] = []
  }
  private let remarks = Remarks()

  /// What the client is warned of besides `Strategy.warnings`, as checks find it.
  package var warned: [String] { remarks.texts }

  package func warn(_ texts: [String]) { remarks.texts += texts }

  package init(
    resource: GroupVersionResource, requestVersion: GroupVersion, subresource: String,
    namespace: String, user: UserInfo, dryRun: Bool, now: Moment, hasStatus: Bool,
    objects: any ObjectAccess
  ) {
    self.requestVersion = requestVersion
    self.resource = resource
    self.subresource = subresource
    self.namespace = namespace
    self.user = user
    self.dryRun = dryRun
    self.now = now
    self.hasStatus = hasStatus
    self.objects = objects
  }

  /// An update of the main resource keeps the old status, one of `status` keeps all the rest but
  /// metadata.
  package func keepOtherParts(_ object: inout Value, old: Value) {
    switch subresource {
    case "status": keep(&object, old: old, but: ["status"])
    case "approval": keep(&object, old: old, but: ["status", "conditions"])
    case "ephemeralcontainers": keep(&object, old: old, but: ["spec", "ephemeralContainers"])
    case "resize": keepAllButResources(&object, old: old)
    case "finalize": keep(&object, old: old, but: ["spec", "finalizers"])
    default: if hasStatus { object["status"] = old["status"] }
    }
  }

  private func keep(_ object: inout Value, old: Value, but path: [String]) {
    var kept = old
    kept.set(path[...], object.at(path))
    kept["metadata"] = object["metadata"]
    object = kept
  }

  /// A resize changes the resources of a Pod, and those and the resize policy of its containers.
  private func keepAllButResources(_ object: inout Value, old: Value) {
    var kept = old
    kept["metadata"] = object["metadata"]
    kept.keepChosenMetadata(of: old)
    kept["spec"]?["resources"] = object["spec"]?["resources"]
    for list in ["containers", "initContainers"] {
      let (new, before) = (object["spec"]?.items(list) ?? [], old["spec"]?.items(list) ?? [])
      // Containers that came, went or moved are left to be refused.
      guard new.count == before.count else { return }
      if before.isEmpty { continue }
      var containers = new
      for index in containers.indices {
        guard let same = before.first(where: { $0["name"] == new[index]["name"] }) else { continue }
        containers[index] = same
        containers[index]["resources"] = new[index]["resources"]
        containers[index]["resizePolicy"] = new[index]["resizePolicy"]
      }
      kept["spec"]?[list] = .array(containers)
    }
    object = kept
  }
}

/// The API server's own way to other objects: no authorization, no admission, stored version.
package protocol ObjectAccess: AnyObject {
  func get(_ resource: GroupVersionResource, namespace: String, name: String) -> Value?
  /// In the order of their keys; an empty namespace means all.
  func list(_ resource: GroupVersionResource, namespace: String) -> [Value]
  /// Stores a new object as it is, metadata filled.
  func create(
    _ resource: GroupVersionResource, _ object: Value, dryRun: Bool
  ) throws(StatusError)
  /// Replaces an object; its resourceVersion is a precondition.
  func update(
    _ resource: GroupVersionResource, _ object: Value, dryRun: Bool
  ) throws(StatusError)
  func delete(_ resource: GroupVersionResource, namespace: String, name: String, dryRun: Bool)
  /// Which addresses and node ports are taken.
  var services: ServiceHoldings { get }
  /// The organizations that a PKCS#10 request, PEM, asks for.
  func organizations(ofRequest request: String) -> [String]
  /// What a server would say that loaded a certificate with its key, PEM; nil: nothing.
  func problem(ofCertificate certificate: String, key: String) -> String?
  /// Repeatable chance, for picking addresses and ports.
  func random(below bound: Int) -> Int
  /// The resource of a kind, where it is served.
  func resource(kind: String, in version: GroupVersion) -> GroupVersionResource?
  func isNamespaced(_ resource: GroupVersionResource) -> Bool
  /// The versions in which a stored resource is served.
  func versions(of resource: GroupVersionResource) -> [GroupVersionResource]
  /// An object of the handled version as a version shows it.
  func shown(_ object: Value, in version: GroupVersionResource) -> Value
  /// What an admission plug-in made of an object, read as its kind again, with its defaults, in the
  /// version that is stored. A strict reading refuses unknown fields.
  func reread(
    _ object: Value, of attributes: AdmissionAttributes, in version: GroupVersionResource,
    isStrict: Bool
  ) throws(StatusError) -> Value
  /// An object of a version with an applied configuration merged into it.
  func merged(
    _ configuration: Value, into object: Value, of attributes: AdmissionAttributes,
    in version: GroupVersionResource
  ) throws(PatchFailure) -> Value
  /// How webhooks are reached; nil where nothing listens.
  var webhooks: (any WebhookConnection)? { get }
  /// What plug-ins are configured to do.
  var admission: AdmissionSettings { get }
  func newUID() -> String
  /// The answer of the cluster's authorizers.
  func isAllowed(_ user: UserInfo, _ question: AccessQuestion) -> Bool
}

/// What an authorizer is asked: may somebody do this?
package struct AccessQuestion: Hashable, Sendable {
  package var verb: String
  package var group: String
  package var version: String
  package var resource: String
  package var subresource: String
  package var namespace: String
  package var name: String
  /// Not empty for a path that is no resource: /healthz.
  package var path: String
  /// What fields have to be, by the selector of a list, a watch or a deletion of many.
  package var fields: [String: String] = [:]

  package init(
    verb: String, group: String = "", version: String = "*", resource: String = "",
    subresource: String = "", namespace: String = "", name: String = "", path: String = ""
  ) {
    self.verb = verb
    self.group = group
    self.version = version
    self.resource = resource
    self.subresource = subresource
    self.namespace = namespace
    self.name = name
    self.path = path
  }
}

extension Value {
  /// Keeps those parts of the metadata that clients choose (a status update of some kinds and the
  /// Pod's narrower subresources leave them alone).
  mutating func keepChosenMetadata(of old: Value) {
    for part in ["labels", "annotations", "finalizers", "ownerReferences"] {
      self["metadata"]?[part] = old["metadata"]?[part]
    }
  }
}
