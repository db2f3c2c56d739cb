import CEL
import Documents
import KubeObjects

/// What Windows is told of the users and privileges of its containers.
extension PodSpecValidator {
  static func windowsOptions(_ options: Value?, _ here: FieldPath) -> [FieldError] {
    guard let options, !options.isNull else { return [] }
    var errors: [FieldError] = []
    if let name = options["gmsaCredentialSpecName"]?.string {
      errors += Checks.name(.dns1123Subdomain, name, here.child("gmsaCredentialSpecName"))
    }
    if let specification = options["gmsaCredentialSpec"]?.string {
      let place = here.child("gmsaCredentialSpec")
      if specification.isEmpty {
        errors.append(.invalid(place, "", "gmsaCredentialSpec cannot be an empty string"))
      } else if specification.utf8.count > 64 * 1024 {
        errors.append(
          .invalid(place, .string(specification), "gmsaCredentialSpec size must be under 64 KiB"))
      }
    }
    if let user = options["runAsUserName"]?.string {
      errors += userProblems(user).map {
        .invalid(here.child("runAsUserName"), .string(user), "runAsUserName" + $0)
      }
    }
    return errors
  }

  private static let netBIOS = try? RegularExpression(
    #"^[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}$"#)
  private static let domainName = try? RegularExpression(
    "^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
      + #"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$"#)
  private static let strange = #""/\:;|=,+*?<>@[]"#

  private static func userProblems(_ name: String) -> [String] {
    if name.isEmpty { return [" cannot be an empty string"] }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
      return [" cannot contain control characters"]
    }
    let parts = name.split(separator: "\\", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2, let user = parts.last else {
      return [" cannot contain more than one backslash"]
    }
    var found: [String] = []
    if parts.count == 2, let domain = parts.first {
      if domain.utf8.count >= 256 {
        found.append("'s Domain length must be under 256 characters")
      }
      if netBIOS?.matches(domain) == false, domainName?.matches(domain) == false {
        found.append("'s Domain doesn't match the NetBios nor the DNS format")
      }
    }
    if user.isEmpty {
      found.append("'s User cannot be empty")
    } else if user.utf8.count > 104 {
      found.append("'s User length must not be longer than 104 characters")
    }
    if !user.isEmpty, user.allSatisfy({ $0 == "." || $0 == " " }) {
      found.append("'s User cannot contain only periods or spaces")
    }
    if user.contains(where: strange.contains) {
      found.append("'s User cannot contain the following characters: " + strange)
    }
    return found
  }

  /// A Pod's containers are processes of their node, all of them or none.
  mutating func validateHostProcesses() {
    func isAsked(_ owner: Value) -> Bool? {
      owner["securityContext"]?["windowsOptions"]?["hostProcess"]?.bool
    }
    let ofPod = isAsked(spec)
    var (all, asked) = (0, 0)
    for list in ["initContainers", "containers", "ephemeralContainers"] {
      for (index, container) in spec.items(list).enumerated() {
        all += 1
        let own = isAsked(container)
        if let ofPod, let own, ofPod != own {
          errors.append(
            .invalid(
              path.child(list).index(index)
                .child("securityContext", "windowsOptions", "hostProcess"), .bool(own),
              "pod hostProcess value must be identical if both are specified, was \(ofPod)"))
        }
        if own ?? ofPod ?? false { asked += 1 }
      }
    }
    guard asked > 0 else { return }
    if asked != all {
      errors.append(
        .invalid(
          path, "",
          "If pod contains any hostProcess containers then all containers must be HostProcess "
            + "containers"))
    }
    if !spec.flag("hostNetwork") {
      errors.append(
        .invalid(
          path.child("hostNetwork"), false,
          "hostNetwork must be true if pod contains any hostProcess containers"))
    }
  }
}
