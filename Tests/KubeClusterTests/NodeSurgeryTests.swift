import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

/// A learner's desk: lines typed on the workstation.
struct SurgeryDesk {
  let cluster: Cluster

  init(_ blueprint: Blueprint = .kubeadm) { cluster = Cluster(blueprint, seed: 5) }

  @discardableResult
  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }

  /// A line on the control plane's machine.
  @discardableResult
  func plane(_ line: String) -> String {
    run("ssh controlplane 2>&1 <<'EOF'\n\(line)\nEOF").replacing(Self.note, with: "")
  }

  private static let note =
    "Pseudo-terminal will not be allocated because stdin is not a terminal.\n"
}

@Test("ssh runs a command on a node, and an unknown host has no address")
func secureShell() {
  let desk = SurgeryDesk()
  #expect(desk.run("ssh node01 hostname") == "node01\n")
  #expect(desk.run("ssh root@192.168.56.12 'hostname; whoami'") == "node02\nroot\n")
  #expect(desk.run("ssh node01 'exit 3'; echo $?") == "3\n")
  #expect(
    desk.run("ssh nope true; echo $?")
      == "255\nssh: Could not resolve hostname nope: Temporary failure in name resolution\n")
  #expect(desk.run("echo hi > f; scp f node01:/tmp/g; ssh node01 cat /tmp/g") == "hi\n")
  #expect(
    desk.run(
      "ssh controlplane 'mkdir -p d/e; echo x > d/e/f'; scp -r controlplane:d back; cat back/e/f")
      == "x\n")
}

@Test("a session on a node has a prompt, and exit comes back")
func session() {
  let desk = SurgeryDesk(.single)
  let shell = desk.cluster.shell
  var seen = ""
  shell.onOutput = { seen += String(decoding: $1, as: UTF8.self) }
  shell.isTerminal = true
  func settle() { desk.cluster.timeline.advance(by: .seconds(1)) }
  shell.start("ssh controlplane")
  settle()
  #expect(seen.hasSuffix("controlplane:~# "), "\(seen)")
  shell.type(Array("sleep 1000\n".utf8))
  settle()
  shell.interrupt()
  settle()
  #expect(shell.isRunning)
  shell.type(Array("exit\n".utf8))
  settle()
  #expect(!shell.isRunning && seen.hasSuffix("Connection to controlplane closed.\n"), "\(seen)")
}

@Test("a kubelet that is stopped leaves its node NotReady until it is started again")
func stoppedKubelet() {
  let desk = SurgeryDesk()
  #expect(desk.run("ssh node01 systemctl is-active kubelet containerd") == "active\nactive\n")
  desk.run("ssh node01 systemctl stop kubelet; sleep 60")
  let nodes = desk.run("kubectl get nodes --no-headers | awk '{print $1, $2}'")
  #expect(nodes == "controlplane Ready\nnode01 NotReady\nnode02 Ready\n", "\(nodes)")
  let reason = desk.run(
    "kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}'")
  #expect(reason == "Kubelet stopped posting node status.")
  desk.run("ssh node01 systemctl start kubelet; sleep 3")
  #expect(desk.run("kubectl get nodes --no-headers | grep -c ' Ready'") == "3\n")
}

@Test(
  "what is broken about a kubelet stands in its journal",
  arguments: [
    (
      "echo 'x: [' >> /var/lib/kubelet/config.yaml",
      "failed to load Kubelet config file /var/lib/kubelet/config.yaml"
    ),
    ("rm /var/lib/kubelet/config.yaml", "open /var/lib/kubelet/config.yaml: no such file"),
    (
      "sed -i s:pki/ca.crt:pki/CA.crt: /var/lib/kubelet/config.yaml",
      "unable to load client CA file /etc/kubernetes/pki/CA.crt: open"
    ),
    (
      "sed -i s/:6443/:6553/ /etc/kubernetes/kubelet.conf",
      "dial tcp 192.168.56.10:6553: connect: connection refused"
    ),
    (
      "sed -i s:/usr/bin/kubelet:/usr/local/bin/kubelet: "
        + "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf; systemctl daemon-reload",
      "Failed at step EXEC spawning /usr/local/bin/kubelet: No such file or directory"
    ),
    (
      "systemctl stop containerd",
      "validate CRI v1 runtime API for endpoint \\\"unix:///run/containerd/containerd.sock\\\""
    ),
    ("rm /etc/kubernetes/kubelet.conf", "unable to load bootstrap kubeconfig"),
  ])
