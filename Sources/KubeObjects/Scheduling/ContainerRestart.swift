package import Documents

/// Whether a container that ended is started again.
package enum ContainerRestart {
  /// `container` is of a Pod's specification, `policy` the Pod's own restartPolicy: the first rule
  /// that matches decides, then the container's policy, then the Pod's (ContainerShouldRestart).
  package static func isWanted(_ container: Value, policy: String?, exitCode: Int64) -> Bool {
    if action(container, exitCode: exitCode) != nil { return true }
    switch container["restartPolicy"]?.string ?? policy {
    case "Never": return false
    case "OnFailure": return exitCode != 0
    default: return true
    }
  }

  /// What the first rule that matches asks for: Restart or RestartAllContainers.
  package static func action(_ container: Value, exitCode: Int64) -> String? {
    container["restartPolicyRules"]?.array?.first { rule in
      let isListed =
        rule[path: "exitCodes", "values"]?.array?.contains(.int(exitCode)) ?? false
      return (rule[path: "exitCodes", "operator"]?.string == "NotIn") != isListed
    }?["action"]?.string
  }

  /// Whether some container's end may start all anew (AllContainersCouldRestart).
  package static func mayConcernAll(_ spec: Value) -> Bool {
    for list in ["initContainers", "containers"] {
      for container in spec[list]?.array ?? [] {
        for rule in container["restartPolicyRules"]?.array ?? []
        where rule["action"]?.string == "RestartAllContainers" {
          return true
        }
      }
    }
    return false
  }
}
