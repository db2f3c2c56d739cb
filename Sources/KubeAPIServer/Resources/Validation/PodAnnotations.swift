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
    errors += tolerations(annotations, path)
    let cost = "controller.kubernetes.io/pod-deletion-cost"
    if let value = annotations[cost]?.string, !isCost(value) {
      errors.append(
        .invalid(path.key(cost), .string(value), "must be a 32bit integer"))
    }
    errors += seccomp(annotations, path)
    return errors + AppArmorAnnotation.errors(metadata, spec, path)
  }

  /// The annotation that tolerations were once.
  private static func tolerations(_ annotations: Mapping, _ path: FieldPath) -> [FieldError] {
    let name = "scheduler.alpha.kubernetes.io/tolerations"
    guard let text = annotations[name]?.string, !text.isEmpty else { return [] }
    do {
      return try JSON.parse(text).array.map { list in
        list.enumerated().flatMap {
          PodSpecValidator.toleration($0.element, path.child(name).index($0.offset))
        }
      } ?? []
    } catch {
      return [.invalid(path, .string(name), "\(error)")]
    }
  }

  /// What of them may change in a Pod.
  static func changes(_ pod: Value, old: Value) -> [FieldError] {
    let (new, before) = (
      pod["metadata"]?.members("annotations") ?? [:], old["metadata"]?.members("annotations") ?? [:]
    )
    if new == before { return [] }
    let path = FieldPath("metadata", "annotations")
    func guarded(_ key: String) -> String? {
      if key.hasPrefix(AppArmorAnnotation.prefix) { return "AppArmor annotations" }
      return key == "kubernetes.io/config.mirror" ? "mirror pod annotation" : nil
    }
    var errors: [FieldError] = []
    for (key, value) in before where new[key] != value {
      guard let what = guarded(key) else { continue }
      errors.append(.forbidden(path.key(key), "may not remove or update \(what)"))
    }
    for (key, _) in new where before[key] == nil {
      guard let what = guarded(key) else { continue }
      errors.append(.forbidden(path.key(key), "may not add \(what)"))
    }
    // Upstream looks at them before and after that.
    let own = Self.errors(pod["metadata"] ?? [:], pod["spec"] ?? [:], path)
    return own + errors + own
  }

  // MARK: - What fields say as well

  /// Profiles that a new Pod or a template has both by annotation and by field are the same.
  static func matchFields(_ metadata: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
    let annotations = metadata.members("annotations")
    if annotations.isEmpty { return [] }
    var owners = [(spec, path, "seccomp.security.alpha.kubernetes.io/pod", "")]
    for list in ["initContainers", "containers", "ephemeralContainers"] {
      owners += spec.items(list).enumerated().map { index, container in
        let name = container.text("name")
        return (
          container, path.child(list).index(index),
          "container.seccomp.security.alpha.kubernetes.io/" + name,
          AppArmorAnnotation.prefix + name
        )
      }
    }
    func errors(_ field: String, _ word: String, _ usual: [String], _ key: (Int) -> String)
      -> [FieldError]
    {
      owners.indices.compactMap { index in
        guard let annotation = annotations[key(index)]?.string,
          let profile = owners[index].0["securityContext"]?[field], !profile.isNull
        else { return nil }
        let place = owners[index].1.child("securityContext", field)
        let type = FieldError.forbidden(
          place.child("type"), "\(word) type in annotation and field must match")
        switch profile.text("type") {
        case "Unconfined": return annotation == "unconfined" ? nil : type
        case "RuntimeDefault": return usual.contains(annotation) ? nil : type
        case "Localhost":
          guard annotation.hasPrefix("localhost/") else { return type }
          if annotation.dropFirst(10) == profile.text("localhostProfile") { return nil }
          return .forbidden(
            place.child("localhostProfile"),
            "\(word) profile in annotation and field must match")
        default: return nil
        }
      }
    }
    let seccomp = errors("seccompProfile", "seccomp", ["runtime/default", "docker/default"]) {
      owners[$0].2
    }
    if spec["os"]?.text("name") == "windows" { return seccomp }
    return seccomp
      + errors("appArmorProfile", "apparmor", ["runtime/default"]) { owners[$0].3 }
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

  /// A new Pod's containers get what their annotations say, and the writer is told that fields do
  /// so now (applyAppArmorVersionSkew).
  static func follow(in pod: inout Value) -> [String] {
    let annotations = pod["metadata"]?.members("annotations") ?? [:]
    guard annotations.contains(where: { $0.key.hasPrefix(prefix) }),
      pod["spec"]?["os"]?.text("name") != "windows"
    else { return [] }
    let ofPod = pod["spec"]?["securityContext"]?["appArmorProfile"]
    var told: [String] = []
    for list in ["initContainers", "containers", "ephemeralContainers"]
    where !(pod["spec"]?.items(list).isEmpty ?? true) {
      pod["spec"]?.updateEach(list) { container in
        let key = prefix + container.text("name")
        guard let text = annotations[key]?.string else { return }
        told.append(
          "metadata.annotations[\(key)]: deprecated since v1.30; use the \"appArmorProfile\" field "
            + "instead")
        guard let profile = profile(text), profile != ofPod,
          container["securityContext"]?.has("appArmorProfile") != true
        else { return }
        container.fillAbsent("securityContext", [:])
        container["securityContext"]?["appArmorProfile"] = profile
      }
    }
    return told
  }

  private static func profile(_ annotation: String) -> Value? {
    switch annotation {
    case "unconfined": return ["type": "Unconfined"]
    case "runtime/default": return ["type": "RuntimeDefault"]
    default:
      let name = annotation.dropFirst("localhost/".count)
      guard annotation.hasPrefix("localhost/"), !name.isEmpty else { return nil }
      return ["type": "Localhost", "localhostProfile": .string(String(name))]
    }
  }

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