func brokenKubelet(_ harm: String, _ words: String) {
  let desk = SurgeryDesk()
  let journal = desk.run(
    "ssh node01 <<'EOF'\n\(harm)\nsystemctl restart kubelet\nsleep 15\n"
      + "journalctl -u kubelet --no-pager\nEOF\n")
  #expect(journal.contains(words), "\(journal)")
  desk.run("sleep 60")
  #expect(desk.run("kubectl get node node01 --no-headers").contains(" NotReady "))
}

@Test("a kubelet whose binary is missing is started again and again")
func crashLoop() {
  let desk = SurgeryDesk()
  let status = desk.run(
    "ssh node01 'rm /var/lib/kubelet/config.yaml; systemctl restart kubelet; sleep 25; "
      + "systemctl status kubelet'")
  #expect(status.contains("Active: activating (auto-restart) (Result: exit-code)"), "\(status)")
  #expect(status.contains("Scheduled restart job, restart counter is at 2."))
}

@Test("a node without its runtime is NotReady and says so")
func noRuntime() {
  let desk = SurgeryDesk()
  desk.run("ssh node02 systemctl stop containerd; sleep 45")
  let why = desk.run(
    "kubectl get node node02 -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}'")
  #expect(why == "container runtime is down", "\(why)")
  #expect(desk.run("ssh node02 crictl ps").contains("dial unix /run/containerd/containerd.sock"))
  desk.run("ssh node02 systemctl start containerd; sleep 2")
  #expect(desk.run("kubectl get node node02 --no-headers").contains(" Ready "))
}

@Test(
  "a manifest on a node is a Pod: it comes, outlives its mirror, changes and goes with the file")
func staticPod() {
  let desk = SurgeryDesk()
  let manifest = """
    ssh node01 'cat > /etc/kubernetes/manifests/web.yaml' <<EOF
    apiVersion: v1
    kind: Pod
    metadata: {name: web}
    spec: {containers: [{name: c, image: nginx:1.25}]}
    EOF
    sleep 20
    """
  desk.run(manifest)
  #expect(desk.run("kubectl get pod web-node01 --no-headers").contains("Running"))
  desk.run("kubectl delete pod web-node01; sleep 3")
  #expect(desk.run("kubectl get pod web-node01 --no-headers").contains("Running"))
  #expect(desk.run("kubectl exec web-node01 -- hostname") == "web-node01\n")
  desk.run("ssh node01 sed -i s/1.25/1.26/ /etc/kubernetes/manifests/web.yaml; sleep 45")
  #expect(
    desk.run("kubectl get pod web-node01 -o jsonpath='{.spec.containers[0].image}'") == "nginx:1.26"
  )
  desk.run("ssh node01 rm /etc/kubernetes/manifests/web.yaml; sleep 35")
  #expect(desk.run("kubectl get pod web-node01").contains("\"web-node01\" not found"))
}

@Test("staticPodPath moves where a kubelet looks")
func staticPodPath() {
  let desk = SurgeryDesk()
  desk.run(
    """
    ssh node01 <<'EOF'
    mkdir /etc/just
    echo '{apiVersion: v1, kind: Pod, metadata: {name: s}, spec: {containers: [{name: c, image: nginx}]}}' > /etc/just/s.yaml
    sed -i 's#^staticPodPath.*#staticPodPath: /etc/just#' /var/lib/kubelet/config.yaml
    systemctl restart kubelet
    EOF
    sleep 20
    """)
  #expect(desk.run("kubectl get pod s-node01 --no-headers").contains("Running"))
}
