import Documents
import KubeObjects

extension PodSpecValidator {
  mutating func validate(securityContext context: Value, _ here: FieldPath) {
    errors += Checks.userID(context, "runAsUser", here)
    errors += Checks.userID(context, "runAsGroup", here)
    let procMount = context.text("procMount")
    if !procMount.isEmpty {
      errors += Checks.oneOf(context, "procMount", ["Default", "Unmasked"], here)
      if sharesHostUsers, procMount == "Unmasked" {
        errors.append(
          .invalid(
            here.child("procMount"), .string(procMount),
            "`hostUsers` must be false to use `Unmasked`"))
      }
    }
    validate(profilesOf: context, here)
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

  private mutating func validate(profilesOf context: Value, _ here: FieldPath) {
    if let profile = context["seccompProfile"], !profile.isNull {
      validate(profile: profile, "seccomp", here.child("seccompProfile"))
    }
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
        if kind == "seccomp" { errors += Checks.descendingPath(name, place) }
      } else {
        errors.append(.required(place, "must be set when \(kind) type is Localhost"))
      }
    } else if let name {
      errors.append(
        .invalid(place, .string(name), "can only be set when \(kind) type is Localhost"))
    }
  }

  mutating func validate(podSecurityContext context: Value) {
    let here = path.child("securityContext")
    if spec.flag("shareProcessNamespace"), spec.flag("hostPID") {
      errors.append(
        .invalid(
          path.child("shareProcessNamespace"), true,
          "ShareProcessNamespace and HostPID cannot both be enabled"))
    }
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
    validate(sysctls: context.items("sysctls"), here.child("sysctls"))
    let choices = [
      ("fsGroupChangePolicy", ["Always", "OnRootMismatch"]),
      ("supplementalGroupsPolicy", ["Merge", "Strict"]),
      ("seLinuxChangePolicy", ["MountOption", "Recursive"]),
    ]
    for (field, values) in choices where !context.text(field).isEmpty {
      errors += Checks.oneOf(context, field, values, here)
    }
    validate(profilesOf: context, here)
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
      } else if !names.insert(name.replacing("/", with: ".")).inserted {
        errors.append(.duplicate(here, .string(name)))
      }
    }
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
