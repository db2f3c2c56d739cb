import Documents
import Foundation
import Glibc
import KubeAPIServer
import KubeCluster
import KubeObjects
import Simulation

// Figures for the README of Sources; `--tiny` runs every measurement on small sizes, as CI does.
// Names after it choose some of them: Benchmarks deployment serving.
let isTiny = CommandLine.arguments.contains("--tiny")
let chosen = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("-") }

/// What the calling thread's processor did, so that a busy machine does not count.
func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  func spent() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }
  let start = spent()
  try body()
  return spent() - start
}

/// The time on the wall, for what several threads do.
func elapsed(_ body: () throws -> Void) rethrows -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  try body()
  return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
}

/// The best of several runs: what the code costs when the machine does not disturb it.
func best(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
  var found = Double.infinity
  for _ in 0..<runs { found = min(found, try milliseconds(body)) }
  return found
}

/// Memory that the process has after giving back what is free, in bytes.
func resident() -> Int {
  typealias Trim = @convention(c) (Int) -> Int32
  if let trim = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(trim, to: Trim.self)(0) }
  let fields =
    (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
    .split(separator: " ") ?? []
  return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
}

func row(_ name: String, _ figure: String, _ aim: String) {
  let padded = name.padding(toLength: 58, withPad: " ", startingAt: 0)
  print("\(padded) \(figure.padding(toLength: 16, withPad: " ", startingAt: 0)) \(aim)")
}

func text(_ milliseconds: Double) -> String { String(format: "%.2f ms", milliseconds) }

func startAndGet() {
  row("boot of a kubeadm cluster", text(best(of: 5) { _ = Cluster(.kubeadm, seed: 1) }), "30 ms")
  let cluster = Cluster(.kubeadm, seed: 1)
  row("resident with one cluster", "\(resident() >> 20) MiB", "60 MiB")
  _ = cluster.shell.run("kubectl create deployment web --image=nginx --replicas=3")
  _ = cluster.shell.run("kubectl rollout status deployment/web")
  let runs = isTiny ? 3 : 100
  row(
    "kubectl get pods at the prompt",
    text(best(of: runs) { _ = cluster.shell.run("kubectl get pods") }), "1 ms")
}

func deployment() throws {
  let (workers, replicas) = isTiny ? (5, 50) : (500, 10_000)
  let cluster = Cluster(.scale(workers), seed: 1)
  let client = ComponentClient(
    server: cluster.server, user: UserInfo(name: "b", groups: ["system:masters"]), manager: "b")
  let before = resident()
  var running = 0
  let spent = try milliseconds {
    _ = try client.create(
      .deployments,
      [
        "metadata": ["name": "web"],
        "spec": [
          "replicas": .int(Int64(replicas)), "selector": ["matchLabels": ["app": "web"]],
          "template": [
            "metadata": ["labels": ["app": "web"]],
            "spec": ["containers": [["name": "c", "image": "nginx"]]],
          ],
        ],
      ], namespace: "default")
    for _ in 0..<60 where running < replicas {
      cluster.timeline.advance(by: .seconds(10))
      let live = try client.get(.deployments, "web", namespace: "default")
      running = Int(live[path: "status", "readyReplicas"]?.int ?? 0)
    }
  }
  row("\(replicas) replicas on \(workers) nodes, all Ready (\(running))", text(spent), "2000 ms")
  // etcd keeps five to ten minutes of history, whatever was written meanwhile.
  cluster.timeline.advance(by: .minutes(15))
  row("memory per such Pod", "\((resident() - before) / max(1, running)) bytes", "4096 bytes")
}

func manifests() throws {
  let one = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      labels: {app: web}
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.29
            ports:
            - containerPort: 80
    ---

    """
  let size = isTiny ? 1 << 14 : 1 << 20
  let bytes = Array(String(repeating: one, count: size / one.utf8.count).utf8)
  row(
    "parse of \(bytes.count) bytes of YAML",
    text(best(of: isTiny ? 1 : 7) { _ = Manifest(bytes) }), "40 ms per MiB")
}

let measurements: [(name: String, run: () throws -> Void)] = [
  ("start", startAndGet),
  ("yaml", manifests),
  ("api", { try APIServing.measure(isTiny: isTiny) }),
  ("deployment", deployment),
  ("scheduling", { try Scheduling.measure(isTiny: isTiny) }),
  ("serving", serving),
  ("services", { try ServiceFigures.measure(isTiny: isTiny) }),
  ("policies", { Reachability.measure(isTiny: isTiny) }),
  ("grading", grading),
  ("school", school),
  ("kubectl", kubectl),
  ("authorization", { try Authorization.measure(isTiny: isTiny) }),
  ("shell", shell),
]

if !CommandLine.arguments.contains("--work") { row("what", "figure", "aim") }
for measurement in measurements where chosen.isEmpty || chosen.contains(measurement.name) {
  try measurement.run()
}
