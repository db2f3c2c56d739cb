import PKI
import Simulation
import Testing

@testable import KubeCluster

private let pki = "/etc/kubernetes/pki"

/// Lines that make /tmp/new.crt and /tmp/new.key for the names.
private func certificate(_ names: String, by authority: String = "\(pki)/ca", days: Int = 30)
  -> String
{
  """
  openssl req -new -newkey rsa:2048 -nodes -keyout /tmp/new.key -subj /CN=kube-apiserver -out /tmp/r
  printf 'subjectAltName=\(names)\\n' > /tmp/x
  openssl x509 -req -in /tmp/r -CA \(authority).crt -CAkey \(authority).key -CAcreateserial \
  -days \(days) -extfile /tmp/x -out /tmp/new.crt
  """
}

@Test(
  "the certificate that an API server shows must be right",
  arguments: [
    (certificate("IP:10.96.0.1"), "certificate is valid for 10.96.0.1, not 192.168.56.10"),
    (
      certificate("DNS:kubernetes"),
      "cannot validate certificate for 192.168.56.10 because it doesn't contain any IP SANs"
    ),
    (
      certificate("IP:192.168.56.10", by: "\(pki)/etcd/ca"),
      "certificate signed by unknown authority"
    ),
    (
      certificate("IP:192.168.56.10", days: 1),
      "certificate has expired or is not yet valid: current time 2026-06-02T10:0"
    ),
    (certificate("IP:192.168.56.10"), ""),
  ])
func shownCertificate(_ making: String, _ complaint: String) {
  let desk = SurgeryDesk(.single)
  // The server reads the files again while it runs, once they fit together.
  desk.plane("\(making)\ncp /tmp/new.crt \(pki)/apiserver.crt")
  if complaint.contains("expired") { desk.cluster.timeline.advance(by: .seconds(90_000)) }
  #expect(desk.run("kubectl get nodes --no-headers").contains(" Ready "))
  desk.plane("cp /tmp/new.key \(pki)/apiserver.key")
  let answer = desk.run("kubectl get nodes 2>&1 | tail -1")
  if complaint.isEmpty {
    #expect(answer.contains(" Ready "), "\(answer)")
  } else {
    let prefix = "Unable to connect to the server: tls: failed to verify certificate: x509: "
    #expect(answer.hasPrefix(prefix + complaint), "\(answer)")
  }
}

@Test(
  "parts of the control plane that do not trust one another tell why in their logs",
  arguments: [
    (
      "cp \(pki)/etcd/server.key \(pki)/apiserver.key; S=kube-apiserver", "kube-apiserver",
      "\"command failed\" err=\"tls: private key does not match public key\"", "was refused"
    ),
    (
      "sed -i s:etcd-cafile=.*:etcd-cafile=\(pki)/ca.crt: /etc/kubernetes/manifests/kube-apiserver.yaml",
      "kube-apiserver",
      "transport: authentication handshake failed: tls: failed to verify certificate: x509: "
        + "certificate signed by unknown authority", "was refused"
    ),
    (
      "sed -i s:etcd-certfile=.*:etcd-certfile=\(pki)/apiserver.crt: "
        + "/etc/kubernetes/manifests/kube-apiserver.yaml",
      "kube-apiserver", "tls: private key does not match public key", "was refused"
    ),
    (
      "sed -i s:client-ca-file=.*:client-ca-file=\(pki)/etcd/ca.crt: "
        + "/etc/kubernetes/manifests/kube-apiserver.yaml",
      "kube-apiserver", "Serving securely", "error: You must be logged in to the server"
    ),
    (
      "sed -i 's/client-certificate-data: .*/client-certificate-data: AAAA/' "
        + "/etc/kubernetes/scheduler.conf; S=kube-scheduler",
      "kube-scheduler",
      "error retrieving resource lock kube-system/kube-scheduler: Unauthorized", " Ready "
    ),
  ])
func distrust(_ edit: String, _ part: String, _ words: String, _ answer: String) {
  let desk = SurgeryDesk(.single)
  desk.plane(
    """
    \(edit)
    if [ -n "$S" ]; then
      mv /etc/kubernetes/manifests/$S.yaml /tmp; sleep 10; mv /tmp/$S.yaml /etc/kubernetes/manifests
    fi
    sleep 50
    """)
  let log = desk.plane("cat /var/log/pods/kube-system_\(part)*/\(part)/*.log")
  #expect(log.contains(words), "\(log)")
  #expect(desk.run("kubectl get nodes 2>&1").contains(answer))
}

