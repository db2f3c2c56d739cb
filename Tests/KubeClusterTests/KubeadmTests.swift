import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

@Test("kubeadm renews certificates, and says when they expire")
func certificates() {
  let desk = SurgeryDesk(.single)
  let before = desk.plane("kubeadm certs check-expiration")
  #expect(before.contains("apiserver                  Jun 01, 2027 08:55 UTC   364d            ca"))
  desk.plane("sleep 3600; kubeadm certs renew apiserver")
  let after = desk.plane("kubeadm certs check-expiration | grep '^apiserver  '")
  #expect(after.contains("Jun 01, 2027 10:00 UTC"), "\(after)")
  #expect(desk.plane("kubeadm certs renew nope").contains("unknown command \"nope\""))
}

@Test("a machine joins with a token, and only with a right one")
func join() {
  let desk = SurgeryDesk(.joining)
  #expect(desk.run("kubectl get nodes -o name") == "node/controlplane\nnode/node01\n")
  let line = desk.plane("kubeadm token create --print-join-command")
  #expect(line.hasPrefix("kubeadm join 192.168.56.10:6443 --token "), "\(line)")
  let wrong = desk.run(
    "ssh node02 kubeadm join 192.168.56.10:6443 --token abcdef.0123456789abcdef "
      + "--discovery-token-unsafe-skip-ca-verification")
  #expect(wrong.contains("could not find a JWS signature"), "\(wrong)")
  let joined = desk.run("ssh node02 \(line)")
  #expect(joined.contains("This node has joined the cluster:"), "\(joined)")
  desk.run("sleep 60")
  #expect(desk.run("kubectl get node node02 --no-headers").contains(" Ready "))
  #expect(
    desk.run("ssh node02 \(line)").contains(
      "[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists"
    ))
}

@Test("a node that is reset is silent, and can join again")
func reset() {
  let desk = SurgeryDesk()
  desk.run("kubectl drain node01 --ignore-daemonsets; kubectl delete node node01")
  let told = desk.run("ssh node01 'kubeadm reset -f; ls /etc/kubernetes'")
  #expect(told.contains("[reset] Stopping the kubelet service"), "\(told)")
  let line = desk.plane("kubeadm token create --print-join-command")
  desk.run("ssh node01 \(line)")
  desk.run("sleep 60")
  #expect(desk.run("kubectl get node node01 --no-headers").contains(" Ready "))
}

@Test("an upgrade needs the newer kubeadm, then moves the control plane and the kubelets' versions")
func upgrade() {
  let desk = SurgeryDesk()
  let plan = desk.plane("kubeadm upgrade plan")
  #expect(plan.contains("\tkubeadm upgrade apply v1.36.3\n"), "\(plan)")
  let refused = desk.plane("kubeadm upgrade apply v1.36.3 -y")
  #expect(refused.contains("is higher than the kubeadm version \"v1.36.2\""), "\(refused)")
  // The machines know the repository of their minor version.
  let newer =
    "apt-get update && apt-mark unhold kubeadm kubelet && "
    + "apt-get install -y kubeadm='1.36.3-*' kubelet='1.36.3-*'"
  let applied = desk.plane("\(newer); kubeadm upgrade apply v1.36.3 -y")
  #expect(
    applied.contains("[upgrade] SUCCESS! A control plane node of your cluster was upgraded to"),
    "\(applied)")
  #expect(desk.run("kubectl version").contains("Server Version: v1.36.3"))
  desk.plane("systemctl restart kubelet")
  desk.run("ssh node01 \"\(newer); kubeadm upgrade node; systemctl restart kubelet\"; sleep 5")
  let versions = desk.run("kubectl get nodes --no-headers | awk '{print $1, $5}'")
  #expect(versions == "controlplane v1.36.3\nnode01 v1.36.3\nnode02 v1.36.2\n", "\(versions)")
  // Nobody has looked into node02 so far.
  let packages = desk.run("ssh node02 dpkg -l kubeadm kubelet kubectl | awk '/^hi/ {print $2, $3}'")
  #expect(packages == "kubeadm 1.36.2-1.1\nkubectl 1.36.2-1.1\nkubelet 1.36.2-1.1\n", "\(packages)")
}

