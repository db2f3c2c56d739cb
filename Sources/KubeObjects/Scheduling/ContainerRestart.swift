package import Documents

/// Whether a container that ended is started again.
package enum ContainerRestart {
  /// `container` is of a Pod's specification, `policy` the Pod's own restartPolicy: the first rule
  /// that matches decides, then the container's policy, then the Pod's (ContainerShouldRestart).
  package static func isWanted(_ container: Value, policy: String?, exitCode: Int64) -> Bool {
    let action = container["restartPolicyRules"]?.array?.first { rule in
      let isListed =
        rule[path: "exitCodes", "values"]?.array?.contains(.int(exitCode)) ?? false
      return (rule[path: "exitCodes", "operator"]?.string == "NotIn") != isListed
    }?["action"]?.string
    if action == "Restart" { return true }
    switch container["restartPolicy"]?.string ?? policy {
    case "Never": return false
    case "OnFailure": return exitCode != 0
    default: return true
    }
  }
}
