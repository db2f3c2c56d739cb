import Documents
import KubeAPIServer
import KubeObjects

/// Why a HorizontalPodAutoscaler does not scale.
extension WhyQuestion {
  func autoscaler() throws(StatusError) -> String {
    let object = try client.get(.horizontalPodAutoscalers, name, namespace: namespace)
    let spec = object["spec"] ?? [:]
    let status = object["status"] ?? [:]
    let target = spec["scaleTargetRef"] ?? [:]
    let now = Int(clamping: status.number("currentReplicas"))
    let wish = Int(clamping: status.number("desiredReplicas"))
    var findings = WhyFindings(
      "hpa/\(name) has \(WhyFindings.counted(now, "replica")) and wants \(wish)")
    for condition in status.items("conditions") {
      let (type, message) = (condition.text("type"), condition.text("message"))
      let isTrue = condition.text("status") == "True"
      switch type {
      case "AbleToScale" where !isTrue:
        findings.add(
          message,
          "spec.scaleTargetRef: is there a \(target.text("kind")) \(target.text("name")) in "
            + "namespace \(namespace)?")
      case "ScalingActive" where !isTrue: findings.add(message, advice(onInactive: message))
      case "ScalingLimited" where isTrue:
        let bound =
          condition.text("reason") == "TooManyReplicas"
          ? "raise spec.maxReplicas (\(spec.number("maxReplicas")))"
          : "lower spec.minReplicas (\(spec["minReplicas"]?.int ?? 1))"
        findings.add(message, condition.text("reason").hasPrefix("Too") ? bound : "")
      case "AbleToScale" where condition.text("reason").hasSuffix("Stabilized"):
        findings.add(message, "spec.behavior: stabilizationWindowSeconds")
      default: break
      }
    }
    if status.items("conditions").isEmpty {
      findings.add("nobody has looked at it yet: that happens every 15 s")
    } else if findings.links.isEmpty {
      findings.add("its metrics are where they are to be")
    }
    return findings.text
  }

  private func advice(onInactive message: String) -> String {
    if message.contains("missing request for") {
      return "give the target's containers resources.requests for it"
    }
    if message.contains("unable to fetch metrics") || message.contains("get the requested resource")
      || message.contains("could not find the requested resource")
    {
      return "is metrics-server there? kubectl top pods; kubectl get apiservice "
        + "v1beta1.metrics.k8s.io"
    }
    if message.contains("replica count of the target is zero") {
      return "a target of 0 replicas is left alone: kubectl scale it to 1"
    }
    if message.contains("selector") { return "two autoscalers must not mean the same Pods" }
    return ""
  }
}
