import Documents
import Foundation
import KubeAPIServer
import KubeCluster
import KubeObjects

/// What the built-in kubectl takes for many objects, and a kubectl of this machine on the same API.
func kubectl() throws {
  let count = isTiny ? 50 : 10_000
  let cluster = Cluster(.bare, seed: 1)
  let client = ComponentClient(
    server: cluster.server, user: UserInfo(name: "b", groups: ["system:masters"]), manager: "b")
  for number in 0..<count {
    _ = try client.create(
      .pods,
      [
        "metadata": ["name": .string("p\(number)"), "labels": ["app": "many"]],
        "spec": ["containers": [["name": "c", "image": "nginx"]], "schedulerName": "none"],
      ], namespace: "default")
  }
  func show(_ what: String, _ line: String, runs: Int = 3) {
    var failed = false
    let spent = best(of: runs) { failed = cluster.shell.run(line).status != 0 }
    row(what + (failed ? " (failed)" : ""), text(spent), "a twentieth of kubectl's")
  }
  show("get pods, \(count) of them", "kubectl get pods > /dev/null")
  show("describe one of them", "kubectl describe pod p0 > /dev/null")
  show(
    "jsonpath over \(count) Pods",
    "kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}' > /dev/null")
  show("--sort-by over \(count) Pods", "kubectl get pods --sort-by=.metadata.name > /dev/null")
  let files = isTiny ? 20 : 1_000
  let manifest = (0..<files).map {
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m\($0)}\ndata: {a: \"\($0)\"}\n"
  }.joined(separator: "---\n")
  _ = cluster.shell.run("cat > m.yaml <<'END'\n\(manifest)END")
  show("apply -f of \(files) objects, new", "kubectl apply -f m.yaml > /dev/null", runs: 1)
  show("apply -f of \(files) objects, unchanged", "kubectl apply -f m.yaml > /dev/null", runs: 1)
}
