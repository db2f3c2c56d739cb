import Foundation
import KubeCluster
import Simulation
import Testing

@testable import SecureServing

/// A served cluster and the kubeconfig file for it, in a folder of its own.
final class Served {
  let server: SecureServer
  let folder: URL
  var kubeconfig: String { folder.appending(path: "config").path }

  init(_ blueprint: Blueprint, rate: Int = 10) throws {
    server = try SecureServer(
      ServingConfiguration(
        blueprint: blueprint, seed: 1,
        start: .init(seconds: Int64(Date().timeIntervalSince1970)), rate: rate))
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(server.kubeconfig.utf8).write(to: URL(filePath: kubeconfig))
  }

  func stop() {
    try? server.stop()
    try? FileManager.default.removeItem(at: folder)
  }
}

/// What is typed, what it reads, and what must be in its output.
struct Step: Sendable {
  var line: String
  var input = ""
  var wanted: String
  var status: Int32 = 0

  init(_ line: String, input: String = "", _ wanted: String, status: Int32 = 0) {
    self.line = line
    self.input = input
    self.wanted = wanted
    self.status = status
  }
}

private let deployment = """
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, labels: {app: web}}
  spec:
    replicas: 2
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers:
        - {name: nginx, image: "nginx:1.27", ports: [{containerPort: 80}]}
  """

/// What every client does.
private let everyday = [
  Step("version", "v1.36.2"),
  Step("create configmap c --from-literal=a=1", "configmap/c created"),
  Step("get cm c -o yaml", "a: \"1\""),
  Step("get cm c -o jsonpath={.data.a}", "1"),
  Step("apply -f -", input: deployment, "deployment.apps/web created"),
  Step("apply -f -", input: deployment, "deployment.apps/web unchanged"),
  Step("get deploy web -o wide", "nginx:1.27"),
  Step("label deploy web tier=front", "deployment.apps/web labeled"),
  Step(
    "patch deploy web --type=json -p [{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":3}]",
    "deployment.apps/web patched"),
  Step("scale deploy web --replicas=1", "deployment.apps/web scaled"),
  Step("get deploy web -o custom-columns=N:.spec.replicas --no-headers", "1"),
  Step("get nosuch", "the server doesn't have a resource type \"nosuch\"", status: 1),
  Step("get cm nosuch", "Error from server (NotFound): configmaps \"nosuch\" not found", status: 1),
  Step("auth can-i create pods", "yes"),
  Step("delete deploy web", "deployment.apps \"web\" deleted"),
  Step("delete cm c", "configmap \"c\" deleted"),
]

/// What only the newest is put through.
private let more = [
  Step("create deployment web --image=nginx --replicas=2", "deployment.apps/web created"),
  Step(
    "apply --server-side -f -", input: "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n",
    "namespace/other serverside-applied"),
  Step("rollout status deploy web --timeout=20s", "successfully rolled out"),
  Step("set image deploy web nginx=nginx:1.26", "image updated"),
  Step("rollout undo deploy web", "rolled back"),
  Step("rollout history deploy web", "REVISION"),
  Step("expose deploy web --port=80", "service/web exposed"),
  Step("autoscale deploy web --min=1 --max=3 --cpu-percent=50", "autoscaled"),
  Step("describe deploy web", "Replicas:"),
  Step("explain pod.spec.containers", "FIELD: containers"),
  Step("diff -f -", input: deployment, "+      - image: nginx:1.27", status: 1),
  Step("wait deploy web --for=condition=Available --timeout=20s", "condition met"),
  Step("auth can-i --list", "Resources"),
  Step("auth whoami", "kubernetes-admin"),
  Step("api-resources", "deployments"),
  Step("api-versions", "apps/v1"),
  Step("create token default", "eyJ"),
  Step("get all -A", "deployment.apps/web"),
  Step("get deploy web -w --request-timeout=1s", "web"),
  Step("get events", "web"),
  Step("run p --image=nginx", "pod/p created"),
  Step("delete ns other --wait=false", "namespace \"other\" deleted"),
  Step("cluster-info", "is running at"),
]

private func check(_ steps: [Step], _ kubectl: RealKubectl, _ served: Served) throws {
  for step in steps {
    let words = step.line.split(separator: " ").map(String.init)
    let outcome = try kubectl.run(words, kubeconfig: served.kubeconfig, input: step.input)
    #expect(outcome.status == step.status, "\(kubectl): \(step.line): \(outcome)")
    #expect(
      (outcome.output + outcome.errors).contains(step.wanted),
      "\(kubectl): \(step.line): \(outcome)")
  }
}

@Test("a kubectl of this machine works", arguments: RealKubectl.all)
func kubectl(_ kubectl: RealKubectl) throws {
  let served = try Served(.apiserver)
  defer { served.stop() }
  try check(everyday, kubectl, served)
}

@Test("the newest kubectl works with controllers and nodes")
func newestKubectl() throws {
  guard let kubectl = RealKubectl.newest else {
    print("NO KUBECTL on this machine: nothing was shown of real clients")
    return
  }
  let served = try Served(.kubeadm, rate: 60)
  defer { served.stop() }
  try check(more, kubectl, served)
}
