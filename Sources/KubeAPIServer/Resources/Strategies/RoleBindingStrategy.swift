package import Documents
package import KubeObjects

/// RoleBindings and ClusterRoleBindings.
package struct RoleBindingStrategy: Strategy {
  package let resource: GroupVersionResource
  private var isNamespaced: Bool { resource == .roleBindings }
  package var allowsCreateOnUpdate: Bool { true }
  package var table: (any TableForm)? {
    isNamespaced ? ObjectTable.roleBindings : ObjectTable.clusterRoleBindings
  }
  private static let group = "rbac.authorization.k8s.io"

  package init(_ resource: GroupVersionResource) { self.resource = resource }

  package func applyDefaults(_ object: inout Value) {
    object.update("roleRef") { $0.fill("apiGroup", .string(Self.group)) }
    object.updateEach("subjects") { subject in
      if ["User", "Group"].contains(subject.text("kind")) {
        subject.fill("apiGroup", .string(Self.group))
      }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: isNamespaced, .pathSegment) + validate(object)
  }

  private static let roleRef = GoStructure("APIGroup:apiGroup=s Kind=s Name=s")

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old) + validate(object)
    if object["roleRef"] != old["roleRef"] {
      errors.append(
        .invalid(
          FieldPath("roleRef"), printed: Self.roleRef.printed(object["roleRef"] ?? [:]),
          "cannot change roleRef"))
    }
    return errors
  }

  private func validate(_ object: Value) -> [FieldError] {
    let path = FieldPath("roleRef")
    let role = object["roleRef"] ?? [:]
    var errors: [FieldError] = []
    if role.text("apiGroup") != Self.group {
      errors.append(
        .notSupported(
          path.child("apiGroup"), .string(role.text("apiGroup")), [Self.group]))
    }
    errors += Checks.oneOf(
      role, "kind", isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"], path)
    if role.text("name").isEmpty {
      errors.append(.required(path.child("name")))
    } else {
      errors += Checks.name(.pathSegment, role.text("name"), path.child("name"))
    }
    for (index, subject) in object.items("subjects").enumerated() {
      errors += validate(subject: subject, FieldPath("subjects").index(index))
    }
    return errors
  }

  private func validate(subject: Value, _ path: FieldPath) -> [FieldError] {
    var errors = Checks.requiredText(subject, "name", path)
    let group = subject.text("apiGroup")
    switch subject.text("kind") {
    case "ServiceAccount":
      let name = subject.text("name")
      if !name.isEmpty {
        errors += Checks.name(.dns1123Subdomain, name, path.child("name"))
      }
      if !group.isEmpty {
        errors.append(.notSupported(path.child("apiGroup"), .string(group), [""]))
      }
      if !isNamespaced, subject.text("namespace").isEmpty {
        errors.append(.required(path.child("namespace")))
      }
    case "User", "Group":
      if group != Self.group {
        errors.append(.notSupported(path.child("apiGroup"), .string(group), [Self.group]))
      }
    default:
      errors.append(
        .notSupported(
          path.child("kind"), .string(subject.text("kind")), ["ServiceAccount", "User", "Group"]))
    }
    return errors
  }
}
