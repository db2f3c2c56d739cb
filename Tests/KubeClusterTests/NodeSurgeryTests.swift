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

@Test("a login shell has what ~/.bashrc says: the alias k, and the prompt")
func loginShell() {
  let desk = SurgeryDesk(.single)
  #expect(desk.run("sudo -i alias k") == "alias k='kubectl'\n")
  #expect(desk.run("su - -c 'alias k'") == "alias k='kubectl'\n")
  #expect(desk.run("ssh controlplane sudo -i alias ll") == "alias ll='ls -alF'\n")
  #expect(desk.run("su - -c 'echo $PS1'").contains("\\u@"))
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

@Test("systemctl tells to which service a process belongs")
func unitOfProcess() {
  let desk = SurgeryDesk()
  #expect(
    desk.run("ssh node01 'systemctl status $(pgrep -x kubelet)' | head -1").hasPrefix(
      "\u{25CF} kubelet.service - "))
  #expect(
    desk.run("ssh node01 'systemctl status 99999; echo $?'")
      == "4\nFailed to get unit for PID 99999: PID 99999 does not belong to any loaded unit.\n")
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

@Test("a server that is installed runs as a service until it is removed")
func packagedServer() {
  let desk = SurgeryDesk()
  let told = desk.run("ssh node01 apt-get install -y vsftpd")
  #expect(
    told.contains(
      "Created symlink /etc/systemd/system/multi-user.target.wants/vsftpd.service \u{2192} "
        + "/usr/lib/systemd/system/vsftpd.service.\n"), "\(told)")
  #expect(desk.run("ssh node01 systemctl is-active vsftpd") == "active\n")
  #expect(desk.run("ssh node01 ss -tlnp | grep -c ':21 .*vsftpd'") == "1\n")
  #expect(desk.run("ssh node01 dpkg -S /usr/sbin/vsftpd") == "vsftpd: /usr/sbin/vsftpd\n")
  #expect(
    desk.run("ssh node01 dpkg -S /no/such")
      == "dpkg-query: no path found matching pattern /no/such\n")
  desk.run("ssh node01 apt-get remove -y vsftpd; sleep 1")
  #expect(desk.run("ssh node01 'ss -tln | grep -c :21'") == "0\n")
  #expect(desk.run("ssh node01 systemctl is-active vsftpd") == "inactive\n")
}

@Test("a Pod that waits for its claim says what the volume manager waits for")
func unboundClaim() {
  let desk = SurgeryDesk()
  desk.run(
    """
    cat > p.yaml <<'X'
    apiVersion: v1
    kind: Pod
    metadata: {name: p}
    spec:
      nodeName: node01
      volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
      containers: [{name: c, image: nginx, volumeMounts: [{name: d, mountPath: /data}]}]
    X
    kubectl apply -f p.yaml; sleep 2
    """)
  let events = "kubectl get events -o jsonpath='{.items[?(@.reason==\"FailedMount\")].message}'"
  let lead =
    "Unable to attach or mount volumes: unmounted volumes=[d], unattached volumes=[], failed to "
    + "process volumes=[d]: error processing PVC default/data: "
  #expect(
    desk.run(events).hasPrefix(
      lead + "failed to fetch PVC from API server: persistentvolumeclaims \"data\" not found"))
  desk.run(
    """
    kubectl delete pod p --now; kubectl delete events --all
    cat > v.yaml <<'X'
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: v}
    spec:
      storageClassName: manual
      accessModes: [ReadWriteOnce]
      capacity: {storage: 1Gi}
      hostPath: {path: /mnt}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data}
    spec:
      storageClassName: manual
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
    ---
    X
    cat v.yaml p.yaml | kubectl apply -f -; kubectl wait --for=condition=Ready pod/p
    """)
  #expect(desk.run(events) == "")
}

@Test(
  "a kubelet's configuration is obeyed when it starts",
  arguments: [
    ("maxPods: 20", "{.status.capacity.pods} {.status.allocatable.pods}", "20 20"),
    (
      "kubeReserved: {cpu: 200m, memory: 256Mi}\nevictionHard: {memory.available: 200Mi}",
      "{.status.allocatable.cpu} {.status.allocatable.memory}", "1800m 3533056Ki"
    ),
    ("cpuManagerPolicy: none", "{.status.allocatable.ephemeral-storage}", "37297826550"),
  ])
func kubeletSettings(_ lines: String, _ path: String, _ told: String) {
  let desk = SurgeryDesk()
  desk.run(
    "ssh node01 'cat >> /var/lib/kubelet/config.yaml; systemctl restart kubelet' <<'X'\n\(lines)\nX"
  )
  #expect(desk.run("sleep 5; kubectl get node node01 -o jsonpath='\(path)'") == told)
}

@Test("what kubelet-config says reaches a node by kubeadm upgrade node")
func sharedKubeletConfiguration() {
  let desk = SurgeryDesk()
  desk.run(
    "kubectl -n kube-system get cm kubelet-config -o yaml "
      + "| sed 's/    clusterDomain: .*/&\\n    maxPods: 50/' | kubectl replace -f -")
  desk.run("ssh node01 'kubeadm upgrade node phase kubelet-config; systemctl restart kubelet'")
  let node =
    "kubectl get node node01 -o jsonpath='{.status.capacity.pods} {.status.conditions[?(@.type==\"Ready\")].status}'"
  #expect(desk.run("sleep 5; \(node)") == "50 True")
  #expect(
    desk.run("ssh node01 grep containerRuntimeEndpoint /var/lib/kubelet/config.yaml")
      == "containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\n")
}
