import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// One look at one HorizontalPodAutoscaler (reconcileAutoscaler).
struct AutoscalingRound {
  let controller: HorizontalAutoscaler
  let autoscaler: Value
  let key: Informer.Key
  let behavior: ScalingBehavior?
  var status: Value
  private(set) var history: ScalingHistory

  var now: Moment { controller.context.timeline.now }
  private var spec: Value { autoscaler["spec"] ?? .emptyObject }
  private var least: Int64 { spec["minReplicas"]?.int ?? 1 }
  private var most: Int64 { spec.number("maxReplicas") }

  init(_ controller: HorizontalAutoscaler, _ autoscaler: Value, _ key: Informer.Key) {
    self.controller = controller
    self.autoscaler = autoscaler
    self.key = key
    behavior = ScalingBehavior(autoscaler[path: "spec", "behavior"])
    status = autoscaler["status"] ?? .emptyObject
    history = controller.histories[key] ?? ScalingHistory()
  }

  mutating func run() {
    defer { controller.histories[key] = history }
    let target: ServedKind
    let scale: Value
    do throws(StatusError) {
      (target, scale) = try targetScale()
    } catch {
      warn("FailedGetScale", error.message)
      setCondition(
        "AbleToScale", false, "FailedGetScale",
        "the HPA controller was unable to get the target's current scale: \(error.message)")
      return write()
    }
    setCondition(
      "AbleToScale", true, "SucceededGetScale",
      "the HPA controller was able to get the target's current scale")
    let current = scale[path: "spec", "replicas"]?.int ?? 0
    if history.recommendations.isEmpty {
      history.recommendations = [.init(replicas: current, moment: now)]
    }
    guard let verdict = decide(scale, current) else { return write() }
    rescale(target, scale, current, verdict)
  }

  /// What the target is to become, with the reason and what was measured.
  private struct Verdict {
    var replicas: Int64
    var reason = ""
    var metrics: Value = .null
    var isChange = true
  }

  /// nil: nothing could be measured; the status says why.
  private mutating func decide(_ scale: Value, _ current: Int64) -> Verdict? {
    if current == 0, least != 0 {
      setCondition(
        "ScalingActive", false, "ScalingDisabled",
        "scaling is disabled since the replica count of the target is zero")
      return Verdict(replicas: 0, isChange: false)
    }
    if current > most {
      return Verdict(
        replicas: most, reason: "Current number of replicas above Spec.MaxReplicas")
    }
    if current < least {
      return Verdict(
        replicas: least, reason: "Current number of replicas below Spec.MinReplicas")
    }
    let measured = measure(scale)
    guard measured.replicas >= 0 else {
      setStatus(current, status.number("desiredReplicas"), measured.statuses, isChange: false)
      warn("FailedComputeMetricsReplicas", measured.failure)
      return nil
    }
    var reason = ""
    if measured.replicas > current { reason = "\(measured.metric) above target" }
    if measured.replicas < current { reason = "All metrics below target" }
    let replicas = normalize(measured.replicas, current)
    return Verdict(
      replicas: replicas, reason: reason, metrics: measured.statuses,
      isChange: replicas != current)
  }

  private mutating func rescale(
    _ target: ServedKind, _ scale: Value, _ current: Int64, _ verdict: Verdict
  ) {
    guard verdict.isChange else {
      setStatus(current, current, verdict.metrics, isChange: false)
      return write()
    }
    var wanted = scale
    var scaleSpec = wanted["spec"] ?? .emptyObject
    scaleSpec["replicas"] = .int(verdict.replicas)
    wanted["spec"] = scaleSpec
    do throws(StatusError) {
      _ = try controller.client.update(target.resource, wanted, subresource: "scale")
    } catch {
      warn(
        "FailedRescale",
        "New size: \(verdict.replicas); reason: \(verdict.reason); error: \(error.message)")
      setCondition(
        "AbleToScale", false, "FailedUpdateScale",
        "the HPA controller was unable to update the target scale: \(error.message)")
      setStatus(
        current, status.number("desiredReplicas"), verdict.metrics, isChange: false)
      return write()
    }
    setCondition(
      "AbleToScale", true, "SucceededRescale",
      "the HPA controller was able to update the target scale to \(verdict.replicas)")
    controller.events.record(
      .normal, autoscaler, reason: "SuccessfulRescale",
      message: "New size: \(verdict.replicas); reason: \(verdict.reason)")
    if let behavior { history.noteChange(from: current, to: verdict.replicas, behavior, now) }
    setStatus(current, verdict.replicas, verdict.metrics, isChange: true)
    write()
  }

  private func targetScale() throws(StatusError) -> (ServedKind, Value) {
    let reference = spec["scaleTargetRef"] ?? .emptyObject
    let kind = reference.text("kind")
    let version = reference.text("apiVersion")
    guard let target = controller.context.server.servedKind(apiVersion: version, kind: kind)
    else {
      let group = GroupVersion(apiVersion: version).group
      throw .plain("no matches for kind \(kind.goQuoted) in group \(group.goQuoted)")
    }
    guard target.hasScale else { throw .unknownResource }
    let client = controller.client
    var call = ResourceCall(
      verb: .get, resource: target.resource, namespace: key.namespace,
      name: reference.text("name"), user: client.user, manager: client.manager)
    call.subresource = "scale"
    return (target, try client.server.perform(call))
  }

