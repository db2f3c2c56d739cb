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
}
