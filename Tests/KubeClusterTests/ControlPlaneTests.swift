import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

private let manifests = "/etc/kubernetes/manifests"

@Test("without a scheduler Pods wait, and with it they go on")
func noScheduler() {
  let desk = SurgeryDesk()
  desk.plane("mv \(manifests)/kube-scheduler.yaml /root")
  desk.run("sleep 5; kubectl run a --image=nginx; sleep 20")
  #expect(desk.run("kubectl get pod a --no-headers").contains("Pending"))
  #expect(desk.run("kubectl get pods -n kube-system").contains("kube-scheduler") == false)
  desk.plane("mv /root/kube-scheduler.yaml \(manifests)")
  desk.run("sleep 20")
  #expect(desk.run("kubectl get pod a --no-headers").contains("Running"))
}

@Test("component statuses tell which parts of the control plane answer")
func componentStatuses() {
  let desk = SurgeryDesk()
  let statuses = "kubectl get cs --no-headers 2>/dev/null | tr -s ' '"
  #expect(
    desk.run(statuses)
      == "scheduler Healthy ok \ncontroller-manager Healthy ok \netcd-0 Healthy ok \n")
  desk.plane("mv \(manifests)/kube-scheduler.yaml /root")
  #expect(
    desk.run("sleep 5; \(statuses) | head -1")
      == "scheduler Unhealthy Get \"https://127.0.0.1:10259/healthz\": dial tcp 127.0.0.1:10259: "
      + "connect: connection refused \n")
}

@Test("without a controller manager nothing is reconciled")
func noControllers() {
  let desk = SurgeryDesk()
  desk.plane("mv \(manifests)/kube-controller-manager.yaml /root")
  desk.run("sleep 5; kubectl create deployment d --image=nginx --replicas=2; sleep 20")
  #expect(desk.run("kubectl get rs,pods").contains("No resources found"))
  desk.plane("mv /root/kube-controller-manager.yaml \(manifests)")
  desk.run("sleep 30")
  #expect(desk.run("kubectl get pods --no-headers | grep -c Running") == "2\n")
}

@Test(
  "an API server that cannot start refuses connections, tells why in its log, and comes back",
  arguments: [
    (
      "s/--authorization-mode/--authorization-modus/",
      "Error: unknown flag: --authorization-modus"
    ),
    ("s/=Node,RBAC/=Node,RBACX/", "err=\"authorization-mode \\\"RBACX\\\" is not a valid mode\""),
    ("s/127.0.0.1:2379/127.0.0.1:2378/", "dial tcp 127.0.0.1:2378: connect: connection refused"),
    (
      "s:client-ca-file=/etc/kubernetes/pki/ca.crt:client-ca-file=/etc/kubernetes/pki/x.crt:",
      "open /etc/kubernetes/pki/x.crt: no such file or directory"
    ),
    (
      "s/=NodeRestriction/=NodeRestrict/",
      "err=\"enable-admission-plugins plugin \\\"NodeRestrict\\\" is unknown\""
    ),
  ])
func brokenServer(_ edit: String, _ words: String) {
  let desk = SurgeryDesk(.single)
  desk.plane(
    "cp \(manifests)/kube-apiserver.yaml /root; sed -i '\(edit)' \(manifests)/kube-apiserver.yaml")
  desk.run("sleep 40")
  #expect(
    desk.run("kubectl get nodes").contains(
      "The connection to the server 192.168.56.10:6443 was refused"))
  let log = desk.plane("cat /var/log/pods/kube-system_kube-apiserver*/kube-apiserver/*.log")
  #expect(log.contains(words), "\(log)")
  #expect(desk.plane("crictl ps -a").contains("Exited"))
  desk.plane("cp /root/kube-apiserver.yaml \(manifests)/")
  desk.run("sleep 30")
  #expect(desk.run("kubectl get nodes --no-headers").contains(" Ready "))
}

@Test("a manifest that is no YAML is told of in the kubelet's journal")
func brokenManifest() {
  let desk = SurgeryDesk(.single)
  desk.plane("sed -i 's/^metadata:/metadata/' \(manifests)/kube-apiserver.yaml; sleep 10")
  let journal = desk.plane("journalctl -u kubelet --no-pager | grep manifest")
  #expect(journal.contains("Could not process manifest file"), "\(journal)")
  #expect(desk.run("kubectl get nodes").contains("was refused"))
}