  // Limits: what is wanted, kept within windows, rates and bounds.
  private mutating func normalize(_ wanted: Int64, _ current: Int64) -> Int64 {
    let stable: Int64
    if let behavior {
      stable = history.stabilized(
        wanted, current: current, upSeconds: behavior.up.stabilization ?? 0,
        downSeconds: behavior.down.stabilization ?? 300, now: now)
    } else {
      stable = history.stabilizedDown(wanted, now: now)
    }
    if stable == wanted {
      setCondition(
        "AbleToScale", true, "ReadyForNewScale", "recommended size matches current size")
    } else if behavior != nil, wanted >= current {
      setCondition(
        "AbleToScale", true, "ScaleUpStabilized",
        "recent recommendations were lower than current one, applying the lowest recent "
          + "recommendation")
    } else {
      setCondition(
        "AbleToScale", true, "ScaleDownStabilized",
        "recent recommendations were higher than current one, applying the highest recent "
          + "recommendation")
    }
    let limited = behavior.map { limit(stable, current, $0) } ?? limit(stable, current)
    setCondition("ScalingLimited", limited.replicas != stable, limited.reason, limited.message)
    return limited.replicas
  }

  private typealias Limited = (replicas: Int64, reason: String, message: String)

  private static func unlimited(_ replicas: Int64) -> Limited {
    (replicas, "DesiredWithinRange", "the desired count is within the acceptable range")
  }
  private static func tooMany(_ replicas: Int64) -> Limited {
    (
      replicas, "TooManyReplicas",
      "the desired replica count is more than the maximum replica count"
    )
  }
  private static func tooFew(_ replicas: Int64) -> Limited {
    (
      replicas, "TooFewReplicas",
      "the desired replica count is less than the minimum replica count"
    )
  }
  private static func tooFast(_ replicas: Int64, up: Bool) -> Limited {
    (
      replicas, up ? "ScaleUpLimit" : "ScaleDownLimit",
      "the desired replica count is \(up ? "increasing" : "decreasing") faster than the maximum "
        + "scale rate"
    )
  }

  /// Without behaviour: at most doubled, or four (convertDesiredReplicasWithRules).
  private func limit(_ wanted: Int64, _ current: Int64) -> Limited {
    let fastest = max(2 * current, 4)
    if wanted < least { return Self.tooFew(least) }
    if most > fastest, wanted > fastest { return Self.tooFast(fastest, up: true) }
    if wanted > most { return Self.tooMany(most) }
    return Self.unlimited(wanted)
  }

  private func limit(
    _ wanted: Int64, _ current: Int64, _ behavior: ScalingBehavior
  ) -> Limited {
    if wanted > current {
      let rate = max(behavior.upperLimit(current, history, now), current)
      if most > rate, wanted > rate { return Self.tooFast(rate, up: true) }
      if wanted > most { return Self.tooMany(most) }
    } else if wanted < current {
      let rate = min(behavior.lowerLimit(current, history, now), current)
      if least < rate, wanted < rate { return Self.tooFast(rate, up: false) }
      if wanted < least { return Self.tooFew(least) }
    }
    return Self.unlimited(wanted)
  }

  /// Which Pods the target has, or why that cannot be told, which conditions then say.
  mutating func selector(of scale: Value) -> (LabelSelector, failure: String?) {
    let text = scale[path: "status", "selector"]?.string ?? ""
    if text.isEmpty {
      warn("SelectorRequired", "selector is required")
      setCondition(
        "ScalingActive", false, "InvalidSelector", "the HPA target's scale is missing a selector")
      return (.nothing, "selector is required")
    }
    guard let selector = try? LabelSelector(text) else {
      let message =
        "couldn't convert selector into a corresponding internal selector object: " + text
      warn("InvalidSelector", message)
      setCondition("ScalingActive", false, "InvalidSelector", message)
      return (.nothing, message)
    }
    history.selector = selector
    controller.histories[key] = history
    let pods = controller.context.pods.inNamespace(key.namespace).filter {
      selector.matches($0.labels)
    }
    let rivals = controller.autoscalers(selecting: pods, in: key.namespace)
    guard rivals.count > 1 else { return (selector, nil) }
    let names = rivals.map { "{\($0.name) \($0.namespace)}" }.joined(separator: " ")
    let message = "pods by selector \(text) are controlled by multiple HPAs: [\(names)]"
    warn("AmbiguousSelector", message)
    setCondition("ScalingActive", false, "AmbiguousSelector", message)
    return (selector, message)
  }

  func warn(_ reason: String, _ message: String) {
    controller.events.record(.warning, autoscaler, reason: reason, message: message)
  }

  mutating func setCondition(
    _ type: String, _ isTrue: Bool, _ reason: String, _ message: String
  ) {
    var conditions = status["conditions"]?.array ?? []
    let value: Value = isTrue ? "True" : "False"
    let place = conditions.firstIndex { $0["type"]?.string == type }
    var condition: Value = place.map { conditions[$0] } ?? ["type": .string(type)]
    if condition["status"] != value {
      condition["status"] = value
      condition["lastTransitionTime"] = .string(now.rfc3339)
    }
    condition["reason"] = .string(reason)
    condition["message"] = .string(message)
    if let place { conditions[place] = condition } else { conditions.append(condition) }
    status["conditions"] = .array(conditions)
  }

  private mutating func setStatus(
    _ current: Int64, _ desired: Int64, _ metrics: Value, isChange: Bool
  ) {
    var new: Value = ["desiredReplicas": .int(desired), "currentMetrics": metrics]
    if current != 0 { new["currentReplicas"] = .int(current) }
    new["conditions"] = status["conditions"]
    new["lastScaleTime"] = isChange ? .string(now.rfc3339) : status["lastScaleTime"]
    status = new
  }

  private func write() {
    guard status != autoscaler["status"] ?? .emptyObject else { return }
    var changed = autoscaler
    changed["status"] = status
    _ = try? controller.client.update(
      .horizontalPodAutoscalers, changed, subresource: "status")
  }
}
