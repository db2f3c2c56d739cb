import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeNode

/// One node with its kubelet on an API server of its own; Pods are bound by naming the node.
private final class Bench {
  let timeline = Timeline(now: Moment(seconds: 1_780_304_400))
  let client: ComponentClient
  let fleet: NodeFleet
  private final class Wires: PodNetwork {
    var next = 1
    var failure: String?
    func attach(pod: Value, node: String) throws(RuntimeFailure) -> String {
      next += 1
      return "10.244.1.\(next)"
    }
    func detach(pod: Value, node: String) {}
    func probe(
      _ probe: NetworkProbe, from node: String, timeout: Span, done: @escaping (String?) -> Void
    ) { done(failure) }
  }
  private let wires = Wires()
  private let server: APIServer

  init() {
    server = APIServer(timeline: timeline, seed: 1)
    client = ComponentClient(
      server: server, user: UserInfo(name: "system:admin", groups: ["system:masters"]),
      manager: "kubelet")
    for name in ["default", "kube-node-lease"] {
      _ = try? client.create(.namespaces, ["metadata": ["name": .string(name)]])
      _ = try? client.create(
        .serviceAccounts, ["metadata": ["name": "default"]], namespace: name)
      _ = try? client.create(
        .configMaps, ["metadata": ["name": "kube-root-ca.crt"], "data": ["ca.crt": "PEM"]],
        namespace: name)
    }
    fleet = NodeFleet(client: client)
    let kubelet = Kubelet(
      nodeName: "node01", address: "10.0.0.2", client: client,
      runtime: MachineRuntime(
        timeline: timeline, seed: 1, node: nil, storage: VolumeStorage(timeline: timeline)),
      network: wires,
      objects: NodeObjects(client: client, token: { _, _, _ in IssuedToken { "token" } }),
      recorder: EventRecorder(client, source: .component("kubelet", host: "node01")), seed: 1)
    kubelet.register(.init(cpus: 2, memoryKiB: 4_000_000))
    fleet.add(kubelet)
    timeline.settle()
  }

  func breakNetwork(_ message: String?) { wires.failure = message }

  func run(_ spec: Value, for seconds: Int64, as name: String = "p") throws -> Value {
    var spec = spec
    spec["nodeName"] = "node01"
    _ = try client.create(
      .pods,
      ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)], "spec": spec],
      namespace: "default")
    return try after(seconds, of: name)
  }

  func after(_ seconds: Int64, of name: String = "p") throws -> Value {
    timeline.advance(by: .seconds(seconds))
    return try client.get(.pods, name, namespace: "default")
  }

  func events() throws -> [String] {
    try client.list(.events, namespace: "default").filter {
      $0[path: "involvedObject", "name"]?.string == "p"
    }.map { $0["reason"]?.string ?? "" }
  }
}

private func container(_ extra: Value = [:], image: String = "nginx:1.25") -> Value {
  var value = extra
  value["name"] = "c"
  value["image"] = .string(image)
  return ["containers": [value]]
}

private func state(_ pod: Value) -> Value {
  pod[path: "status", "containerStatuses"]?[0]?["state"] ?? .null
}

@Test("a Pod with a good image runs, is ready and has an address")
func runs() throws {
  let bench = Bench()
  let pod = try bench.run(container(), for: 10)
  #expect(pod[path: "status", "phase"] == "Running")
  #expect(pod.isConditionTrue("Ready") && pod.isConditionTrue("ContainersReady"))
  #expect(pod[path: "status", "podIP"] == "10.244.1.2")
  let events = try bench.events()
  #expect(Set(events) == ["Pulling", "Pulled", "Created", "Started"])
}

@Test("a misspelt tag ends in ImagePullBackOff")
func badTag() throws {
  let bench = Bench()
  let pod = try bench.run(container(image: "nginx:1.91"), for: 5)
  #expect(state(pod)[path: "waiting", "reason"] == "ImagePullBackOff")
  #expect(pod[path: "status", "phase"] == "Pending")
}

@Test("a command that fails is started again with growing waits")
func crashes() throws {
  let bench = Bench()
  let spec = container(["command": ["false"]], image: "busybox:1.36")
  var pod = try bench.run(spec, for: 8)
  #expect(state(pod)[path: "waiting", "reason"] == "CrashLoopBackOff")
  #expect(
    state(pod)[path: "waiting", "message"]?.string?.hasPrefix("back-off 10s restarting") == true)
  pod = try bench.after(60)
  #expect((pod[path: "status", "containerStatuses"]?[0]?["restartCount"]?.int ?? 0) >= 3)
  #expect(pod[path: "status", "phase"] == "Running")
}

