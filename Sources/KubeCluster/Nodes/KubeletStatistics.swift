import Documents
import KubeNode
import KubeObjects
import Linux
import Simulation

/// What a kubelet tells of its containers' and node's use: the stats summary and its metrics.
struct KubeletStatistics {
  let host: NodeHost

  struct Reading {
    var pod: Value
    var name: String
    var started: Moment
    var usage: Usage
    /// Processor time since the container's start.
    var spent: Int64
    var rootBytes: Int64
    var logBytes: Int64
  }

  private var now: Moment { host.machine.timeline.now }
  private var gauge: UsageGauge { UsageGauge(seed: host.cluster.seed) }

  /// Its Pods by name, static ones with the others.
  var pods: [PodWorker] {
    (host.kubelet.workers.values.map { $0 } + host.kubelet.staticPods.workers)
      .sorted { ($0.pod.namespace, $0.pod.name) < ($1.pod.namespace, $1.pod.name) }
  }

  private func readings(of worker: PodWorker) -> [Reading] {
    worker.containers.compactMap { reading(of: $0, in: worker) }
  }

  /// nil: it does not run.
  func reading(of container: Container, in worker: PodWorker) -> Reading? {
    guard case .running(let since) = container.state, let plan = container.plan else { return nil }
    let spent = host.runtime.cpuTime(of: plan)
    let age = Span(nanoseconds: max(1_000_000_000, (now - since).nanoseconds))
    let usage = gauge.usage(of: plan, in: host.runtime, spent: spent, during: age, at: now)
    let log = Int64(clamping: plan.log.size)
    return Reading(
      pod: worker.pod, name: plan.name, started: since, usage: usage,
      spent: usage.milliCores.multipliedSaturating(by: age.nanoseconds / 1000),
      rootBytes: max(0, Int64(clamping: host.runtime.storageUse(of: plan)) - log), logBytes: log)
  }

  private func sum(_ readings: [Reading]) -> (usage: Usage, spent: Int64) {
    readings.reduce(into: (usage: Usage(milliCores: 0, bytes: 0), spent: 0)) { sum, reading in
      sum.usage += reading.usage
      sum.spent &+= reading.spent
    }
  }

  /// Processor time of a node that always was as busy as now.
  private func spentSinceBoot(_ usage: Usage) -> Int64 {
    let age = max(0, (now - host.machine.booted).nanoseconds)
    return usage.milliCores.multipliedSaturating(by: age / 1000)
  }

  // MARK: the summary

  /// stats/v1alpha1: the body of /stats/summary.
  var summary: Value {
    var total = gauge.system(of: host.plan.name, at: now)
    var items: [Value] = []
    for worker in pods {
      let readings = readings(of: worker)
      guard !readings.isEmpty else { continue }
      let sum = sum(readings)
      total += sum.usage
      let started = readings.map(\.started).min() ?? now
      items.append([
        "podRef": [
          "name": .string(worker.pod.name), "namespace": .string(worker.pod.namespace),
          "uid": .string(worker.pod.uid),
        ],
        "startTime": .string(started.rfc3339),
        "containers": .array(readings.map(container)),
        "cpu": processor(sum.usage, sum.spent), "memory": memory(sum.usage),
        "ephemeral-storage": storage(readings.reduce(0) { $0 &+ $1.rootBytes &+ $1.logBytes }),
        "process_stats": ["process_count": .int(Int64(readings.count))],
      ])
    }
    var memory = memory(total)
    memory["availableBytes"] = .int(
      max(0, Int64(clamping: host.plan.memoryKiB) << 10 - total.bytes))
    let root = host.machine.files.root
    let used = Int64(clamping: root.used + root.occupied)
    return [
      "node": [
        "nodeName": .string(host.plan.name), "startTime": .string(host.machine.booted.rfc3339),
        "cpu": processor(total, spentSinceBoot(total)),
        "memory": memory, "fs": storage(used), "runtime": ["imageFs": storage(used)],
        "rlimit": [
          "time": .string(now.rfc3339), "maxpid": 32768,
          "curproc": .int(Int64(host.machine.table.ordered.count)),
        ],
      ],
      "pods": .array(items),
    ]
  }

  private func container(_ reading: Reading) -> Value {
    [
      "name": .string(reading.name), "startTime": .string(reading.started.rfc3339),
      "cpu": processor(reading.usage, reading.spent), "memory": memory(reading.usage),
      "rootfs": storage(reading.rootBytes), "logs": storage(reading.logBytes),
    ]
  }

  private func processor(_ usage: Usage, _ spent: Int64) -> Value {
    [
      "time": .string(now.rfc3339),
      "usageNanoCores": .int(usage.milliCores.multipliedSaturating(by: 1_000_000)),
      "usageCoreNanoSeconds": .int(spent),
    ]
  }

  private func memory(_ usage: Usage) -> Value {
    [
      "time": .string(now.rfc3339), "usageBytes": .int(usage.bytes),
      "workingSetBytes": .int(usage.bytes),
    ]
  }

  /// Of the file system that all lie on.
  private func storage(_ used: Int64) -> Value {
    let capacity = Kubelet.storageKiB << 10
    let root = host.machine.files.root
    let taken = Int64(clamping: root.used + root.occupied)
    return [
      "time": .string(now.rfc3339), "availableBytes": .int(max(0, capacity - taken)),
      "capacityBytes": .int(capacity), "usedBytes": .int(used),
    ]
  }

  // MARK: metrics

