package import Documents
package import KubeObjects
package import Simulation

/// A rule of the API server about requests that passed authorization, by upstream's plug-in name.
package protocol AdmissionPlugin: Sendable {
  /// As --enable-admission-plugins names it.
  var name: String { get }
  func handles(_ operation: AdmissionAttributes.Operation) -> Bool
  /// Itself, if it is of that kind: a cast would search the program for it at every start.
  var mutating: (any MutatingAdmissionPlugin)? { get }
  var validating: (any ValidatingAdmissionPlugin)? { get }
}

extension AdmissionPlugin {
  package var mutating: (any MutatingAdmissionPlugin)? { nil }
  package var validating: (any ValidatingAdmissionPlugin)? { nil }
}

extension MutatingAdmissionPlugin {
  package var mutating: (any MutatingAdmissionPlugin)? { self }
}

extension ValidatingAdmissionPlugin {
  package var validating: (any ValidatingAdmissionPlugin)? { self }
}

/// A plug-in that may change the object before it is checked.
package protocol MutatingAdmissionPlugin: AdmissionPlugin {
  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError)
}

/// A plug-in that may refuse the object as it would be stored.
package protocol ValidatingAdmissionPlugin: AdmissionPlugin {
  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError)
}

/// What admission is told of a request.
package struct AdmissionAttributes {
  package enum Operation: String, Sendable {
    case create = "CREATE"
    case update = "UPDATE"
    case delete = "DELETE"
    case connect = "CONNECT"
  }

  package let operation: Operation
  /// In the version that is stored.
  package let resource: GroupVersionResource
  /// In the version of the request.
  package let requested: GroupVersionResource
  package let subresource: String
  /// The kind of the body: a subresource may have its own.
  package let kind: String
  package let kindVersion: GroupVersion
  package let namespace: String
  package let name: String
  /// As it would be stored; null on delete. What a subresource is sent, where it has its own kind.
  package var object: Value
  /// As it is stored; null on create.
  package let oldObject: Value
  /// The CreateOptions, UpdateOptions, DeleteOptions, or options of a connection.
  package let options: Value
  package let user: UserInfo
  package let dryRun: Bool
  package let now: Moment
  /// Warnings for the client, in order.
  package var warnings: [String] = []
  package var auditAnnotations: [String: String] = [:]
  var reinvocation = Reinvocation()

  package init(
    operation: Operation, resource: GroupVersionResource, requested: GroupVersionResource,
    subresource: String, kind: String, kindVersion: GroupVersion, namespace: String, name: String,
    object: Value, oldObject: Value, options: Value, user: UserInfo, dryRun: Bool, now: Moment
  ) {
    self.operation = operation
    self.resource = resource
    self.requested = requested
    self.subresource = subresource
    self.kind = kind
    self.kindVersion = kindVersion
    self.namespace = namespace
    self.name = name
    self.object = object
    self.oldObject = oldObject
    self.options = options
    self.user = user
    self.dryRun = dryRun
    self.now = now
  }
}
