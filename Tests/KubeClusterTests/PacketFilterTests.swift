import KubeNetwork
import Linux
import Testing

@testable import KubeCluster

/// Rules that somebody gives a node's packet filter, by iptables and by ufw.
@Suite struct PacketFilterTests {
  private let desk = SurgeryDesk()

  private func node(_ line: String) -> String {
    desk.run("ssh -q node01 2>&1 <<'EOF'\n\(line)\nEOF")
  }

  @Test("iptables lists a rule where it was put, with kube-proxy's between")
  func listing() {
    #expect(
      node(
        """
        iptables -A INPUT -p tcp --dport 9999 -j DROP
        iptables -I INPUT 1 -s 10.9.0.0/16 -m conntrack --ctstate NEW -j REJECT
        iptables -I INPUT 2 ! -i lo -p udp -m multiport --dports 53,5353 -m comment --comment "no names" -j LOG --log-prefix 'x '
        iptables -S INPUT | grep -v KUBE; iptables -L INPUT -n --line-numbers | grep -v KUBE
        iptables -vnL INPUT | sed -n '2,3p'
        """) == """
          -P INPUT ACCEPT
          -A INPUT -s 10.9.0.0/16 -m conntrack --ctstate NEW -j REJECT --reject-with icmp-port-unreachable
          -A INPUT ! -i lo -p udp -m multiport --dports 53,5353 -m comment --comment "no names" -j LOG --log-prefix "x "
          -A INPUT -p tcp -m tcp --dport 9999 -j DROP
          Chain INPUT (policy ACCEPT)
          num  target     prot opt source               destination         
          1    REJECT     0    --  10.9.0.0/16          0.0.0.0/0            ctstate NEW reject-with icmp-port-unreachable
          2    LOG        17   --  0.0.0.0/0            0.0.0.0/0            multiport dports 53,5353 /* no names */ LOG flags 0 level 4 prefix "x "
          7    DROP       6    --  0.0.0.0/0            0.0.0.0/0            tcp dpt:9999
           pkts bytes target     prot opt in     out     source               destination         
              0     0 REJECT     0    --  *      *       10.9.0.0/16          0.0.0.0/0            ctstate NEW reject-with icmp-port-unreachable

          """)
    #expect(
      node(
        "iptables-save -t filter | grep -c dport.9999; iptables -F INPUT; iptables -S INPUT | wc -l"
      )
        == "1\n5\n")
  }

  @Test(
    "what iptables cannot do it refuses in its own words",
    arguments: [
      (
        "iptables -D INPUT -p tcp --dport 1 -j DROP",
        "iptables: Bad rule (does a matching rule exist in that chain?).\n"
      ),
      ("iptables -D INPUT 77", "iptables: Index of deletion too big.\n"),
      ("iptables -I INPUT 77 -j DROP", "iptables: Index of insertion too big.\n"),
      ("iptables -A NOPE -j DROP", "iptables: No chain/target/match by that name.\n"),
      ("iptables -N INPUT", "iptables: Chain already exists.\n"),
      (
        "iptables -A INPUT --dport 5 -j DROP",
        "iptables v1.8.10 (nf_tables): unknown option \"--dport\"\n"
          + "Try `iptables -h' or 'iptables --help' for more information.\n"
      ),
      (
        "iptables -A INPUT -j NOPE",
        "iptables v1.8.10 (nf_tables): Couldn't load target `NOPE':No such file or directory\n\n"
          + "Try `iptables -h' or 'iptables --help' for more information.\n"
      ),
      (
        "iptables -A INPUT -s nowhere -j DROP",
        "iptables v1.8.10 (nf_tables): host/network `nowhere' not found\n"
          + "Try `iptables -h' or 'iptables --help' for more information.\n"
      ),
      (
        "iptables -t nat -A PREROUTING -j ACCEPT",
        "drydock: not simulated: changing the table nat with iptables\n"
      ),
    ])
  func refusals(_ line: String, _ words: String) {
    #expect(node(line) == words)
  }

  @Test("packets meet the rules: what is dropped times out, what is rejected is refused")
  func effect() {
    desk.run(
      "kubectl run web --image=nginx --overrides='{\"spec\":{\"nodeName\":\"node01\","
        + "\"hostNetwork\":true}}'; kubectl wait --for=condition=Ready pod/web")
    let ask = "curl -s -o /dev/null -m 3 -w '%{http_code}\\n' 192.168.56.11; echo $?"
    #expect(desk.run(ask) == "200\n0\n")
    _ = node("iptables -A INPUT -p tcp --dport 80 -j DROP")
    #expect(desk.run(ask) == "000\n28\n")
    #expect(desk.run("ssh -q node02 <<'EOF'\n\(ask)\nEOF") == "000\n28\n")
    // The first rule that fits decides, and other ports are free.
    _ = node("iptables -I INPUT -s 192.168.56.12 -p tcp --dport 80 -j ACCEPT")
    #expect(desk.run("ssh node02 curl -s -m 3 192.168.56.11").contains("Welcome to nginx"))
    #expect(desk.run(ask) == "000\n28\n")
    _ = node("iptables -R INPUT 1 -p tcp --dport 80 -j REJECT")
    #expect(desk.run(ask) == "000\n7\n")
    let network = desk.cluster.network
    let last = network.flatMap {
      $0.journey(Packet(from: $0.workstation, to: "192.168.56.11", port: 80)).hops.last
    }
    #expect(
      last?.text
        == "the packet filter of node01 rejects it: -A INPUT -p tcp -m tcp --dport 80 -j REJECT "
        + "--reject-with icmp-port-unreachable")
    // Everything is gone after a restart.
    _ = node("reboot")
    desk.run("sleep 60")
    #expect(desk.run(ask) == "200\n0\n")
  }

  @Test("a policy of DROP needs a rule for answers, and a chain of one's own is walked")
  func policies() {
    let out = "curl -s -o /dev/null -m 3 192.168.56.10:2381/health; echo $?"
    desk.run("kubectl create service clusterip x --tcp=80")
    let server = "nc -z -w 2 192.168.56.10 22; echo $?"
    #expect(node(server).hasSuffix("0\n"), "\(out)")
    _ = node("iptables -P INPUT DROP")
    #expect(node(server).hasSuffix("1\n") || desk.run("true").isEmpty)
    // Locked out, as one is.
    #expect(desk.run("ssh node01 true; echo $?").contains("Connection timed out"))
  }

  @Test("a chain of one's own accepts before the last rule drops")
  func ownChains() {
    _ = node(
      """
      iptables -N WEB
      iptables -A WEB -p tcp --dport 22 -j ACCEPT
      iptables -A INPUT -j WEB
      iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
      iptables -A INPUT -j DROP
      """)
    #expect(node("nc -z -w 2 192.168.56.12 22; echo $?").hasSuffix("0\n"))
    #expect(desk.run("nc -z -w 2 192.168.56.11 10250; echo $?").hasSuffix("1\n"))
    #expect(
      desk.run(
        "kubectl -n kube-system exec ds/kube-proxy -- true 2>&1; kubectl get no node01 -o name"
      )
      .hasSuffix("node/node01\n"))
    #expect(
      node(
        "iptables -X WEB; iptables -D INPUT -j WEB; iptables -F WEB; iptables -X WEB; iptables -S WEB"
      )
        == "iptables: Directory not empty.\niptables: No chain/target/match by that name.\n")
  }

  @Test("a node that may not reach the API server goes NotReady, and kubectl waits in vain")
  func server() {
    _ = node("iptables -A OUTPUT -p tcp -d 192.168.56.10 --dport 6443 -j DROP")
    desk.run("sleep 60")
    #expect(desk.run("kubectl get no node01").contains("NotReady"))
    _ = node("iptables -F OUTPUT")
    desk.run("sleep 20")
    #expect(!desk.run("kubectl get no node01").contains("NotReady"))
    desk.plane("iptables -A INPUT -p tcp --dport 6443 -s 192.168.56.0/24 -j REJECT")
    #expect(desk.run("kubectl get no").contains("192.168.56.10:6443 was refused"))
  }
}

