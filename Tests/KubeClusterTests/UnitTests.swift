import Simulation
import Testing

@testable import KubeCluster

/// Units that are no services, and packages that bring some.
@Suite struct UnitTests {
  @Test("dpkg -i installs a package from a file, whose service and socket start")
  func localPackage() {
    let desk = SurgeryDesk(.single)
    let file = "cri-dockerd_0.3.20.3-0.ubuntu-jammy_amd64.deb"
    desk.plane(
      "curl -sLO https://github.com/Mirantis/cri-dockerd/releases/download/v0.3.20/\(file)")
    #expect(
      desk.plane("dpkg -i \(file) | tail -3") == """
        Setting up cri-dockerd (0.3.20.3-0~ubuntu-jammy) ...
        Created symlink /etc/systemd/system/multi-user.target.wants/cri-docker.service \u{2192} \
        /usr/lib/systemd/system/cri-docker.service.
        Created symlink /etc/systemd/system/sockets.target.wants/cri-docker.socket \u{2192} \
        /usr/lib/systemd/system/cri-docker.socket.

        """)
    #expect(
      desk.plane(
        "systemctl is-active cri-docker cri-docker.socket; systemctl is-enabled cri-docker.socket")
        == "active\nactive\nenabled\n")
    #expect(
      desk.plane("systemctl list-units --no-legend --type=socket")
        == "  cri-docker.socket         loaded active     listening    CRI Docker Socket for the API\n"
    )
    #expect(
      desk.plane("dpkg -l cri-dockerd | tail -1 | awk '{print $1, $3}'")
        == "ii 0.3.20.3-0~ubuntu-jammy\n")
    desk.plane("reboot")
    desk.run("sleep 30")
    #expect(desk.plane("systemctl is-active cri-docker cri-docker.socket") == "active\nactive\n")
    #expect(
      desk.plane("echo x > y.deb; dpkg -i y.deb; echo $?").contains(
        "is not a Debian format archive"))
  }

  @Test("a timer starts its service when it elapses, and tells when that is")
  func timer() {
    let desk = SurgeryDesk(.single)
    desk.plane(
      """
      cat > /etc/systemd/system/note.service <<'U'
      [Service]
      Type=oneshot
      ExecStart=/bin/sh -c 'date +%T >> /tmp/notes'
      U
      cat > /etc/systemd/system/note.timer <<'U'
      [Unit]
      Description=Notes
      [Timer]
      OnCalendar=*:0/20
      [Install]
      WantedBy=timers.target
      U
      systemctl daemon-reload
      systemctl enable --now note.timer
      """)
    #expect(
      desk.plane("systemctl list-timers") == """
        NEXT                        LEFT  LAST PASSED UNIT       ACTIVATES
        Mon 2026-06-01 09:20:00 UTC 20min -    -      note.timer note.service

        1 timers listed.
        Pass --all to see loaded but inactive timers, too.

        """)
    desk.run("sleep 3000")
    #expect(desk.plane("cat /tmp/notes") == "09:20:00\n09:40:00\n")
    desk.plane("systemctl stop note.timer")
    desk.run("sleep 3000")
    #expect(desk.plane("wc -l < /tmp/notes") == "2\n")
  }

  @Test("agnhost liveness is healthy for ten seconds, and ends as Go's programs do")
  func liveness() {
    let desk = SurgeryDesk(.single)
    desk.run("kubectl apply -f https://k8s.io/examples/pods/probe/http-liveness.yaml; sleep 30")
    let events = desk.run(
      "kubectl get events -o jsonpath='{range .items[*]}{.message}{\"\\n\"}{end}'")
    #expect(events.contains("Liveness probe failed: HTTP probe failed with statuscode: 500"))
    #expect(
      desk.run(
        "kubectl get pod liveness-http -o jsonpath="
          + "'{.status.containerStatuses[0].lastState.terminated.exitCode}'") == "2")
  }

  @Test("namespaces of a node reach its own servers, and its other commands go on")
  func spaces() {
    let desk = SurgeryDesk()
    #expect(
      desk.run(
        """
        ssh node01 'ip netns add red; ip link add v type veth peer name r netns red
        ip addr add 10.9.0.1/24 dev v; ip link set v up; ip -n red addr add 10.9.0.2/24 dev r
        ip -n red link set r up; ip netns exec red nc -zv 10.9.0.1 22 2>&1
        ip netns exec red ping -c1 -W1 192.168.56.12 | grep -c "0 received"
        ping -c1 192.168.56.12 | grep -c "1 received"; iptables -S | head -1; ip route get 10.9.0.2'
        """)
        == "Connection to 10.9.0.1 22 port [tcp/ssh] succeeded!\n0\n1\n-P INPUT ACCEPT\n"
        + "10.9.0.2 dev v src 10.9.0.1 uid 0 \n    cache \n"
        + "ping: connect: Network is unreachable\n")
    #expect(
      desk.run("kubectl run x --image=nginx; sleep 8; kubectl get pod x --no-headers").contains(
        " Running "))
  }

  @Test(
    "etcd in a Pod of its own answers a gRPC probe, and tools of packages say what they are not")
  func tools() {
    let desk = SurgeryDesk(.single)
    desk.run("kubectl apply -f https://k8s.io/examples/pods/probe/grpc-liveness.yaml; sleep 45")
    #expect(desk.run("kubectl get pod etcd-with-grpc --no-headers").contains("1/1   Running   0"))
    #expect(
      desk.plane("apt-get install -y iperf3 >/dev/null 2>&1; iperf3 -s")
        == "drydock: not simulated: iperf3\n")
    #expect(
      desk.run(
        "kubectl run b --image=gcr.io/google-containers/busybox --restart=Never --rm -i -- "
          + "which wget | grep -c /wget") == "1\n")
  }

  @Test(
    "systemctl edit writes a drop-in that counts, and journalctl -p leaves out what is less grave")
  func edit() {
    let desk = SurgeryDesk(.single)
    #expect(
      desk.plane(
        "EDITOR=\"printf '[Service]\\nEnvironment=A=b\\n' >\" systemctl edit cron; systemctl cat cron | tail -2"
      )
        == "Successfully installed edited file '/etc/systemd/system/cron.service.d/override.conf'.\n"
        + "[Service]\nEnvironment=A=b\n")
    #expect(
      desk.plane("EDITOR=true systemctl edit ssh")
        == "Editing \"/etc/systemd/system/ssh.service.d/override.conf\" canceled: temporary file is empty.\n"
    )
    desk.plane(
      "sed -i s:/usr/sbin/cron:/usr/sbin/corn: /usr/lib/systemd/system/cron.service; systemctl daemon-reload; systemctl restart cron; sleep 2"
    )
    let grave = desk.plane("journalctl -p err -o cat")
    #expect(grave.contains("Failed at step EXEC") && !grave.contains("Started"))
    #expect(desk.plane("journalctl -p 3..4 -u cron -o cat").contains("Failed with result"))
  }

  @Test("kernel settings that kubeadm's preparations name are there")
  func settings() {
    let desk = SurgeryDesk(.single)
    #expect(
      desk.plane(
        "sysctl -w net.netfilter.nf_conntrack_max=131072 net.ipv6.conf.all.forwarding=1 "
          + "net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1")
        == "net.netfilter.nf_conntrack_max = 131072\nnet.ipv6.conf.all.forwarding = 1\n"
        + "net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1\n")
  }
}