@Test("a wrong image or program of a static Pod shows in crictl and in the Pod's status")
func wrongImage() {
  let desk = SurgeryDesk(.single)
  desk.plane("sed -i 's/scheduler:v1.36.2/scheduler:v1.99.0/' \(manifests)/kube-scheduler.yaml")
  desk.run("sleep 20")
  let pods = desk.run("kubectl get pods -n kube-system | grep scheduler")
  #expect(pods.contains("ImagePullBackOff") || pods.contains("ErrImagePull"), "\(pods)")
  desk.plane(
    "sed -i 's/v1.99.0/v1.36.2/; s/- kube-scheduler$/- kube-schedulerr/' "
      + "\(manifests)/kube-scheduler.yaml; sleep 20")
  let described = desk.run("kubectl describe pod -n kube-system kube-scheduler-controlplane")
  #expect(
    described.contains("\"kube-schedulerr\": executable file not found in $PATH"), "\(described)")
}

@Test("etcd gone takes the API with it; its data is there when it comes back")
func noDatabase() {
  let desk = SurgeryDesk(.single)
  desk.run("kubectl create configmap kept")
  desk.plane("mv \(manifests)/etcd.yaml /root; sleep 10")
  #expect(desk.run("kubectl get cm; echo $?").hasPrefix("1\n"))
  desk.plane("mv /root/etcd.yaml \(manifests); sleep 20")
  desk.run("sleep 60")
  #expect(desk.run("kubectl get cm kept --no-headers").hasPrefix("kept"))
}

private let client =
  "--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt "
  + "--cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"

@Test("etcdctl wants the right certificates and endpoint")
func etcdClient() {
  let desk = SurgeryDesk(.single)
  #expect(
    desk.plane("etcdctl endpoint health \(client)")
      == "https://127.0.0.1:2379 is healthy: successfully committed proposal: took = 9.214ms\n")
  #expect(desk.plane("etcdctl get / --prefix --keys-only").contains("context deadline exceeded"))
  let foreign = client.replacing("etcd/server", with: "apiserver")
  #expect(desk.plane("etcdctl get a \(foreign)").contains("tls: bad certificate"))
  #expect(
    desk.plane("etcdctl get a --cert=/nope --key=/nope").contains(
      "Error: open /nope: no such file or directory"))
  #expect(desk.plane("etcdctl put a b \(client); etcdctl get a \(client)") == "OK\na\nb\n")
  let keys = desk.run(
    "kubectl exec -n kube-system etcd-controlplane -- etcdctl get /registry/namespaces --prefix "
      + "--keys-only \(client)")
  #expect(keys.contains("/registry/namespaces/kube-system\n"), "\(keys)")
}

@Test("a snapshot restored to another directory brings the old state back")
func restore() {
  let desk = SurgeryDesk(.single)
  desk.run("kubectl create configmap old")
  let saved = desk.plane("etcdctl snapshot save /opt/s.db \(client)")
  #expect(saved.contains("Snapshot saved at /opt/s.db"), "\(saved)")
  let status = desk.plane("etcdutl snapshot status /opt/s.db -w table")
  #expect(status.contains("| TOTAL KEYS |"), "\(status)")
  desk.run("kubectl create configmap new; kubectl delete configmap old")
  desk.plane(
    "etcdutl snapshot restore /opt/s.db --data-dir /var/lib/backup; "
      + "sed -i 's#path: /var/lib/etcd$#path: /var/lib/backup#' \(manifests)/etcd.yaml; sleep 30")
  let maps = desk.run("sleep 60; kubectl get configmaps -o name")
  #expect(maps.contains("configmap/old") && !maps.contains("configmap/new"), "\(maps)")
  #expect(
    desk.plane("etcdutl snapshot restore /opt/s.db --data-dir /var/lib/backup").contains(
      "data-dir \"/var/lib/backup\" not empty"))
  #expect(
    desk.plane("echo x >> /opt/s.db; etcdutl snapshot status /opt/s.db").contains(
      "snapshot file integrity check failed"))
}
