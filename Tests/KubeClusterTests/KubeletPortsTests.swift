import Testing

@testable import KubeCluster

@Test("a kubelet answers on its port as its configuration lets it")
func kubeletPort() {
  let desk = SurgeryDesk()
  let pods = "curl -sk -w ' %{http_code}' https://192.168.56.11:10250/pods"
  #expect(desk.run(pods) == "Unauthorized 401")
  #expect(desk.run("curl -s -m 3 http://192.168.56.11:10255/pods; echo $?").hasSuffix("7\n"))
  desk.run("kubectl create serviceaccount watcher")
  let asked = "curl -sk -H \"Authorization: Bearer $(kubectl create token watcher)\""
  #expect(
    desk.run("\(asked) https://192.168.56.11:10250/pods")
      == "Forbidden (user=system:serviceaccount:default:watcher, verb=get, resource=nodes, "
      + "subresource(s)=[pods proxy])\n")
  desk.run("kubectl create clusterrole w --verb=get --resource=nodes/pods")
  desk.run("kubectl create clusterrolebinding w --clusterrole=w --serviceaccount=default:watcher")
  let names = "| jq -r '.items[].metadata.name' | grep -c kube-proxy"
  #expect(desk.run("\(asked) https://192.168.56.11:10250/pods \(names)") == "1\n")
  desk.run(
    "ssh node01 \"sed -i '/anonymous:/,/enabled:/ s/false/true/; s/mode: Webhook/mode: AlwaysAllow/' "
      + "/var/lib/kubelet/config.yaml; echo 'readOnlyPort: 10255' >> /var/lib/kubelet/config.yaml; "
      + "systemctl restart kubelet\"; sleep 5")
  #expect(desk.run("curl -sk https://192.168.56.11:10250/pods \(names)") == "1\n")
  #expect(desk.run("curl -s http://192.168.56.11:10255/pods \(names)") == "1\n")
  #expect(desk.run("ssh node01 ss -ltnp | grep -c 'users:((\"kubelet\"'") == "3\n")
  desk.run("ssh node01 systemctl stop kubelet")
  #expect(desk.run("curl -sk -m 3 https://192.168.56.11:10250/healthz; echo $?").hasSuffix("7\n"))
}