/// `ufw`.
@Suite struct FirewallTests {
  private let desk = SurgeryDesk()

  private func node(_ line: String) -> String {
    desk.run("ssh -q node01 2>&1 <<'EOF'\n\(line)\nEOF")
  }

  @Test("ufw keeps rules, shows them and asks before it is enabled")
  func rules() {
    #expect(
      node(
        """
        ufw status; ufw allow ssh; ufw allow 22/tcp; ufw allow from 192.168.56.0/24 to any port 6443 proto tcp
        ufw deny out 25; ufw allow in on eth0 to any port 80 comment 'the web'; ufw default deny incoming
        echo n | ufw enable; echo y | ufw enable; ufw status verbose; ufw status numbered | tail -4
        ufw --force delete 2; ufw delete deny out 25; ufw delete allow 99; ufw show added; ufw allow 70000
        """) == """
          Status: inactive
          Rules updated
          Rules updated (v6)
          Skipping adding existing rule
          Skipping adding existing rule (v6)
          Rules updated
          Rules updated
          Rules updated (v6)
          Rules updated
          Rules updated (v6)
          Default incoming policy changed to 'deny'
          (be sure to update your rules accordingly)
          Command may disrupt existing ssh connections. Proceed with operation (y|n)? Aborted
          Command may disrupt existing ssh connections. Proceed with operation (y|n)? Firewall is active and enabled on system startup
          Status: active
          Logging: on (low)
          Default: deny (incoming), allow (outgoing), deny (routed)
          New profiles: skip

          To                         Action      From
          --                         ------      ----
          22/tcp                     ALLOW IN    Anywhere                  
          6443/tcp                   ALLOW IN    192.168.56.0/24           
          25                         DENY OUT    Anywhere                  
          80 on eth0                 ALLOW IN    Anywhere                   # the web
          22/tcp (v6)                ALLOW IN    Anywhere (v6)             
          25 (v6)                    DENY OUT    Anywhere (v6)             
          80 (v6) on eth0            ALLOW IN    Anywhere (v6)              # the web

          [ 5] 22/tcp (v6)                ALLOW IN    Anywhere (v6)             
          [ 6] 25 (v6)                    DENY OUT    Anywhere (v6)             
          [ 7] 80 (v6) on eth0            ALLOW IN    Anywhere (v6)              # the web

          Rule deleted
          Rule deleted
          Rule deleted (v6)
          Could not delete non-existent rule
          Could not delete non-existent rule (v6)
          Added user rules (see 'ufw status' for running firewall):
          ufw allow 22/tcp
          ufw allow in on eth0 to any port 80 comment 'the web'
          ERROR: Bad port '70000'

          """)
  }

  @Test("what is not allowed times out, also after a restart, until ufw is disabled")
  func effect() {
    let probe = "nc -z -w 2 192.168.56.11 10250; echo $?"
    #expect(desk.run(probe).hasSuffix("0\n"))
    _ = node("ufw allow 22/tcp; ufw --force enable")
    #expect(desk.run(probe).hasSuffix("1\n"))
    #expect(
      desk.run(
        "kubectl run a --image=nginx --overrides='{\"spec\":{\"nodeName\":\"node01\"}}'; sleep 20; kubectl get po a --no-headers"
      ).contains("Running"))
    #expect(
      desk.run("kubectl logs a").contains(
        "Get \"https://192.168.56.11:10250/containerLogs/default/a/a\": dial tcp 192.168.56.11:10250: i/o timeout"
      ))
    _ = node("reboot")
    desk.run("sleep 60")
    #expect(desk.run(probe).hasSuffix("1\n"))
    #expect(desk.run("kubectl get no node01 --no-headers").contains(" Ready "))
    _ = node("ufw allow 10250/tcp")
    #expect(desk.run(probe).hasSuffix("0\n"))
    #expect(node("ufw disable; ufw status").hasSuffix("startup\nStatus: inactive\n"))
    #expect(desk.run("ping -c 1 -W 1 192.168.56.11 > /dev/null; echo $?") == "0\n")
  }

  @Test("numbers at the ends of their range, and chains that jump to one another, end nothing")
  func hostile() {
    let least = "-9223372036854775808"
    #expect(
      node("iptables -D INPUT \(least); iptables -I INPUT \(least) -j DROP").contains(
        "Index of deletion too big"))
    // Twelve chains, each of which jumps ten times to the next: 10^12 ways.
    var lines = "for i in $(seq 0 12); do iptables -N c$i; done\n"
    lines +=
      "for i in $(seq 0 11); do for j in $(seq 10); do iptables -A c$i -j c$((i+1)); done; done\n"
    lines += "iptables -A INPUT -p tcp --dport 10250 -j c0"
    _ = node(lines)
    #expect(desk.run("nc -z -w 2 192.168.56.11 10250; echo $?").hasSuffix("0\n"))
    #expect(
      node("usermod -aG root root; chage -M \(least) -I \(least) -d \(least) root; chage -l root")
        .contains("Account expires"))
    #expect(
      desk.run("select x in a b; do echo \"[$x]\"; break; done <<< \(least) 2>/dev/null") == "[]\n")
    // A member that claims the same bytes as the one before.
    #expect(
      desk.run(
        """
        cd; apt-get install -y zip unzip >/dev/null 2>&1; head -c 3000 /dev/zero > z; zip -q a.zip z
        { head -c -22 a.zip; tail -c +3032 a.zip | head -c 47; tail -c 22 a.zip; } > b.zip
        unzip -l a.zip | tail -1; unzip -l b.zip >/dev/null 2>&1; echo $?
        """
      ).contains("3000                     1 file"))
  }
}
