import Documents
import KubeObjects

/// What a Pod of one operating system may not ask for.
extension PodSpecValidator {
  mutating func validateSystem() {
    guard let system = spec["os"], !system.isNull else { return }
    switch system.text("name") {
    case "": errors.append(.required(path.child("os", "name"), "cannot be empty"))
    case "linux": validateLinux()
    case "windows": validateWindows()
    default:
      errors.append(
        .notSupported(path.child("os"), .string(system.text("name")), ["linux", "windows"]))
    }
  }

  private var contexts: [(Value, FieldPath)] {
    ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
      spec.items(list).enumerated().compactMap { index, container in
        container["securityContext"].map {
          ($0, path.child(list).index(index).child("securityContext"))
        }
      }
    }
  }

  private mutating func validateLinux() {
    let own = [(spec["securityContext"] ?? [:], path.child("securityContext"))]
    for (context, place) in own + contexts where context.has("windowsOptions") {
      errors.append(
        .forbidden(
          place.child("windowsOptions"), "windows options cannot be set for a linux pod"))
    }
  }

  private mutating func validateWindows() {
    let context = spec["securityContext"] ?? [:]
    let here = path.child("securityContext")
    func forbid(_ place: FieldPath) {
      errors.append(.forbidden(place, "cannot be set for a windows pod"))
    }
    for field in ["appArmorProfile", "seLinuxOptions"] where context.has(field) {
      forbid(here.child(field))
    }
    if spec.has("hostUsers") { forbid(path.child("hostUsers")) }
    for field in ["hostPID", "hostIPC"] where spec.flag(field) { forbid(path.child(field)) }
    for field in ["seccompProfile", "fsGroup", "fsGroupChangePolicy"] where context.has(field) {
      forbid(here.child(field))
    }
    if !context.items("sysctls").isEmpty { forbid(here.child("sysctls")) }
    if spec.has("shareProcessNamespace") { forbid(path.child("shareProcessNamespace")) }
    let more = [
      "runAsUser", "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy",
      "seLinuxChangePolicy",
    ]
    for field in more where context.has(field) { forbid(here.child(field)) }
    let ofContainers = [
      "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities",
      "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation", "procMount",
      "runAsUser", "runAsGroup",
    ]
    for (context, place) in contexts {
      for field in ofContainers where context.has(field) { forbid(place.child(field)) }
    }
  }

  /// The claims by which a Pod gets devices.
  mutating func validateResourceClaims() {
    var names: Set<String> = []
    for (index, claim) in spec.items("resourceClaims").enumerated() {
      let here = path.child("resourceClaims").index(index)
      let name = claim.text("name")
      if name.isEmpty {
        errors.append(.required(here.child("name")))
      } else if !names.insert(name).inserted {
        errors.append(.duplicate(here.child("name"), .string(name)))
      } else {
        errors += Checks.name(.dns1123Label, name, here.child("name"))
      }
      let given = ["resourceClaimName", "resourceClaimTemplateName"].filter { claim.has($0) }
      let shown = Self.resourceClaim.printed(claim)
      if given.count > 1 {
        errors.append(
          .invalid(
            here, printed: shown,
            "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"))
      } else if given.isEmpty {
        errors.append(
          .invalid(
            here, printed: shown,
            "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"))
      }
      for field in given {
        errors += Checks.name(.dns1123Subdomain, claim.text(field), here.child(field))
      }
    }
  }

  private static let resourceClaim = GoStructure(
    "Name=s ResourceClaimName ResourceClaimTemplateName")
}
