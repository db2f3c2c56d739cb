import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Runs Pods until so many have succeeded, or too many have failed.
final class JobController: Reconciler {
  static let name = "job-controller"
  static let tracking = "batch.kubernetes.io/job-tracking"
  static let indexKey = "batch.kubernetes.io/job-completion-index"
  private static let batchPeriod = Span.seconds(1)
  static let failureCount = "batch.kubernetes.io/job-index-failure-count"
  static let ignoredCount = "batch.kubernetes.io/job-index-ignored-failure-count"

  let context: ControllerContext
  let client: ComponentClient
  let control: PodControl
  let events: EventRecorder
  private let jobs: Informer
  private var queue: WorkQueue<Informer.Key>!
  var expectations = Expectations()
  var pacing = Pacing()
  /// Finished Pods that are in the status already, until their finalizer is seen to be gone.
  var counted: Set<String> = []
  /// By Job uid: failures in a row and when the last was.
  var backoffs: [String: (count: Int, last: Moment)] = [:]

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    events = context.recorder(client, Self.name)
    control = PodControl(client: client, events: events)
    jobs = context.informer(.jobs)
  }

  func start() {
    // DefaultJobApiBackOff, MaxJobApiBackOff.
    queue = WorkQueue(timeline: context.timeline, backoff: (.seconds(1), .minutes(1))) {
      [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    jobs.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let key = Informer.Key(namespace: object.namespace, name: object.name)
      if new == nil {
        expectations.forget(key)
        backoffs[object.uid] = nil
        releasePods(of: object)
      }
      // What Pods do is looked at once a second; a change of the Job itself at once.
      let isOwnWrite = old != nil && new != nil && old?.generation == new?.generation
      queue.add(key, after: isOwnWrite ? Self.batchPeriod : .zero)
    }
    context.pods.onChange { [weak self] old, new in
      guard let self, let pod = new ?? old else { return }
      if let owner = pod.owner {
        guard owner.kind == "Job" else { return }
        let key = Informer.Key(namespace: pod.namespace, name: owner.name)
        if old == nil { expectations.sawAddition(key) }
        if new == nil || new?.isTerminating == true {
          expectations.sawDeletion(key, pod.uid)
        }
        if new == nil || new?.value.finalizers.contains(Self.tracking) == false {
          counted.remove(pod.uid)
        }
        if new != nil, jobs.objects[key]?.uid != owner.uid { release(pod) }
        queue.add(key, after: Self.batchPeriod)
      } else if new != nil {
        // Nobody counts it (syncOrphanPod).
        release(pod)
      }
    }
  }

  /// A Pod whose Job is gone is no longer tracked.
  private func release(_ pod: PodRecord) {
    guard pod.value.finalizers.contains(Self.tracking) else { return }
    let left = pod.value.finalizers.filter { $0 != Self.tracking }
    _ = try? client.patch(
      .pods, pod.name, namespace: pod.namespace, .merge,
      [
        "metadata": ["finalizers": left.isEmpty ? .null : .array(left.map { .string($0) })]
      ])
  }

  private func releasePods(of job: Value) {
    for pod in context.pods.owned(by: job.uid) { release(pod) }
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let job = jobs.objects[key] else { return .done }
    if let manager = job[path: "spec", "managedBy"]?.string,
      manager != "kubernetes.io/job-controller"
    {
      return .done
    }
    guard let selector = try? LabelSelector(object: job[path: "spec", "selector"]) else {
      return .done
    }
    let isFinished = job.isConditionTrue("Complete") || job.isConditionTrue("Failed")
    let pods =
      isFinished || job.isBeingDeleted
      ? context.pods.owned(by: job.uid)
      : try PodClaims(client: client, pods: context.pods, finalizer: Self.tracking)
        .claim(for: job, selector: selector).sorted { $0.key < $1.key }
    if isFinished {
      for pod in pods where pod.isFinished || pod.isTerminating { release(pod) }
      return .done
    }
    var round = JobRound(controller: self, job: job, key: key, pods: pods)
    do throws(StatusError) {
      try round.run()
    } catch {
      // Whatever was to be looked at later still is (enqueueSyncJobWithDelay).
      if let next = round.nextLook { queue.add(key, after: next) }
      throw error
    }
    return round.nextLook.map { .again(after: $0) } ?? .done
  }
}