@Test("a kubelet does not talk to a server whose certificate it cannot believe")
func kubeletDistrust() {
  let desk = SurgeryDesk()
  desk.plane(
    certificate("IP:192.168.56.10", by: "\(pki)/etcd/ca")
      + "\ncp /tmp/new.crt \(pki)/apiserver.crt; cp /tmp/new.key \(pki)/apiserver.key")
  desk.run("ssh node01 systemctl restart kubelet; sleep 60")
  let journal = desk.run("ssh node01 journalctl -u kubelet --no-pager")
  #expect(
    journal.contains(
      "Unable to register node with API server\" err=\"Post \\\"https://192.168.56.10"),
    "\(journal)")
  #expect(journal.contains("x509: certificate signed by unknown authority"))
  let nodes = desk.run("kubectl get nodes --insecure-skip-tls-verify --no-headers")
  #expect(nodes.contains("node01         NotReady"), "\(nodes)")
}

@Test("the kubelet's journal tells of containers that do not start and of failed probes")
func journal() {
  let desk = SurgeryDesk(.single)
  desk.plane("true")
  desk.run("kubectl run a --image=nginx:nope; kubectl run b --image=busybox -- false; sleep 60")
  let journal = desk.plane("journalctl -u kubelet --no-pager")
  #expect(
    journal.contains(
      "\"Error syncing pod, skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"a\\\" with "
        + "ImagePullBackOff: \\\"Back-off pulling image"), "\(journal)")
  #expect(journal.contains("for \\\"b\\\" with CrashLoopBackOff: \\\"back-off 10s restarting"))
}

@Test("a container with a kernel profile of the node waits until the node has it")
func kernelProfiles() {
  let desk = SurgeryDesk(.single)
  func pod(_ name: String, _ member: String, _ profile: String) -> String {
    """
    kubectl apply -f - <<END
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)"}, "spec": {
      "terminationGracePeriodSeconds": 0, "securityContext": {"\(member)":
      {"type": "Localhost", "localhostProfile": "\(profile)"}},
      "containers": [{"name": "c", "image": "busybox", "command": ["sleep", "1d"]}]}}
    END
    """
  }
  desk.run(pod("armed", "appArmorProfile", "no-writing"))
  desk.run(pod("filtered", "seccompProfile", "profiles/audit.json") + "\nsleep 5")
  let states = desk.run("kubectl get pods --no-headers | awk '{print $1, $3}'")
  #expect(states == "armed CreateContainerError\nfiltered CreateContainerError\n", "\(states)")
  #expect(
    desk.run("kubectl describe pod armed").contains(
      "Error: failed to get container spec opts: failed to generate apparmor spec opts: apparmor "
        + "profile not found no-writing"))
  #expect(
    desk.run("kubectl describe pod filtered").contains(
      "cannot load seccomp profile \"/var/lib/kubelet/seccomp/profiles/audit.json\": open "))
  desk.plane(
    """
    mkdir -p /var/lib/kubelet/seccomp/profiles
    echo '{"defaultAction": "SCMP_ACT_LOG"}' > /var/lib/kubelet/seccomp/profiles/audit.json
    printf 'profile no-writing flags=(attach_disconnected) {\\n  file,\\n  deny /{tmp,etc/**} w,\\n%s' \
    '  deny /tmp/** w,\n}' > /etc/apparmor.d/no-writing
    apparmor_parser /etc/apparmor.d/no-writing
    """)
  desk.run("sleep 20")
  #expect(desk.run("kubectl get pods --no-headers | grep -c Running") == "2\n")
  #expect(desk.plane("aa-status").contains("\n   no-writing\n"))
  let tries = desk.run(
    "kubectl exec armed -- sh -c 'cat /proc/1/attr/current; echo a > /tmp/x; echo b > /etc/hosts; "
      + "echo c > /root/fine && cat /root/fine'")
  #expect(
    tries == """
      no-writing (enforce)
      c
      sh: can't create /tmp/x: Permission denied
      sh: can't create /etc/hosts: Permission denied

      """, "\(tries)")
}