@Test("a finished command completes a Pod that is not to be restarted, and its log stays")
func completes() throws {
  let bench = Bench()
  var spec = container(["command": ["echo", "hello"]], image: "busybox")
  spec["restartPolicy"] = "Never"
  let pod = try bench.run(spec, for: 8)
  #expect(pod[path: "status", "phase"] == "Succeeded")
  #expect(state(pod)[path: "terminated", "reason"] == "Completed")
  let log = try bench.fleet.connect(pod: pod, subresource: "log", query: [])
  guard case .bytes(let bytes) = log else { return #expect(Bool(false)) }
  #expect(String(decoding: bytes, as: UTF8.self) == "hello\n")
}

@Test("init containers run one after another before the others")
func initContainers() throws {
  let bench = Bench()
  var spec = container()
  spec["initContainers"] = [
    ["name": "wait", "image": "busybox", "command": ["sleep", "20"]]
  ]
  var pod = try bench.run(spec, for: 5)
  #expect(pod[path: "status", "phase"] == "Pending" && !pod.isConditionTrue("Initialized"))
  #expect(state(pod)[path: "waiting", "reason"] == "PodInitializing")
  pod = try bench.after(30)
  #expect(pod[path: "status", "phase"] == "Running" && pod.isConditionTrue("Initialized"))
}

@Test("a failing readiness probe keeps a running Pod unready")
func readiness() throws {
  let bench = Bench()
  bench.breakNetwork("HTTP probe failed with statuscode: 404")
  let spec = container(["readinessProbe": ["httpGet": ["path": "/x", "port": 80]]])
  var pod = try bench.run(spec, for: 20)
  #expect(pod[path: "status", "phase"] == "Running" && !pod.isConditionTrue("Ready"))
  #expect(try bench.events().contains("Unhealthy"))
  bench.breakNetwork(nil)
  pod = try bench.after(20)
  #expect(pod.isConditionTrue("Ready"))
}

@Test("a missing ConfigMap stops the container from being made, and making it mends that")
func missingConfigMap() throws {
  let bench = Bench()
  let spec = container(["envFrom": [["configMapRef": ["name": "settings"]]]])
  var pod = try bench.run(spec, for: 6)
  #expect(state(pod)[path: "waiting", "reason"] == "CreateContainerConfigError")
  #expect(state(pod)[path: "waiting", "message"] == "configmap \"settings\" not found")
  _ = try bench.client.create(
    .configMaps, ["metadata": ["name": "settings"], "data": ["A": "1"]], namespace: "default")
  pod = try bench.after(30)
  #expect(pod[path: "status", "phase"] == "Running")
}

@Test("a program that the image does not have is a StartError in the runtime's words")
func noSuchProgram() throws {
  let bench = Bench()
  var spec = container(["command": ["nope"]])
  spec["restartPolicy"] = "Never"
  let end = state(try bench.run(spec, for: 6))["terminated"]
  #expect(end?["reason"] == "StartError" && end?["exitCode"] == 128)
  #expect(
    end?["message"]?.string?.hasSuffix("exec: \"nope\": executable file not found in $PATH")
      == true)
}

@Test("a node refuses a Pod that wants a port which is taken, or does not tolerate its taint")
func refusals() throws {
  let bench = Bench()
  let wanting = container(["ports": [["containerPort": 80, "hostPort": 80]]])
  #expect(try bench.run(wanting, for: 6)[path: "status", "phase"] == "Running")
  #expect(try bench.run(wanting, for: 2, as: "q")[path: "status", "reason"] == "NodePorts")
  _ = try bench.client.patch(
    .nodes, "node01", .merge, ["spec": ["taints": [["key": "x", "effect": "NoExecute"]]]])
  let refused = try bench.run(container(), for: 2, as: "r")
  #expect(refused[path: "status", "reason"] == "TaintToleration")
}

@Test("a deleted Pod goes after its containers have stopped; a shell loop needs its whole grace")
func deletion() throws {
  let bench = Bench()
  _ = try bench.run(container(["command": ["sleep", "3600"]], image: "busybox"), for: 6)
  try bench.client.delete(.pods, "p", namespace: "default")
  #expect(try bench.after(10).isBeingDeleted)
  bench.timeline.advance(by: .seconds(25))
  #expect(throws: StatusError.self) { try bench.client.get(.pods, "p", namespace: "default") }
}
