import Documents
import KubeAPIServer
import KubeObjects

extension AutoscalingRound {
  /// What all metrics together call for; `replicas` is -1 when too little could be measured.
  struct Measured {
    var replicas: Int64 = 0
    var metric = ""
    var statuses: Value = .null
    var failure = ""
  }

  /// What one metric calls for.
  private struct Proposal {
    var replicas: Int64
    var metric: String
    var status: Value
  }

  /// Why a metric gives nothing: the condition it makes, and its message among those of others.
  private struct MetricFailure: Error {
    var reason: String
    var message: String
    var summary: String
  }

  /// The largest of what each metric calls for (computeReplicasForMetrics).
  mutating func measure(_ scale: Value) -> Measured {
    let (selector, failure) = self.selector(of: scale)
    if let failure { return Measured(replicas: -1, failure: failure) }
    let specs = autoscaler[path: "spec", "metrics"]?.array ?? []
    let current = scale[path: "spec", "replicas"]?.int ?? 0
    var measured = Measured()
    var statuses: [Value] = []
    var first: MetricFailure?
    var invalid = 0
    for spec in specs {
      do throws(MetricFailure) {
        let proposal = try propose(spec, scale, selector)
        statuses.append(proposal.status)
        if measured.replicas == 0 || proposal.replicas > measured.replicas {
          measured.replicas = proposal.replicas
          measured.metric = proposal.metric
        }
      } catch {
        warn(error.reason, error.message)
        first = first ?? error
        invalid += 1
        statuses.append(["type": ""])
      }
    }
    measured.statuses = .array(statuses)
    if let first {
      measured.failure =
        "invalid metrics (\(invalid) invalid out of \(specs.count)), first error is: "
        + first.summary
      if invalid >= specs.count || measured.replicas < current {
        setCondition(
          "ScalingActive", false, first.reason,
          "the HPA was unable to compute the replica count: \(first.message)")
        measured.replicas = -1
        return measured
      }
    }
    setCondition(
      "ScalingActive", true, "ValidMetricFound",
      "the HPA was able to successfully calculate a replica count from \(measured.metric)")
    return measured
  }

  private func propose(
    _ spec: Value, _ scale: Value, _ selector: LabelSelector
  ) throws(MetricFailure) -> Proposal {
    let type = spec.text("type")
    switch type {
    case "Resource": return try resource(spec["resource"] ?? [:], "", scale, selector)
    case "ContainerResource":
      let source = spec["containerResource"] ?? [:]
      return try resource(source, source.text("container"), scale, selector)
    case "Pods":
      let name = spec[path: "pods", "metric", "name"]?.string ?? ""
      let message = "unable to get metric \(name): \(MetricsClient.noCustomMetrics)"
      throw MetricFailure(
        reason: "FailedGetPodsMetric", message: message,
        summary: "failed to get pods metric value: \(message)")
    case "Object":
      let name = spec[path: "object", "metric", "name"]?.string ?? ""
      let about = spec[path: "object", "describedObject"] ?? [:]
      let message =
        "unable to get metric \(name): \(about.text("kind")) on \(key.namespace) "
        + "\(about.text("name"))/\(MetricsClient.noCustomMetrics)"
      let isAverage = spec[path: "object", "target", "averageValue"] != nil
      throw MetricFailure(
        reason: "FailedGetObjectMetric", message: message,
        summary: "failed to get object metric value: "
          + (isAverage ? "failed to get \(name) object metric: " : "") + message)
    case "External": throw external(spec["external"] ?? [:])
    default:
      let message = "unknown metric source type \(type.goQuoted)"
      throw MetricFailure(
        reason: "InvalidMetricSourceType", message: message, summary: message)
    }
  }

