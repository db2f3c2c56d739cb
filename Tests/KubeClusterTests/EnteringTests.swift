import Testing

@testable import KubeCluster

/// From a node into the namespaces of its containers, and what the runtime's clients say of them.
@Suite struct EnteringTests {
  private let desk = SurgeryDesk(.single)

  private func plane(_ script: String) -> String { desk.plane(script) }

  @Test("the ids of containers' processes are the same for every tool")
  func identities() {
    for name in ["etcd", "kube-apiserver", "kube-proxy", "coredns"] {
      #expect(
        plane(
          """
          C=$(crictl ps -q --name \(name) | tail -1)
          P=$(crictl inspect --output go-template --template '{{.info.pid}}' $C)
          test -d /proc/$P && ps -o comm= -p $P
          ctr -n k8s.io tasks ls | grep -c "$C *$P *RUNNING"
          """) == "\(name)\n1\n", "\(name)")
    }
    #expect(
      plane("pgrep -x etcd | wc -l; ss -tlnp | grep -c \"etcd.*pid=$(pgrep -x etcd),\"") == "1\n3\n"
    )
  }

  @Test("crictl answers as JSON, YAML and by templates, and picks by label and state")
  func forms() {
    let table = [
      ("crictl pods -o json | jq -r '.items[].metadata.name' | grep -c coredns", "2\n"),
      ("crictl pods --name etcd -o yaml | grep state", "  state: SANDBOX_READY\n"),
      (
        "crictl ps --label io.kubernetes.container.name=etcd -o json | jq '.containers | length'",
        "1\n"
      ),
      (
        "crictl images -o json | jq -r '.images[].repoTags[0]' | grep etcd",
        "registry.k8s.io/etcd:3.6.6-0\n"
      ),
      (
        "crictl inspecti registry.k8s.io/etcd:3.6.6-0 | jq -r .status.repoTags[0]",
        "registry.k8s.io/etcd:3.6.6-0\n"
      ),
      ("crictl inspectp $(crictl pods -q --name etcd) | jq -r .status.state", "SANDBOX_READY\n"),
      ("crictl ps -o nothing", "FATA[0000] unsupported output format \"nothing\"\n"),
      ("crictl stats | grep etcd | awk '{print $2, $3 != \"0.00\"}'", "etcd 1\n"),
    ]
    for (line, wanted) in table { #expect(plane(line) == wanted, "\(line)") }
  }

  @Test("nsenter and ip netns go into a Pod's network with the node's tools")
  func networks() {
    desk.run(
      "kubectl run web --image=nginx:alpine; kubectl wait --for=condition=Ready pod/web --timeout=60s"
    )
    let find =
      """
      C=$(crictl ps -q --name web); P=$(crictl inspect $C | jq .info.pid)
      IP=$(crictl inspectp $(crictl pods -q --name web) | jq -r .status.network.ip)

      """
    let table = [
      ("nsenter -t $P -n ip -br addr show eth0 | grep -c $IP", "1\n"),
      ("nsenter -t $P --net ss -tlnp | grep -c \"nginx.*pid=$P,\"", "1\n"),
      ("nsenter -t $P -n hostname; nsenter -t $P -a hostname", "controlplane\nweb\n"),
      ("nsenter -t $P -m cat /etc/alpine-release | cut -c1", "3\n"),
      ("nsenter -t $P -n curl -s localhost | grep -c Welcome", "2\n"),
      (
        "nsenter -t 999999 -n ip a",
        "nsenter: cannot open /proc/999999/ns/net: No such file or directory\n"
      ),
      ("nsenter -t $P -n nosuch", "nsenter: failed to execute nosuch: No such file or directory\n"),
      (
        "N=$(ip netns list | head -1 | cut -d' ' -f1); ip netns exec $N ip -br a show eth0 | grep -c $IP",
        "1\n"
      ),
      // The two ends of the wire name each other.
      (
        "L=$(nsenter -t $P -n cat /sys/class/net/eth0/iflink); ip -o link | grep -c \"^$L: cali\"",
        "1\n"
      ),
    ]
    for (line, wanted) in table { #expect(plane(find + line) == wanted, "\(line)") }
    #expect(
      desk.run("kubectl exec web -- cat /sys/class/net/eth0/operstate /sys/class/net/lo/mtu")
        == "up\n65536\n")
  }

  @Test("standing connections are there, and filters of ss pick among them")
  func connections() {
    let table = [
      (
        "netstat -antp | grep etcd | grep -c ':2379 .*ESTABLISHED' | awk '{print ($1 > 40)}'", "1\n"
      ),
      ("ss -tnp state established '( dport = :6443 )' | grep -o '\"kubelet\"'", "\"kubelet\"\n"),
      (
        "ss -Htn dst 127.0.0.0/8 and not sport = :2379 | awk '{print $5}' | sort -u",
        "127.0.0.1:2379\n"
      ),
      ("ss -tln sport gt :10255 and sport lt :10258 | tail -n +2 | wc -l", "2\n"),
      ("ss -tn state foo", "ss: wrong state name: foo\n"),
      ("ss -s | grep -c '^TCP:.*estab'", "1\n"),
    ]
    for (line, wanted) in table { #expect(plane(line) == wanted, "\(line)") }
  }
}

/// Folders made alike with rsync, and what the kernel and runc know of a node.
@Suite struct NodeInventoryTests {
  private let desk = SurgeryDesk(.single)

  @Test("rsync copies what changed, deletes what is gone, and goes over ssh")
  func folders() {
    desk.plane("mkdir -p /tmp/a/sub; echo one > /tmp/a/x; echo two > /tmp/a/sub/y")
    let table = [
      (
        "rsync -av /tmp/a/ /tmp/b | head -7 | tail -6",
        "created directory /tmp/b\n./\nx\nsub/\nsub/y\n\n"
      ), ("rsync -av /tmp/a/ /tmp/b | head -3 | tail -2 | cut -c1-5", "\nsent \n"),
      ("rsync -a /tmp/a /tmp/c; ls /tmp/c", "a\n"),
      (
        "rm /tmp/a/x; rsync -avn --delete /tmp/a/ /tmp/b | grep deleting; ls /tmp/b/x",
        "deleting x\n/tmp/b/x\n"
      ),
      ("rsync -a --delete --exclude 'su*' /tmp/a/ /tmp/b; ls /tmp/b", "sub\n"),
      (
        "rsync -a /tmp/none /tmp/b 2>&1 | head -1",
        "rsync: [sender] link_stat \"/tmp/none\" failed: No such file or directory (2)\n"
      ),
    ]
    for (line, wanted) in table { #expect(desk.plane(line) == wanted, "\(line)") }
    #expect(
      desk.run("rsync -avz -e ssh controlplane:/tmp/a/sub/ /tmp/here >/dev/null; cat /tmp/here/y")
        == "two\n")
  }

  @Test("conntrack, ipset and runc tell of Services, plug-in and containers")
  func kernel() {
    desk.run(
      "kubectl create deploy web --image=nginx:alpine --port=80; kubectl expose deploy web;"
        + " kubectl run c --image=busybox:1.36 -- sleep 1d;"
        + " kubectl wait --for=condition=Ready pod --all --timeout=60s; kubectl exec c -- wget -qO- web"
    )
    let service =
      "$(kubectl --kubeconfig /etc/kubernetes/admin.conf get svc web -o jsonpath={.spec.clusterIP})"
    #expect(
      desk.plane(
        "conntrack -L -d \(service) 2>&1 | sed -E 's/[0-9.]{8,}/A/g; s/[0-9]{5}/P/g; s/ [0-9]+ T/ N T/'"
      )
        == "tcp      6 N TIME_WAIT src=A dst=A sport=P dport=80 src=A dst=A sport=80 dport=P [ASSURED] "
        + "mark=0 use=1\nconntrack v1.4.8 (conntrack-tools): 1 flow entries have been shown.\n")
    let table = [
      ("conntrack -L -p udp --dport 53 2>/dev/null | grep -c 'dst=10.96.0.10'", "1\n"),
      (
        "conntrack -D -p tcp -d \(service) 2>&1 | tail -1; conntrack -L -d \(service) 2>/dev/null | wc -l",
        "conntrack v1.4.8 (conntrack-tools): 1 flow entries have been deleted.\n0\n"
      ),
      ("ipset list -n", "cali40masq-ipam-pools\ncali40all-ipam-pools\ncali40this-host\n"),
      (
        "runc list -q; runc --root /run/containerd/runc/k8s.io list -q | grep -c $(crictl ps -q --name etcd)",
        "1\n"
      ),
      (
        "test $(runc --root /run/containerd/runc/k8s.io state $(crictl ps -q --name etcd) | jq .pid) = $(pgrep -x etcd) && echo same",
        "same\n"
      ),
      ("fuser 6443/tcp 2>/dev/null | grep -c $(pgrep -x kube-apiserver)", "1\n"),
      ("findmnt -no SOURCE,FSTYPE /", "/dev/vda1 ext4\n"),
      ("ethtool -i eth0 | head -1", "driver: virtio_net\n"),
      (
        "nmap -p 6443,6444 localhost | grep tcp",
        "6443/tcp open   sun-sr-https\n6444/tcp closed unknown\n"
      ),
    ]
    for (line, wanted) in table { #expect(desk.plane(line) == wanted, "\(line)") }
  }

  @Test("socat and nmap speak with Pods and Services")
  func relays() {
    desk.run(
      "kubectl run web --image=nginx:alpine --port=80 --expose; kubectl run n --image=nicolaka/netshoot"
        + " -- sleep 1d; kubectl wait --for=condition=Ready pod --all --timeout=60s")
    let table = [
      (
        "echo -e 'GET / HTTP/1.0\\r\\n\\r' | socat - TCP:web:80 | head -1 | cut -c1-15",
        "HTTP/1.1 200 OK\n"
      ),
      (
        "socat TCP-LISTEN:8000,fork TCP:web:80 & sleep 1; curl -s localhost:8000 | grep -c title",
        "1\n"
      ),
      (
        "socat TCP-LISTEN:8001,fork,reuseaddr EXEC:cat & sleep 1; echo ping | socat -t1 - TCP:localhost:8001",
        "ping\n"
      ),
      (
        "socat - TCP:web:81,connect-timeout=1 2>&1 | cut -d' ' -f5-",
        "TCP:web:81: Connection timed out\n"
      ),
      (
        "socat - 2>&1 | cut -d' ' -f5-",
        "exactly 2 addresses required (there are 1); use option \"-h\" for help\n"
      ),
      ("nmap -Pn -p 80,81 web | grep tcp", "80/tcp open     http\n81/tcp filtered hosts2-ns\n"),
      (
        "test $(ethtool -S eth0 | awk '/peer/ {print $2}') = $(cat /sys/class/net/eth0/iflink) && echo same",
        "same\n"
      ),
    ]
    for (line, wanted) in table {
      #expect(desk.run("kubectl exec n -- bash -c \(line.shellQuoted)") == wanted, "\(line)")
    }
  }
}

extension String {
  fileprivate var shellQuoted: String { "'" + replacing("'", with: "'\\''") + "'" }
}

/// Interfaces, routes and disks in the forms that scripts read.
@Test("ip -j, ip rule, lsblk and blkid tell of a node")
func machineForms() {
  let desk = SurgeryDesk(.single)
  let table = [
    (
      "ip -j addr show eth0 | jq -r '.[0].addr_info[0] | .local, .prefixlen'", "192.168.56.10\n24\n"
    ), ("ip -j link | jq -r '.[0].flags[0], .[1].operstate'", "LOOPBACK\nUP\n"),
    (
      "ip -j route | jq -r '.[] | select(.dst==\"default\") | .gateway, .dev'",
      "192.168.56.1\neth0\n"
    ),
    ("ip rule | wc -l; ip rule | tail -1", "3\n32767:\tfrom all lookup default\n"),
    (
      "lsblk | sed -E 's/[0-9.]+G/NG/; s/ +NG/ NG/'",
      "NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\nvda    253:0    0 NG  0 disk \n"
        + "└─vda1 253:1    0 NG  0 part /\n"
    ),
    (
      "lsblk -nro NAME,TYPE 2>&1; lsblk -no FSTYPE /dev/vda1 | tail -1",
      "vda disk\nvda1 part\next4\n"
    ),
    (
      "test $(blkid -s UUID -o value /dev/vda1) = $(lsblk -no UUID | tail -1) && echo same",
      "same\n"
    ),
  ]
  for (line, wanted) in table { #expect(desk.plane(line) == wanted, "\(line)") }
}

@Test("systemd-analyze verify finds what a unit file gets wrong")
func unitFiles() {
  let desk = SurgeryDesk(.single)
  #expect(desk.plane("systemd-analyze verify kubelet.service; echo $?") == "0\n")
  #expect(
    desk.plane(
      """
      printf '[Service]\\nExecStart=/usr/bin/nope --x\\nRestart always\\n' > /etc/systemd/system/bad.service
      systemd-analyze verify bad; echo $?
      """)
      == "/etc/systemd/system/bad.service:3: Missing '=', ignoring line.\n"
      + "bad.service: Command /usr/bin/nope is not executable: No such file or directory\n1\n")
}