@Test("a control plane that was reset is made anew by kubeadm init, and nodes join it")
func initialize() {
  let desk = SurgeryDesk()
  desk.run("kubectl create configmap old")
  let told = desk.plane("kubeadm reset -f; kubeadm init --pod-network-cidr=10.244.0.0/16")
  for line in [
    "[certs] apiserver serving cert is signed for DNS names [controlplane kubernetes",
    "[kubeconfig] Writing \"super-admin.conf\" kubeconfig file",
    "[control-plane-check] kube-apiserver is healthy after ",
    "[addons] Applied essential addon: kube-proxy",
    "Your Kubernetes control-plane has initialized successfully!",
  ] { #expect(told.contains(line), "\(told)") }
  let pods = desk.run("sleep 30; kubectl get pods -A --no-headers | awk '{print $2, $4}'")
  #expect(pods.contains("kube-scheduler-controlplane Running"), "\(pods)")
  #expect(pods.contains("coredns-"), "\(pods)")
  #expect(desk.run("kubectl get configmap old 2>&1").contains("not found"))
  let line = desk.plane("kubeadm token create --print-join-command")
  desk.run("ssh node01 kubeadm reset -f; ssh node01 \(line); sleep 30")
  let nodes = desk.run("kubectl get nodes --no-headers | awk '{print $1, $2, $3}'")
  #expect(nodes.contains("controlplane Ready control-plane\nnode01 Ready <none>\n"), "\(nodes)")
}

@Test("kubeadm init obeys its configuration file")
func configured() {
  let desk = SurgeryDesk()
  let told = desk.plane(
    """
    kubeadm reset -f >/dev/null 2>&1
    cat > c.yaml <<'X'
    apiVersion: kubeadm.k8s.io/v1beta4
    kind: InitConfiguration
    bootstrapTokens:
    - token: ship12.0123456789abcdef
    nodeRegistration:
      taints: []
    ---
    apiVersion: kubeadm.k8s.io/v1beta3
    kind: ClusterConfiguration
    kubernetesVersion: v1.36.1
    controlPlaneEndpoint: controlplane:6443
    networking: {podSubnet: 10.100.0.0/16}
    apiServer:
      extraArgs: {audit-log-path: /var/log/audit.log}
      certSANs: [ship.example]
    X
    kubeadm init --config c.yaml 2>&1
    grep -E 'audit-log-path|image:' /etc/kubernetes/manifests/kube-apiserver.yaml
    grep cluster-cidr /etc/kubernetes/manifests/kube-controller-manager.yaml
    grep server: /etc/kubernetes/admin.conf
    kubeadm init --config c.yaml --pod-network-cidr 10.0.0.0/8
    kubeadm init --config none.yaml
    """)
  for line in [
    "common.go:101] your configuration file uses a deprecated API spec: \"kubeadm.k8s.io/v1beta3\"",
    "[init] Using Kubernetes version: v1.36.1\n", " ship.example] and IPs [",
    "[bootstrap-token] Using token: ship12.0123456789abcdef\n",
    "kubeadm join controlplane:6443 --token ship12.0123456789abcdef",
    "    - --audit-log-path=/var/log/audit.log\n    image: registry.k8s.io/kube-apiserver:v1.36.1\n",
    "    - --cluster-cidr=10.100.0.0/16\n", "    server: https://controlplane:6443\n",
    "error: can not mix '--config' with arguments [pod-network-cidr]\n",
    "error: unable to read config from \"none.yaml\" : open none.yaml: no such file or directory\n",
  ] { #expect(told.contains(line), "\(line) in \(told)") }
  #expect(
    !told.contains(
      "[mark-control-plane] Marking the node controlplane as control-plane by adding the taints"))
  let configuration = desk.run("sleep 20; kubectl get cm -n kube-system kubeadm-config -o yaml")
  #expect(configuration.contains("podSubnet: 10.100.0.0/16"), "\(configuration)")
  let ranges = desk.run(
    "kubectl get node controlplane -o jsonpath='{.spec.podCIDR} {.spec.taints}'")
  #expect(ranges == "10.100.0.0/24 ", "\(ranges)")
}

@Test(
  "kubeadm's configuration files are migrated and validated",
  arguments: [
    (
      "kubeadm config migrate --old-config c.yaml --new-config n.yaml 2>/dev/null; "
        + "grep -A3 extraArgs n.yaml; head -1 n.yaml",
      "  extraArgs:\n  - name: v\n    value: \"4\"\napiVersion: kubeadm.k8s.io/v1beta4\n"
    ),
    ("kubeadm config validate --config c.yaml 2>/dev/null", "ok\n"),
    ("kubeadm config validate", "error: the --config flag is mandatory\n"),
    (
      "sed -i 's/scheduler:/skeduler:/' c.yaml; kubeadm config validate --config c.yaml 2>&1 | tail -2",
      "strict decoding error: unknown field \"skeduler\"\n"
    ),
    (
      "sed -i 's/v1beta3/v1beta2/' c.yaml; kubeadm config validate --config c.yaml",
      "Please use kubeadm v1.22 instead and run 'kubeadm config migrate"
    ),
    ("kubeadm config print init-defaults | grep upgradeManifests", "  upgradeManifests: 5m0s\n"),
    (
      "kubeadm token create --print-join-command --certificate-key abc | grep -o ' --control.*'",
      " --control-plane --certificate-key abc\n"
    ),
  ])
func configurationFiles(_ line: String, _ told: String) {
  let said = SurgeryDesk(.single).plane(
    """
    cat > c.yaml <<'X'
    apiVersion: kubeadm.k8s.io/v1beta3
    kind: ClusterConfiguration
    scheduler:
      extraArgs: {v: "4"}
    X
    \(line)
    """)
  #expect(said.contains(told), "\(said)")
}

@Test(
  "a phase of init can be run alone",
  arguments: [
    (
      "certs apiserver", "[certs] Using existing apiserver certificate and key on disk", ""
    ),
    (
      "certs apiserver --apiserver-cert-extra-sans=ship.example,10.1.2.3",
      "kubernetes.default.svc.cluster.local ship.example] and IPs [10.96.0.1 192.168.56.10 10.1.2.3]",
      "rm /etc/kubernetes/pki/apiserver.*"
    ),
    (
      "kubeconfig admin", "[kubeconfig] Writing \"admin.conf\" kubeconfig file",
      "rm /etc/kubernetes/admin.conf"
    ),
    (
      "control-plane scheduler",
      "[control-plane] Creating static Pod manifest for \"kube-scheduler\"",
      "rm /etc/kubernetes/manifests/kube-scheduler.yaml"
    ),
    (
      "upload-certs --upload-certs",
      "[upload-certs] Storing the certificates in Secret \"kubeadm-certs\" in the \"kube-system\"",
      ""
    ),
    (
      "addon coredns", "[addons] Applied essential addon: CoreDNS",
      "kubectl delete -n kube-system cm coredns"
    ),
    ("nosuch", "error: unknown command \"nosuch\" for \"kubeadm init phase\"", ""),
  ])
func phase(_ words: String, _ line: String, _ before: String) {
  let desk = SurgeryDesk(.single)
  let told = desk.plane("\(before)\nkubeadm init phase \(words) 2>&1")
  #expect(told.contains(line), "\(told)")
  #expect(desk.run("sleep 20; kubectl get nodes --no-headers").contains(" Ready "))
}

@Test(
  "--help of any command changes nothing and tells of it",
  arguments: [
    ("reset", "Usage:\n  kubeadm reset [flags]\n"), ("init", "Usage:\n  kubeadm init [flags]\n"),
    ("init phase certs", "  apiserver-etcd-client     Only apiserver-etcd-client\n"),
    ("token create abc", "Usage:\n  kubeadm token create [token]\n"),
    ("", "  upgrade     Upgrade your cluster smoothly"),
  ])
func kubeadmHelp(_ words: String, _ line: String) {
  let desk = SurgeryDesk(.single)
  #expect(desk.plane("kubeadm \(words) --help").contains(line))
  #expect(desk.run("kubectl get nodes --no-headers").contains(" Ready "))
}

@Test("a node that nobody looked at keeps its packages while the control plane is upgraded")
func packagesOfOtherNodes() {
  let desk = SurgeryDesk()
  desk.plane(
    "apt-get install -y --allow-change-held-packages kubeadm=1.36.3-1.1 kubectl=1.36.3-1.1")
  #expect(desk.plane("kubectl version --client").hasPrefix("Client Version: v1.36.3\n"))
  desk.plane("kubeadm upgrade apply v1.36.3 -y")
  #expect(desk.run("kubectl version").contains("Server Version: v1.36.3"))
  #expect(
    desk.run("ssh node01 'kubeadm version -o short; kubelet --version'")
      == "v1.36.2\nKubernetes v1.36.2\n")
  #expect(desk.run("ssh node01 kubectl version --client").hasPrefix("Client Version: v1.36.2\n"))
  #expect(
    desk.run("ssh node01 'apt-get install -y --allow-change-held-packages kubelet=1.36.3-1.1'")
      .contains("Unpacking kubelet (1.36.3-1.1) over (1.36.2-1.1)"))
}
