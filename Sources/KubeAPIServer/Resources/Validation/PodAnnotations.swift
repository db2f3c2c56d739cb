import Documents
import KubeObjects

/// The annotations of Pods that mean something to the server.
enum PodAnnotations {
  static func errors(_ metadata: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let annotations = metadata.members("annotations")
    let mirror = "kubernetes.io/config.mirror"
    if let value = annotations[mirror]?.string, spec.text("nodeName").isEmpty {
      errors.append(
        .invalid(
          path.key(mirror), .string(value),
          "must set spec.nodeName if mirror pod annotation is set"))
    }
    errors += seccomp(annotations, path)
    errors += AppArmorAnnotation.errors(metadata, spec, path)
    let cost = "controller.kubernetes.io/pod-deletion-cost"
    if let value = annotations[cost]?.string, !isCost(value) {
      errors.append(
        .invalid(path.key(cost), .string(value), "must be a 32bit integer"))
    }
    return errors
  }

  // No sign but a minus, and no zeros in front.
  private static func isCost(_ text: String) -> Bool {
    Int32(text) != nil && !text.hasPrefix("+") && (text == "0" || !text.hasPrefix("0"))
      && !text.hasPrefix("-0")
  }

  private static func seccomp(_ annotations: Mapping, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for (key, value) in annotations
    where key == "seccomp.security.alpha.kubernetes.io/pod"
      || key.hasPrefix("container.seccomp.security.alpha.kubernetes.io/")
    {
      let profile = value.string ?? ""
      if ["runtime/default", "docker/default", "unconfined"].contains(profile) { continue }
      if profile.hasPrefix("localhost/") {
        errors += Checks.descendingPath(String(profile.dropFirst(10)), path.child(key))
      } else {
        errors.append(
          .invalid(path.child(key), .string(profile), "must be a valid seccomp profile"))
      }
    }
    return errors
  }
}

/// The annotations by which profiles of AppArmor were chosen before there were fields.
enum AppArmorAnnotation {
  static let prefix = "container.apparmor.security.beta.kubernetes.io/"

  /// Annotations name containers that are there, and profiles that can be.
  static func errors(_ metadata: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
    let names = ["initContainers", "containers", "ephemeralContainers"]
      .flatMap { spec.items($0).map { $0.text("name") } }
    var errors: [FieldError] = []
    for (key, value) in metadata.members("annotations") where key.hasPrefix(prefix) {
      let container = String(key.dropFirst(prefix.count))
      if !names.contains(container) {
        errors.append(.invalid(path.key(key), .string(container), "container not found"))
      }
      let profile = value.string ?? ""
      if !isProfile(profile) {
        errors.append(
          .invalid(
            path.key(key), .string(profile),
            "invalid AppArmor profile name: \(profile.goQuoted)"))
      }
    }
    return errors
  }

  private static func isProfile(_ text: String) -> Bool {
    text.isEmpty || text == "runtime/default" || text == "unconfined"
      || text.hasPrefix("localhost/")
  }
}