  private func seconds(_ nanoseconds: Int64) -> String {
    "\(Double(nanoseconds / 1_000_000) / 1000)"
  }

  /// /metrics/resource, which metrics-server reads.
  var resourceMetrics: String {
    var text = MetricsText()
    var total = gauge.system(of: host.plan.name, at: now)
    var perPod: [(labels: [(String, String)], Usage, Int64)] = []
    var containers: [(labels: [(String, String)], Reading)] = []
    for worker in pods {
      let readings = readings(of: worker)
      containers += readings.map { (labels($0), $0) }
      let sum = sum(readings)
      total += sum.usage
      let own = [("namespace", worker.pod.namespace), ("pod", worker.pod.name)]
      perPod.append((own, sum.usage, sum.spent))
    }
    text.family(
      "container_cpu_usage_seconds_total", "counter",
      "[STABLE] Cumulative cpu time consumed by the container in core-seconds",
      containers.map { ($0.labels, seconds($0.1.spent)) })
    text.family(
      "container_memory_working_set_bytes", "gauge",
      "[STABLE] Current working set of the container in bytes",
      containers.map { ($0.labels, "\($0.1.usage.bytes)") })
    text.family(
      "container_start_time_seconds", "gauge",
      "[STABLE] Start time of the container since unix epoch in seconds",
      containers.map { ($0.labels, "\($0.1.started.seconds)") })
    text.family(
      "node_cpu_usage_seconds_total", "counter",
      "[STABLE] Cumulative cpu time consumed by the node in core-seconds",
      [([], seconds(spentSinceBoot(total)))])
    text.family(
      "node_memory_working_set_bytes", "gauge",
      "[STABLE] Current working set of the node in bytes", [([], "\(total.bytes)")])
    text.family(
      "pod_cpu_usage_seconds_total", "counter",
      "[STABLE] Cumulative cpu time consumed by the pod in core-seconds",
      perPod.map { ($0.labels, seconds($0.2)) })
    text.family(
      "pod_memory_working_set_bytes", "gauge",
      "[STABLE] Current working set of the pod in bytes",
      perPod.map { ($0.labels, "\($0.1.bytes)") })
    text.family(
      "resource_scrape_error", "gauge",
      "[STABLE] 1 if there was an error while getting container metrics, 0 otherwise", [([], "0")])
    return text.text
  }

  /// Those of cAdvisor's families that are known here.
  var containerMetrics: String {
    var text = MetricsText()
    let all = pods.flatMap(readings)
    text.family(
      "container_cpu_usage_seconds_total", "counter",
      "Cumulative cpu time consumed in seconds.",
      all.map { (labels($0), seconds($0.spent)) })
    text.family(
      "container_fs_usage_bytes", "gauge",
      "Number of bytes that are consumed by the container on this filesystem.",
      all.map { (labels($0), "\($0.rootBytes)") })
    text.family(
      "container_memory_working_set_bytes", "gauge", "Current working set in bytes.",
      all.map { (labels($0), "\($0.usage.bytes)") })
    text.family(
      "container_start_time_seconds", "gauge",
      "Start time of the container since unix epoch in seconds.",
      all.map { (labels($0), "\($0.started.seconds)") })
    text.family(
      "machine_cpu_cores", "gauge", "Number of logical CPU cores.", [([], "\(host.plan.cpus)")])
    text.family(
      "machine_memory_bytes", "gauge", "Amount of memory installed on the machine.",
      [([], "\(Int64(clamping: host.plan.memoryKiB) << 10)")])
    return text.text
  }

  /// Those of the kubelet's own families that are known here.
  var ownMetrics: String {
    var text = MetricsText()
    let containers = pods.flatMap(\.containers)
    var states = ["created": 0, "exited": 0, "running": 0]
    for container in containers {
      switch container.state {
      case .running: states["running", default: 0] += 1
      case .terminated: states["exited", default: 0] += 1
      case .waiting: if container.restartCount > 0 { states["exited", default: 0] += 1 }
      }
    }
    text.family(
      "kubelet_node_name", "gauge", "[ALPHA] The node's name. The count is always 1.",
      [([("node", host.plan.name)], "1")])
    text.family(
      "kubelet_running_containers", "gauge",
      "[ALPHA] Number of containers currently running",
      states.sorted { $0.key < $1.key }.map { ([("container_state", $0.key)], "\($0.value)") })
    text.family(
      "kubelet_running_pods", "gauge",
      "[ALPHA] Number of pods that have a running pod sandbox",
      [([], "\(pods.filter { !readings(of: $0).isEmpty }.count)")])
    text.family(
      "kubernetes_build_info", "gauge",
      "[ALPHA] A metric with a constant '1' value labeled by version.",
      [([("git_version", host.installedVersion)], "1")])
    return text.text
  }

  private func labels(_ reading: Reading) -> [(String, String)] {
    [
      ("container", reading.name), ("namespace", reading.pod.namespace), ("pod", reading.pod.name),
    ]
  }
}

/// Prometheus' text format.
struct MetricsText {
  private(set) var text = ""

  /// One family with its values by labels; nothing where there are none.
  mutating func family(
    _ name: String, _ type: String, _ help: String,
    _ samples: [(labels: [(String, String)], value: String)]
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    for (labels, value) in samples {
      let shown = labels.map { "\($0.0)=\($0.1.goQuoted)" }.joined(separator: ",")
      text += name + (shown.isEmpty ? "" : "{\(shown)}") + " \(value)\n"
    }
  }
}

extension Int64 {
  fileprivate func multipliedSaturating(by other: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
