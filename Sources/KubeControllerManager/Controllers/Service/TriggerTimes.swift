import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// When the change happened that made endpoints change: of the Service itself or of a Pod's
/// readiness, the earliest not yet told of.
struct TriggerTimes {
  /// Where it is told; a change without one takes it away.
  static let annotation = "endpoints.kubernetes.io/last-change-trigger-time"

  private struct Known {
    var service: Moment?
    var pods: [String: Moment] = [:]
  }

  private var known: [Informer.Key: Known] = [:]

  mutating func forget(_ key: Informer.Key) { known[key] = nil }

  mutating func observe(
    _ key: Informer.Key, _ service: Value, _ pods: [PodRecord]
  ) -> String? {
    var present = Known(service: service.creationTimestamp)
    var earliest: Moment?
    let before = known[key]
    for pod in pods {
      guard let moment = pod.readyTransition else { continue }
      present.pods[pod.uid] = moment
      if before?.pods[pod.uid] != moment, before != nil || earliest == nil {
        earliest = min(earliest ?? moment, moment)
      }
    }
    if before?.service != present.service, let moment = present.service {
      earliest = min(earliest ?? moment, moment)
    }
    known[key] = present
    return earliest?.rfc3339
  }
}
