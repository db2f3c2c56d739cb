import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// How many replicas a measured use calls for, with Pods that are new, missing or not ready taken
/// at the value that changes least.
struct ReplicaCalculator {
  struct Proposal {
    var replicas: Int64
    /// In percent of the request; nil where an amount is the target.
    var utilization: Int64?
    /// Thousandths per Pod.
    var average: Int64
  }

  let pods: [PodRecord]
  let current: Int64
  let resource: String
  let samples: [String: MetricsClient.Sample]
  let tolerances: (up: Double, down: Double)
  let now: Moment

  /// --horizontal-pod-autoscaler-cpu-initialization-period and -initial-readiness-delay.
  private static let initialization = Span.minutes(5)
  private static let readinessDelay = Span.seconds(30)

  private struct Groups {
    var ready: Int64 = 0
    var unready: Set<String> = []
    var missing: Set<String> = []
    var ignored: Set<String> = []
  }

  func utilization(
    target: Int64, container: String
  ) throws(MetricsClient.Failure) -> Proposal {
    let (groups, values) = try sorted()
    let requests = try requests(container)
    func ratio(
      _ values: [String: Int64]
    ) throws(MetricsClient.Failure) -> (ratio: Double, percent: Int64, average: Int64) {
      var (used, asked, count): (Int64, Int64, Int64) = (0, 0, 0)
      for (name, value) in values {
        guard let request = requests[name] else { continue }
        used += value
        asked += request
        count += 1
      }
      guard asked > 0 else {
        throw MetricsClient.Failure(message: "no metrics returned matched known pods")
      }
      let percent = used * 100 / asked
      return (Double(percent) / Double(max(target, 1)), percent, used / max(count, 1))
    }
    let first = try ratio(values)
    let replicas = try settle(
      first.ratio, groups, values, missing: { (requests[$0] ?? 0) * max(100, target) / 100 },
      again: { values throws(MetricsClient.Failure) in try ratio(values).ratio })
    return Proposal(replicas: replicas, utilization: first.percent, average: first.average)
  }

  /// `target` in thousandths.
  func average(target: Int64) throws(MetricsClient.Failure) -> Proposal {
    let (groups, values) = try sorted()
    func ratio(_ values: [String: Int64]) -> (ratio: Double, average: Int64) {
      let average = values.values.reduce(0, +) / Int64(max(values.count, 1))
      return (Double(average) / Double(max(target, 1)), average)
    }
    let first = ratio(values)
    let replicas = try settle(
      first.ratio, groups, values, missing: { _ in target },
      again: { values throws(MetricsClient.Failure) in ratio(values).ratio })
    return Proposal(replicas: replicas, utilization: nil, average: first.average)
  }

  private func sorted() throws(MetricsClient.Failure) -> (Groups, [String: Int64]) {
    guard !pods.isEmpty else {
      throw MetricsClient.Failure(
        message: "no pods returned by selector while calculating replica count")
    }
    let groups = group()
    var values: [String: Int64] = [:]
    for (name, sample) in samples
    where !groups.ignored.contains(name) && !groups.unready.contains(name) {
      values[name] = sample.value
    }
    guard !values.isEmpty else {
      throw MetricsClient.Failure(
        message: "did not receive metrics for targeted pods (pods might be unready)")
    }
    return (groups, values)
  }

  private func group() -> Groups {
    var groups = Groups()
    for pod in pods {
      if pod.isTerminating || pod.phase == "Failed" {
        groups.ignored.insert(pod.name)
      } else if pod.phase == "Pending" {
        groups.unready.insert(pod.name)
      } else if let sample = samples[pod.name] {
        if resource == "cpu", isUnready(pod, sample) {
          groups.unready.insert(pod.name)
        } else {
          groups.ready += 1
        }
      } else {
        groups.missing.insert(pod.name)
      }
    }
    return groups
  }

  /// A Pod that starts uses more than it will: its CPU does not count yet.
  private func isUnready(_ pod: PodRecord, _ sample: MetricsClient.Sample) -> Bool {
    guard pod.value.condition("Ready") != nil, let transition = pod.readyTransition,
      let start = pod.value[path: "status", "startTime"]?.string.flatMap({ Moment(rfc3339: $0) })
    else { return true }
    if start + Self.initialization > now {
      return !pod.isReady || sample.moment < transition + sample.window
    }
    return !pod.isReady && start + Self.readinessDelay > transition
  }

  private func requests(_ container: String) throws(MetricsClient.Failure) -> [String: Int64] {
    var found: [String: Int64] = [:]
    for pod in pods {
      let spec = pod.value["spec"] ?? .emptyObject
      if container.isEmpty, PodResources.isSupportedAtPodLevel(resource),
        let own = PodResources.amounts(spec[path: "resources", "requests"])[resource]
      {
        found[pod.name] = own.milliValue
        continue
      }
      let sidecars = spec.items("initContainers").filter { $0.text("restartPolicy") == "Always" }
      var sum: Int64 = 0
      for part in spec.items("containers") + sidecars
      where container.isEmpty || part.text("name") == container {
        guard let request = PodResources.amounts(part[path: "resources", "requests"])[resource]
        else {
          throw MetricsClient.Failure(
            message: "missing request for \(resource) in container \(part.text("name")) of Pod "
              + pod.name)
        }
        sum += request.milliValue
      }
      found[pod.name] = sum
    }
    return found
  }

  private func isTolerable(_ ratio: Double) -> Bool {
    1 - tolerances.down <= ratio && ratio <= 1 + tolerances.up
  }

  private func count(_ ratio: Double, _ pods: Int64) -> Int64 {
    Int64(min((ratio * Double(pods)).rounded(.up), Double(Int32.max)))
  }

  /// The count for a ratio; never against the direction that the measured Pods point to.
  private func settle(
    _ ratio: Double, _ groups: Groups, _ measured: [String: Int64],
    missing: (String) -> Int64,
    again: ([String: Int64]) throws(MetricsClient.Failure) -> Double
  ) throws(MetricsClient.Failure) -> Int64 {
    let growsWithUnready = !groups.unready.isEmpty && ratio > 1
    if !growsWithUnready, groups.missing.isEmpty {
      return isTolerable(ratio) ? current : count(ratio, groups.ready)
    }
    var values = measured
    if ratio < 1 {
      for name in groups.missing { values[name] = missing(name) }
    } else if ratio > 1 {
      for name in groups.missing { values[name] = 0 }
    }
    if growsWithUnready { for name in groups.unready { values[name] = 0 } }
    let new = try again(values)
    if isTolerable(new) || ratio < 1 && new > 1 || ratio > 1 && new < 1 { return current }
    let replicas = count(new, Int64(values.count))
    if new < 1 && replicas > current || new > 1 && replicas < current { return current }
    return replicas
  }
}
