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
  /// What `kubectl edit` runs; words in lines stand apart by blanks, and CONFIG is a file.
  var editor = ""
  /// A conversation that only the client ends is ended after so many seconds.
  var limit = 30.0

  init(
    _ line: String, input: String = "", _ wanted: String, status: Int32 = 0, editor: String = "",
    limit: Double = 30
  ) {
    self.line = line
    self.input = input
    self.wanted = wanted
    self.status = status
    self.editor = editor
    self.limit = limit
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

/// The client itself has no network to fetch it by.
private let metricsServer =
  "https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml"

/// A request of the user ann, made by openssl.
private let signingRequest = """
  apiVersion: certificates.k8s.io/v1
  kind: CertificateSigningRequest
  metadata: {name: ann}
  spec:
    signerName: kubernetes.io/kube-apiserver-client
    usages: [client auth]
    request: \
  LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IQUNBUUF3RGpFTU1Bb0dBMVVFQXd3RFlXNX\
  VNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRApRZ0FFNUFNMnNYTjBEUDg3cWFTQjBiVXZnWElzazR4UEJI\
  SUYxdkxWNDdqemhyVVU3azU3TU9TZUF4Zm1qVmh5CmNVUzlPL0VXYW9MSTY0bklzME90YWE1WXQ2QUFNQW9HQ0NxR1\
  NNNDlCQU1DQTBrQU1FWUNJUUMyOWg3MGtEK3kKcTRkYmpXeWgrMmsycy9vMEJWeGsxaFRtTzlsb2FmVy9td0loQUxm\
  d2lhOXFXVkdORG53LzgyYjUrNGVXWWNCdgpVTjhJWlZFYW9YMkx0SnplCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUV\
  VFU1QtLS0tLQo=

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
  Step("cluster-info dump", "\"kind\": \"NodeList\""),
  Step("config view", "kubernetes-admin"),
  Step("config current-context", "kubernetes-admin@kubernetes"),
  Step(
    "edit deploy web", "deployment.apps/web edited", editor: "sed -i s/replicas:.*/replicas:\\ 3/"),
  Step("patch deploy web -p {\"spec\":{\"minReadySeconds\":1}}", "web patched"),
  Step("patch deploy web --type=merge -p {\"spec\":{\"minReadySeconds\":0}}", "web patched"),
  Step("rollout restart deploy web", "restarted"),
  Step("create configmap r --from-literal=a=1", "configmap/r created"),
  Step(
    "replace --force -f -",
    input: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: r}\ndata: {a: \"2\"}\n",
    "configmap/r replaced"),
  Step("annotate cm r why=so", "annotated"),
  Step("wait pod p --for=condition=Ready --timeout=20s", "condition met"),
  Step("exec p -- hostname", "p\n"),
  Step("exec -i p -- cat", input: "through a pipe\n", "through a pipe\n"),
  Step("cp CONFIG p:/tmp/c", ""),
  Step("exec p -- head -1 /tmp/c", "apiVersion: v1"),
  Step("debug p --image=busybox -- true", "Defaulting debug container name"),
  Step("run once --image=busybox --restart=Never -- echo said", "pod/once created"),
  Step("wait pod once --for=jsonpath={.status.phase}=Succeeded --timeout=20s", "condition met"),
  Step("logs -f once", "said\n"),
  Step("port-forward pod/p :80", "Forwarding from 127.0.0.1:", status: 15, limit: 6),
  Step("proxy --port=0", "Starting to serve on 127.0.0.1:", status: 15, limit: 6),
  Step("create -f -", input: signingRequest, "ann created"),
  Step("certificate approve ann", "ann approved"),
  Step("get csr ann -o jsonpath={.status.certificate}", "LS0tLS1CRUdJTiB"),
  Step("top nodes", "controlplane"),
  Step("top pods -A", "coredns"),
  Step("taint node node02 a=b:NoSchedule", "node/node02 tainted"),
  Step("cordon node02", "node/node02 cordoned"),
  Step("drain node02 --ignore-daemonsets --force --delete-emptydir-data", "node/node02 drained"),
  Step("uncordon node02", "node/node02 uncordoned"),
  Step("delete deploy web --cascade=orphan", "deployment.apps \"web\" deleted"),
  Step("delete rs -l app=web --cascade=foreground", "deleted"),
]

private func check(_ steps: [Step], _ kubectl: RealKubectl, _ served: Served) throws {
  for step in steps {
    let words = step.line.split(separator: " ").map {
      String($0).replacing("CONFIG", with: served.kubeconfig)
    }
    let outcome = try kubectl.run(
      words, kubeconfig: served.kubeconfig, input: step.input,
      variables: ["KUBE_EDITOR": step.editor], limit: step.limit)
    #expect(outcome.status == step.status, "\(kubectl): \(step.line): \(outcome)")
    #expect(
      step.wanted.isEmpty || (outcome.output + outcome.errors).contains(step.wanted),
      "\(kubectl): \(step.line): \(outcome)")
  }
}

@Test("a kubectl of this machine works", arguments: RealKubectl.all)
func kubectl(_ kubectl: RealKubectl) throws {
  let served = try Served(.apiserver)
  defer { served.stop() }
  try check(everyday, kubectl, served)
}

@Test("every kubectl talks to containers: exec, cp, a byte through a forwarded port")
func conversations() throws {
  let served = try Served(.single, rate: 20)
  defer { served.stop() }
  try served.server.withCluster { cluster in
    _ = cluster.shell.run(
      "kubectl run web --image=nginx; kubectl wait pod web --for=condition=Ready")
  }
  for kubectl in RealKubectl.all {
    let said = try kubectl.run(
      ["exec", "-i", "web", "--", "sh", "-c", "cat; echo done"], kubeconfig: served.kubeconfig,
      input: "heard\n")
    #expect(said.output == "heard\ndone\n", "\(kubectl): \(said)")
    let file = served.kubeconfig + ".copy"
    let copied = try kubectl.run(
      ["cp", "web:/etc/hostname", file], kubeconfig: served.kubeconfig)
    #expect(copied.status == 0, "\(kubectl): \(copied)")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "web\n", "\(kubectl)")
    let page = try kubectl.page(of: "pod/web", kubeconfig: served.kubeconfig)
    #expect(page.contains("Welcome to nginx!"), "\(kubectl): \(page)")
  }
}

@Test("the newest kubectl works with controllers and nodes")
func newestKubectl() throws {
  guard let kubectl = RealKubectl.newest else {
    print("NO KUBECTL on this machine: nothing was shown of real clients")
    return
  }
  let served = try Served(.kubeadm, rate: 60)
  defer { served.stop() }
  try served.server.withCluster { cluster in
    _ = cluster.shell.run("kubectl apply -f \(metricsServer)")
  }
  try check(more, kubectl, served)
}
