import Testing

@testable import KubeCluster

/// Who listens where on a node, as `ss`, `netstat` and `lsof` tell it.
@Suite struct SocketToolTests {
  static let lines: [(String, String)] = [
    (
      "ss -tlnp | grep -w 6443 | tr -s ' '",
      "LISTEN 0 4096 *:6443 *:* users:((\"kube-apiserver\",pid=P,fd=3)) \n"
    ),
    (
      "ss -tulpn | grep 2380 | tr -s ' '",
      "tcp LISTEN 0 4096 192.168.56.10:2380 0.0.0.0:* users:((\"etcd\",pid=P,fd=3)) \n"
    ),
    (
      "ss -tlnp 'sport = :22' | tail -1 | tr -s ' '",
      "LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=P,fd=3))\n"
    ),
    ("ss -Htln | grep -c 10257", "1\n"),
    (
      "netstat -tulpn | grep 10257",
      "tcp        0      0 127.0.0.1:10257         0.0.0.0:*               LISTEN      P/kube-controll \n"
    ),
    (
      "netstat -plnt | grep 10250",
      "tcp6       0      0 :::10250                :::*                    LISTEN      P/kubelet         \n"
    ),
    (
      "lsof -i :6443 | tail -1",
      "kube-apis P root    3u  IPv6  26443      0t0  TCP *:6443 (LISTEN)\n"
    ),
    (
      "lsof -nP -iTCP:10248 -sTCP:LISTEN | tail -1",
      "kubelet P root    3u  IPv4  30248      0t0  TCP 127.0.0.1:10248 (LISTEN)\n"
    ),
    ("test $(lsof -t -i :2379) = $(pgrep etcd) && echo same", "same\n"),
    ("lsof -i :9; echo $?", "1\n"),
    (
      "test \"$(crictl inspect $(crictl ps -q --name kube-proxy) | jq .info.pid)\" = "
        + "\"$(lsof -t -i :10249)\" && echo same", "same\n"
    ),
  ]

  @Test("the tools name the programs of the control plane, the kubelet and host-network Pods")
  func owners() {
    let cluster = Cluster(.single, seed: 5)
    for (line, wanted) in Self.lines {
      let result = cluster.shell.run("ssh controlplane <<'END'\n\(line)\nEND")
      let output = result.output.replacing(/pid=[0-9]+/, with: "pid=P")
        .replacing(#/ [0-9]+ root/#, with: " P root")
        .replacing(/LISTEN      [0-9]+\//, with: "LISTEN      P/")
      #expect(output == wanted, "\(line) \(result)")
    }
  }
}