  /// Nobody serves external metrics here either.
  private func external(_ source: Value) -> MetricFailure {
    let name = source[path: "metric", "name"]?.string ?? ""
    let message =
      "unable to get external metric \(key.namespace)/\(name)/"
      + "\((source[path: "metric", "selector"] ?? .null).printedSelector): unable to fetch metrics from "
      + "external metrics API: the server could not find the requested resource "
      + "(get \(name).external.metrics.k8s.io)"
    let isAverage = source[path: "target", "averageValue"] != nil
    return MetricFailure(
      reason: "FailedGetExternalMetric", message: message,
      summary: "failed to get \(name) external metric value: failed to get "
        + (isAverage ? "\(name) external metric" : "external metric \(name)") + ": \(message)")
  }

  private func resource(
    _ source: Value, _ container: String, _ scale: Value, _ selector: LabelSelector
  ) throws(MetricFailure) -> Proposal {
    let name = source.text("name")
    let target = source["target"] ?? [:]
    let amount = target["averageValue"].flatMap { try? Quantity(parsing: $0) }
    let isContainer = !container.isEmpty
    do throws(MetricsClient.Failure) {
      if let amount {
        let found = try calculator(name, container, scale, selector, "usage").average(
          target: amount.milliValue)
        return proposal(
          found, source, container, "\(name) resource")
      }
      guard let percent = target["averageUtilization"]?.int else {
        throw MetricsClient.Failure(
          message: "invalid resource metric source: neither an average utilization target nor an "
            + "average value (usage) target was set")
      }
      let found = try calculator(name, container, scale, selector, "utilization").utilization(
        target: percent, container: container)
      return proposal(
        found, source, container,
        "\(name) \(isContainer ? "container " : "")resource utilization (percentage of request)")
    } catch {
      var message = error.message
      if amount != nil {
        message = "failed to get \(name) usage: \(message)"
      } else if target["averageUtilization"] != nil {
        message = "failed to get \(name) utilization: \(message)"
      }
      throw MetricFailure(
        reason: isContainer ? "FailedGetContainerResourceMetric" : "FailedGetResourceMetric",
        message: message,
        summary: isContainer
          ? "failed to get \(container) container metric value: \(message)"
          : "failed to get \(name) resource metric value: \(message)")
    }
  }

  private func calculator(
    _ name: String, _ container: String, _ scale: Value, _ selector: LabelSelector, _ what: String
  ) throws(MetricsClient.Failure) -> ReplicaCalculator {
    let samples: [String: MetricsClient.Sample]
    do throws(MetricsClient.Failure) {
      samples = try controller.metrics.usage(
        of: name, namespace: key.namespace,
        selector: scale[path: "status", "selector"]?.string ?? "", container: container)
    } catch {
      throw MetricsClient.Failure(
        message: "unable to get metrics for resource \(name): \(error.message)")
    }
    return ReplicaCalculator(
      pods: controller.context.pods.inNamespace(key.namespace).filter {
        selector.matches($0.labels)
      }, current: scale[path: "spec", "replicas"]?.int ?? 0, resource: name, samples: samples,
      tolerances: (behavior?.up.tolerance ?? 0.1, behavior?.down.tolerance ?? 0.1), now: now)
  }

  private func proposal(
    _ found: ReplicaCalculator.Proposal, _ source: Value, _ container: String, _ metric: String
  ) -> Proposal {
    // Amounts of memory are told in powers of two (buildQuantity).
    let format = source["name"]?.string == "memory" ? Quantity.Format.binarySI : .decimalSI
    let average = Quantity(milli: found.average, format: format)
    var current: Value = ["averageValue": .string(average.description)]
    if let percent = found.utilization { current["averageUtilization"] = .int(percent) }
    var part: Value = ["name": source["name"] ?? "", "current": current]
    let isContainer = !container.isEmpty
    if isContainer { part["container"] = .string(container) }
    return Proposal(
      replicas: found.replicas, metric: metric,
      status: [
        "type": isContainer ? "ContainerResource" : "Resource",
        isContainer ? "containerResource" : "resource": part,
      ])
  }
}
