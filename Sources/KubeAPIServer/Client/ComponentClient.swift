package import Documents
package import KubeObjects

/// A control-plane component's access to the API: the same pipeline as every request, without paths
/// and bytes. Who it is decides what it may do and which manager its writes are recorded under.
package struct ComponentClient {
  package let server: APIServer
  package let user: UserInfo
  /// The field manager, from the component's user agent: kube-scheduler.
  package let manager: String

  package init(server: APIServer, user: UserInfo, manager: String) {
    self.server = server
    self.user = user
    self.manager = manager
  }

  package enum Patch: Sendable {
    case json, merge, strategic
    case apply(force: Bool)
  }

  package func get(
    _ resource: GroupVersionResource, _ name: String, namespace: String = ""
  ) throws(StatusError) -> Value {
    try server.perform(call(.get, resource, namespace, name))
  }

  /// All objects, in the order of their keys.
  package func list(
    _ resource: GroupVersionResource, namespace: String = "", labelSelector: String = "",
    fieldSelector: String = ""
  ) throws(StatusError) -> [Value] {
    var call = call(.list, resource, namespace, "")
    call.labelSelector = labelSelector
    call.fieldSelector = fieldSelector
    return try server.perform(call)["items"]?.array ?? []
  }

  package func create(
    _ resource: GroupVersionResource, _ object: Value, namespace: String = "",
    name: String = "", subresource: String = ""
  ) throws(StatusError) -> Value {
    var call = call(.create, resource, namespace, name)
    call.subresource = subresource
    call.object = object
    return try server.perform(call)
  }

  /// Replaces the object named in its own metadata; a resourceVersion in it is a precondition.
  package func update(
    _ resource: GroupVersionResource, _ object: Value, subresource: String = ""
  ) throws(StatusError) -> Value {
    var call = call(
      .update, resource, object[path: "metadata", "namespace"]?.string ?? "",
      object[path: "metadata", "name"]?.string ?? "")
    call.subresource = subresource
    call.object = object
    return try server.perform(call)
  }

  package func patch(
    _ resource: GroupVersionResource, _ name: String, namespace: String = "", _ kind: Patch,
    _ patch: Value, subresource: String = ""
  ) throws(StatusError) -> Value {
    var call = call(.patch, resource, namespace, name)
    call.subresource = subresource
    call.patch = kind
    call.object = patch
    return try server.perform(call)
  }

  /// `options` is a DeleteOptions object.
  @discardableResult
  package func delete(
    _ resource: GroupVersionResource, _ name: String, namespace: String = "",
    options: Value = [:]
  ) throws(StatusError) -> Value {
    var call = call(.delete, resource, namespace, name)
    call.object = options
    return try server.perform(call)
  }

  /// A cache of the resource, kept up to date by a watch, with handlers for changes.
  package func informer(
    _ resource: GroupVersionResource, namespace: String = "", labelSelector: String = "",
    fieldSelector: String = ""
  ) -> Informer {
    var call = call(.list, resource, namespace, "")
    call.labelSelector = labelSelector
    call.fieldSelector = fieldSelector
    return Informer(call, server: server)
  }

  private func call(
    _ verb: ResourceCall.Verb, _ resource: GroupVersionResource, _ namespace: String,
    _ name: String
  ) -> ResourceCall {
    ResourceCall(
      verb: verb, resource: resource, namespace: namespace, name: name, user: user,
      manager: manager)
  }
}

extension APIServer {
  /// Its access to itself (upstream's loopback client).
  package var ownClient: ComponentClient {
    ComponentClient(server: self, user: .apiServer, manager: "kube-apiserver")
  }
}

/// One operation on a resource, after authentication and the reading of its path and body.
package struct ResourceCall {
  package enum Verb: String, Sendable {
    case get, list, watch, create, update, patch, delete, deletecollection
  }
  package var verb: Verb
  package var resource: GroupVersionResource
  package var subresource = ""
  package var namespace: String
  package var name: String
  /// The object to write, the patch, or the DeleteOptions.
  package var object: Value = .null
  package var patch: ComponentClient.Patch?
  package var labelSelector = ""
  package var fieldSelector = ""
  package var dryRun = false
  package var user: UserInfo
  package var manager: String

  package init(
    verb: Verb, resource: GroupVersionResource, namespace: String, name: String, user: UserInfo,
    manager: String
  ) {
    self.verb = verb
    self.resource = resource
    self.namespace = namespace
    self.name = name
    self.user = user
    self.manager = manager
  }
}
