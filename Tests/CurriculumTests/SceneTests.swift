import KubeCluster
import Linux
import Testing

@testable import Curriculum

/// What checks find in a real cluster.
@Suite struct SceneTests {
  @Test("functions, aliases and variables of the learner are not in the marker's way")
  func ownShell() {
    let scene = ClusterScene(Cluster(.apiserver, seed: 1), remembering: [])
    _ = scene.run("kubectl() { echo fake; }; cat() { echo fake; }; PATH=/nowhere; cd /tmp")
    _ = scene.run("echo answer > /root/answer.txt; unalias -a; mine=1")
    #expect(scene.run("kubectl get ns").output == "fake\n")
    #expect(scene.inspect("kubectl get ns default -o name").output == "namespace/default\n")
    #expect(scene.inspect("pwd; echo [$mine]").output == "/root\n[]\n")
    #expect(scene.contents(of: "/root/answer.txt") == Array("answer\n".utf8))
    #expect(scene.contents(of: "/root/none") == nil)
    #expect(scene.run("pwd").output == "/tmp\n")
  }

  @Test(
    "a script of a course that never ends is ended early, and what a learner types is not",
    arguments: ["while :; do :; done", "yes", "f() { f; }; f"])
  func endless(_ line: String) {
    let cluster = Cluster(.apiserver, seed: 1)
    let scene = ClusterScene(cluster, remembering: [])
    let before = cluster.workstation.budgets
    #expect(scene.run(line).status != 0)
    #expect(scene.inspect("\(line) | head -c 3").output.count <= 3)
    #expect(cluster.workstation.budgets == before)
    #expect(scene.inspect("echo still here").output == "still here\n")
  }

  @Test("a check looks at the cluster that it names")
  func besideEachOther() throws {
    let blueprint = try #require(Blueprint.named("prod=apiserver,dev=apiserver"))
    let scene = ClusterScene(Cluster(blueprint, seed: 1), remembering: [])
    _ = scene.run("kubectl --context kubernetes-admin@dev create ns only-dev")
    func verdict(_ cluster: String) throws -> Verdict {
      let (value, findings, _) = ContentFile.read(
        "[{say: x, object: ns/only-dev, where: {}\(cluster)}]", line: 1)
      let forms = Form(try #require(value), findings: findings).elements()
      return try #require(PlannedCheck.read(forms, namespace: "default").first).verdict(in: scene)
    }
    #expect(try verdict("") != .passed)
    #expect(try verdict(", cluster: prod") != .passed)
    #expect(try verdict(", cluster: dev") == .passed)
    #expect(try verdict(", cluster: other") == .failed("there is no cluster other"))
  }

  @Test("connections and names are tried from Pods and nodes as well")
  func places() {
    let scene = ClusterScene(Cluster(.kubeadm, seed: 1), remembering: [])
    _ = scene.run(
      """
      kubectl create deployment web --image=nginx && kubectl expose deployment web --port=80
      kubectl run client --image=busybox -- sleep 1d
      kubectl create ns shut && kubectl run inmate -n shut --image=busybox -- sleep 1d
      kubectl wait --for=condition=Ready pod --all -A --timeout=2m
      kubectl apply -f - <<E
      {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: shut, namespace: shut}, spec: {podSelector: {}, policyTypes: [Egress]}}
      E
      """)
    let pod = ObjectReference(kind: "pod", name: "client", namespace: "default")
    let inmate = ObjectReference(kind: "pod", name: "inmate", namespace: "shut")
    let node = ObjectReference(kind: "node", name: "node01", namespace: "")
    let address = scene.run("kubectl get svc web -o jsonpath={.spec.clusterIP}").output
    #expect(scene.lookUp("web", from: pod) == .addresses([address]))
    #expect(
      scene.lookUp("web.default", from: inmate)
        == .failed("no DNS server answers for web.default"))
    func connects(_ place: ObjectReference?, _ host: String) -> Exchange {
      scene.exchange(from: place, host: host, port: 80, sending: [])
    }
    #expect(connects(pod, "web") == .answered([]))
    #expect(connects(node, address) == .answered([]))
    #expect(connects(inmate, address) == .failed("timed out"))
    let gone = ObjectReference(kind: "pod", name: "gone", namespace: "default")
    #expect(connects(gone, "web") == .nowhere("pod/gone does not exist"))
    let space = ObjectReference(kind: "ns", name: "shut", namespace: "")
    #expect(connects(space, "web") == .nowhere("ns/shut is neither a Pod nor a node"))
  }
}