@Test("a seccomp profile of the node refuses the calls that it names, or all but those")
func systemCalls() {
  let desk = SurgeryDesk(.single)
  func profile(_ name: String, _ text: String) {
    desk.plane(
      "mkdir -p /var/lib/kubelet/seccomp; echo '\(text)' > /var/lib/kubelet/seccomp/\(name).json")
    desk.run(
      """
      kubectl apply -f - <<END
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)"}, "spec": {
        "securityContext": {"seccompProfile": {"type": "Localhost", "localhostProfile": "\(name).json"}},
        "containers": [{"name": "c", "image": "busybox", "command": ["sleep", "1d"]}]}}
      END
      """)
  }
  profile(
    "some",
    #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "fchmodat"], "action": "SCMP_ACT_ERRNO"}]}"#
  )
  profile(
    "few",
    #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["execve", "exit_group", "read", "write", "mmap", "openat", "close", "unlink", "nanosleep"], "action": "SCMP_ACT_ALLOW"}]}"#
  )
  profile("none", #"{"defaultAction": "SCMP_ACT_ERRNO"}"#)
  profile("wrong", #"{"defaultAction": "ERRNO"}"#)
  desk.run("sleep 8")
  #expect(
    desk.run("kubectl get pods --no-headers | awk '{print $1, $2}'")
      == "few 1/1\nnone 0/1\nsome 1/1\nwrong 0/1\n")
  #expect(
    desk.run("kubectl exec some -- sh -c 'mkdir /a; echo x > /b; chmod 600 /b; rm /b && echo gone'")
      == "gone\nmkdir: can't create directory '/a': Operation not permitted\n"
      + "chmod: /b: Operation not permitted\n")
  #expect(
    desk.run("kubectl exec few -- sh -c 'echo x > /b; mv /b /c; rm /b && echo gone'").contains(
      "gone\nmv: can't rename '/b': Operation not permitted\n"))
  #expect(desk.run("kubectl describe pod none").contains("operation not permitted"))
}

@Test("a Pod of gVisor's runtime class has gVisor's kernel")
func sandbox() {
  let desk = SurgeryDesk(.single)
  desk.run(
    """
    kubectl create -f - <<END
    {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "gvisor"},
     "handler": "runsc"}
    END
    kubectl run safe --image=busybox --overrides='{"spec": {"runtimeClassName": "gvisor"}}' -- sleep 1d
    sleep 5
    """)
  #expect(desk.run("kubectl exec safe -- dmesg | head -1") == "[    0.000000] Starting gVisor...\n")
  #expect(desk.run("kubectl exec safe -- uname -r") == "4.19.0-gvisor\n")
}

@Test("the API server is found by a name of /etc/hosts, once its certificate has it")
func nameOfHosts() {
  let desk = SurgeryDesk(.kubeadm)
  let ask = "kubectl --server https://plane.example.com:6443 get nodes --no-headers 2>&1 | tail -1"
  #expect(desk.run(ask).contains("lookup plane.example.com on 127.0.0.53:53: no such host"))
  desk.run(
    """
    for n in node01 controlplane; do ssh $n 'echo 192.168.56.10 plane.example.com >> /etc/hosts'; done
    echo 192.168.56.10 plane.example.com >> /etc/hosts
    ssh node01 sed -i 's#//192.168.56.10:#//plane.example.com:#' /etc/kubernetes/kubelet.conf
    ssh node01 systemctl restart kubelet
    sleep 60
    """)
  #expect(desk.run(ask).contains("certificate is valid for"), "\(desk.run(ask))")
  #expect(desk.run(ask).hasSuffix("not plane.example.com\n"), "\(desk.run(ask))")
  #expect(desk.run("kubectl get node node01 --no-headers").contains(" NotReady "))
  desk.plane(
    """
    mkdir /root/old; mv \(pki)/apiserver.* /root/old
    kubeadm init phase certs apiserver --apiserver-cert-extra-sans plane.example.com
    """)
  desk.run("sleep 120")
  #expect(desk.run(ask).contains(" Ready "), "\(desk.run(ask))")
  #expect(desk.run("kubectl get node node01 --no-headers").contains(" Ready "))
}

// crypto/x509: a certificate without extended key usages is good for any use.
@Test(
  "a client's certificate names clients among its uses, or no use at all",
  arguments: [
    ("basicConstraints=CA:FALSE", "kubernetes-admin"),
    ("extendedKeyUsage=clientAuth", "kubernetes-admin"),
    ("extendedKeyUsage=serverAuth", "Unauthorized"),
  ])
func namedUse(_ use: String, _ answer: String) {
  let desk = SurgeryDesk(.single)
  desk.plane(
    """
    openssl req -new -newkey rsa:2048 -nodes -keyout /tmp/k -subj /CN=kubernetes-admin -out /tmp/r
    echo '\(use)' > /tmp/x
    openssl x509 -req -in /tmp/r -CA \(pki)/ca.crt -CAkey \(pki)/ca.key -CAcreateserial \
    -extfile /tmp/x -out /tmp/c
    """)
  let said = desk.run(
    """
    scp controlplane:/tmp/k controlplane:/tmp/c controlplane:\(pki)/ca.crt . 2> /dev/null
    kubectl --kubeconfig /dev/null --server https://192.168.56.10:6443 --certificate-authority ca.crt \
    --client-certificate c --client-key k auth whoami 2>&1
    """)
  #expect(said.contains(answer), "\(said)")
}
