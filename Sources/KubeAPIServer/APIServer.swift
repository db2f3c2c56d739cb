package import Documents
package import KubeObjects
package import Simulation

/// kube-apiserver: authenticates, authorizes, admits, defaults, validates, stores and watches.
package final class APIServer {
  package let timeline: Timeline
  /// How logs, exec and their kin reach kubelets; nil where there are none.
  package weak var nodes: (any NodeConnection)?

  package init(timeline: Timeline, seed: UInt64) {
    self.timeline = timeline
  }

  /// Serves one request of a client, errors included.
  package func handle(_ request: APIRequest) -> APIResponse {
    preconditionFailure("arrives with the pipeline")
  }

  /// Carries out one operation for a component.
  package func perform(_ call: ResourceCall) throws(StatusError) -> Value {
    preconditionFailure("arrives with the pipeline")
  }

  /// Lists and then follows what `call` selects: (nil, new) added, (old, new) changed, (old, nil)
  /// gone, each on the timeline after the write.
  package func follow(_ call: ResourceCall, _ handler: @escaping (Value?, Value?) -> Void) {
    preconditionFailure("arrives with the pipeline")
  }
}
