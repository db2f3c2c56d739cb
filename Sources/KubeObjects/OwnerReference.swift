package import Documents

/// An object that another depends on.
package struct OwnerReference: Hashable, Sendable {
  package var apiVersion: String
  package var kind: String
  package var name: String
  package var uid: String
  package var controller: Bool
  package var blockOwnerDeletion: Bool

  package init(
    apiVersion: String, kind: String, name: String, uid: String, controller: Bool = false,
    blockOwnerDeletion: Bool = false
  ) {
    self.apiVersion = apiVersion
    self.kind = kind
    self.name = name
    self.uid = uid
    self.controller = controller
    self.blockOwnerDeletion = blockOwnerDeletion
  }

  package init(_ value: Value) {
    self.init(
      apiVersion: value["apiVersion"]?.string ?? "", kind: value["kind"]?.string ?? "",
      name: value["name"]?.string ?? "", uid: value["uid"]?.string ?? "",
      controller: value["controller"]?.bool ?? false,
      blockOwnerDeletion: value["blockOwnerDeletion"]?.bool ?? false)
  }

  /// A reference to its controller, as controllers put it on what they make.
  package static func controller(_ owner: Value) -> OwnerReference {
    OwnerReference(
      apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid,
      controller: true, blockOwnerDeletion: true)
  }

  package var value: Value {
    var out: Value = [
      "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
      "uid": .string(uid),
    ]
    if controller { out["controller"] = true }
    if blockOwnerDeletion { out["blockOwnerDeletion"] = true }
    return out
  }
}
