import Documents
import KubeObjects

extension PodSpecValidator {
  mutating func validate(securityContext context: Value, _ here: FieldPath) {
    errors += Checks.userID(context, "runAsUser", here)
    errors += Checks.userID(context, "runAsGroup", here)
    if let procMount = context["procMount"]?.string {
      errors += Checks.oneOf(context, "procMount", ["Default", "Unmasked"], here)
      if sharesHostUsers, procMount == "Unmasked" {
        errors.append(
          .invalid(
            here.child("procMount"), .string(procMount),
            "`hostUsers` must be false to use `Unmasked`"))
      }
    }
    validate(seccompOf: context, here)
    validate(escalationOf: context, here)
    errors += Self.windowsOptions(context["windowsOptions"], here.child("windowsOptions"))
    validate(appArmorOf: context, here)
  }

  private mutating func validate(escalationOf context: Value, _ here: FieldPath) {
    guard context["allowPrivilegeEscalation"]?.bool == false else { return }
    let printed = GoStructure.securityContext.printed(context)
    if context.flag("privileged") {
      errors.append(
        .invalid(
          here, printed: printed,
          "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
    }
    if context["capabilities"]?.texts("add").contains("CAP_SYS_ADMIN") == true {
      errors.append(
        .invalid(
          here, printed: printed,
          "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
    }
  }

  private mutating func validate(seccompOf context: Value, _ here: FieldPath) {
    if let profile = context["seccompProfile"], !profile.isNull {
      validate(profile: profile, "seccomp", here.child("seccompProfile"))
    }
  }

  private mutating func validate(appArmorOf context: Value, _ here: FieldPath) {
    if let profile = context["appArmorProfile"], !profile.isNull {
      validate(profile: profile, "AppArmor", here.child("appArmorProfile"))
    }
  }

  private mutating func validate(profile: Value, _ kind: String, _ here: FieldPath) {
    let type = profile.text("type")
    let place = here.child("localhostProfile")
    let name = profile["localhostProfile"]?.string
    if type.isEmpty {
      errors.append(
        .required(
          here.child("type"),
          "type is required when \(kind == "seccomp" ? "seccomp" : "appArmor")Profile is set"))
    } else {
      errors += Checks.oneOf(
        profile, "type", ["Localhost", "RuntimeDefault", "Unconfined"], here)
    }
    if type == "Localhost" {
      if let name {
        errors +=
          kind == "seccomp"
          ? Checks.descendingPath(name, place) : Self.appArmorProfile(name, place)
      } else {
        errors.append(.required(place, "must be set when \(kind) type is Localhost"))
      }
    } else if let name {
      let shown =
        kind == "seccomp" ? GoStructure.profile.printed(profile) : name.goQuoted
      guard kind == "seccomp" || ["RuntimeDefault", "Unconfined"].contains(type) else { return }
      errors.append(
        .invalid(place, printed: shown, "can only be set when \(kind) type is Localhost"))
    }
  }

  private static func appArmorProfile(_ name: String, _ place: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if name.trimmingBlanks != name {
      errors.append(.invalid(place, .string(name), "must not be padded with whitespace"))
    } else if name.isEmpty {
      errors.append(.required(place, "must be set when AppArmor type is Localhost"))
    }
    return name.utf8.count > 4095 ? errors + [.tooLong(place, max: 4095)] : errors
  }

  mutating func validate(podSecurityContext context: Value) {
    let here = path.child("securityContext")
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
      errors += Checks.userID(context, field, here)
    }
    for (index, group) in context.items("supplementalGroups").enumerated() {
      guard let id = group.int, !(0...Int64(Int32.max)).contains(id) else { continue }
      errors.append(
        .invalid(
          here.child("supplementalGroups").index(index), .int(id),
          Checks.between(0, 2_147_483_647)))
    }
    if spec.flag("shareProcessNamespace"), spec.flag("hostPID") {
      errors.append(
        .invalid(
          here.child("shareProcessNamespace"), true,
          "ShareProcessNamespace and HostPID cannot both be enabled"))
    }
    validate(sysctls: context.items("sysctls"), here.child("sysctls"))
    func choose(_ field: String, _ values: [String]) {
      if context.has(field) { errors += Checks.oneOf(context, field, values, here) }
    }
    choose("fsGroupChangePolicy", ["Always", "OnRootMismatch"])
    validate(seccompOf: context, here)
    errors += Self.windowsOptions(context["windowsOptions"], here.child("windowsOptions"))
    validate(appArmorOf: context, here)
    choose("supplementalGroupsPolicy", ["Merge", "Strict"])
    choose("seLinuxChangePolicy", ["MountOption", "Recursive"])
  }

  private mutating func validate(sysctls: [Value], _ list: FieldPath) {
    var names: Set<String> = []
    for (index, sysctl) in sysctls.enumerated() {
      let here = list.index(index).child("name")
      let name = sysctl.text("name")
      if name.isEmpty {
        errors.append(.required(here))
      } else if !Self.isSysctl(name) {
        errors.append(
          .invalid(
            here, .string(name),
            "must have at most 253 characters and match regex "
              + #"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"#))
      } else if names.contains(name) {
        errors.append(.duplicate(here, .string(name)))
      }
      names.insert(name)
      if let field = sharedNamespace(name) {
        errors.append(
          .invalid(here, .string(name), "may not be specified when '\(field)' is true"))
      }
    }
  }

  /// The namespace of the node, if the Pod shares it, that a sysctl would change.
  private func sharedNamespace(_ name: String) -> String? {
    let name = name.replacing("/", with: ".")
    if spec.flag("hostNetwork"), name.hasPrefix("net.") { return "hostNetwork" }
    let isIPC =
      name == "kernel.sem"
      || ["kernel.shm", "kernel.msg", "fs.mqueue."]
        .contains { name.hasPrefix($0) }
    return spec.flag("hostIPC") && isIPC ? "hostIPC" : nil
  }

  private static func isSysctl(_ name: String) -> Bool {
    func isEnd(_ byte: UInt8) -> Bool {
      byte >= 0x61 && byte <= 0x7a || byte >= 0x30 && byte <= 0x39
    }
    guard name.utf8.count <= 253 else { return false }
    return name.utf8.split(
      omittingEmptySubsequences: false,
      whereSeparator: {
        $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/")
      }
    ).allSatisfy { part in
      guard let first = part.first, let last = part.last else { return false }
      return isEnd(first) && isEnd(last)
        && part.allSatisfy { isEnd($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
  }
}
