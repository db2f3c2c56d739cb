import Simulation
import Testing

@testable import KubeCluster

/// Machines that are restarted or switched off.
@Suite struct RebootTests {
  @Test("a node that reboots comes back, and its Pods start again in new sandboxes")
  func reboot() {
    let desk = SurgeryDesk()
    desk.run(
      "kubectl create deploy web --image=nginx --replicas=4; kubectl run once --image=busybox "
        + "--restart=Never --overrides='{\"spec\":{\"nodeName\":\"node01\"}}' -- sleep 900; sleep 10"
    )
    desk.run(
      "ssh node01 'sysctl -w vm.swappiness=5; echo vm.max_map_count=7 > /etc/sysctl.d/x.conf; "
        + "touch /tmp/gone /root/kept; systemctl disable cron; modprobe dummy'")
    #expect(
      desk.run("ssh node01 'sudo reboot; echo never'; echo $?")
        == "255\nConnection to node01 closed by remote host.\n")
    #expect(
      desk.run("ssh node01 true; echo $?")
        == "255\nssh: connect to host node01 port 22: No route to host\n")
    #expect(desk.run("kubectl get node node01 --no-headers").contains(" Ready "))
    desk.run("sleep 30")
    #expect(
      desk.run(
        "ssh node01 'sysctl -n vm.swappiness vm.max_map_count; ls /tmp /root; lsmod | grep -c dummy; "
          + "systemctl is-active kubelet cron; journalctl --list-boots | wc -l; who -b'")
          == """
          60
          7
          /root:
          kept

          /tmp:
          0
          active
          inactive
          3
                   system boot  2026-06-01 09:00

          """)
    let restarted = desk.run(
      "kubectl get pods -l app=web --field-selector spec.nodeName=node01 -o jsonpath="
        + "'{.items[0].status.containerStatuses[0].restartCount} "
        + "{.items[0].status.containerStatuses[0].lastState.terminated.exitCode}'")
    #expect(restarted == "1 255")
    #expect(
      desk.run("kubectl get pod once --no-headers | awk '{print $2, $3}'") == "0/1 Unknown\n")
    let reasons = desk.run("kubectl get events -A -o jsonpath='{.items[*].reason}'")
    #expect(reasons.contains("SandboxChanged") && reasons.contains("Rebooted"))
    let ids = desk.run(
      "kubectl get node node01 -o jsonpath={.status.nodeInfo.bootID} | tr -d -; echo; "
        + "ssh node01 journalctl --list-boots | tail -1 | awk '{print $2}'"
    ).split(separator: "\n")
    #expect(ids.count == 2 && ids[0] == ids[1])
  }

  @Test("the control plane's machine takes the API away, and brings it back")
  func plane() {
    let desk = SurgeryDesk()
    desk.run("ssh controlplane shutdown -r now")
    #expect(desk.run("kubectl get nodes").contains("192.168.56.10:6443: connect: no route to host"))
    desk.run("sleep 90")
    #expect(desk.run("kubectl get nodes --no-headers | grep -c ' Ready'") == "3\n")
    desk.run("kubectl run x --image=nginx; sleep 20")
    #expect(desk.run("kubectl get pod x --no-headers").contains(" Running "))
  }

  @Test("a machine that is switched off becomes NotReady, and nothing of it answers")
  func off() {
    let desk = SurgeryDesk()
    desk.run("kubectl run web --image=nginx --overrides='{\"spec\":{\"nodeName\":\"node02\"}}'")
    desk.run("sleep 10; kubectl expose pod web --port 80 --type NodePort; sleep 2")
    let curl =
      "curl -s -m 2 -o /dev/null 192.168.56.11:"
      + "$(kubectl get svc web -o jsonpath='{.spec.ports[0].nodePort}'); echo $?"
    #expect(desk.run(curl) == "0\n")
    desk.run("ssh node02 systemctl poweroff")
    #expect(desk.run(curl) == "28\n")
    #expect(desk.run("curl -s -m 5 192.168.56.12; echo $?") == "7\n")
    desk.run("sleep 60")
    #expect(desk.run("kubectl get node node02 --no-headers").contains(" NotReady "))
    // Its Pods are no endpoints any more.
    #expect(desk.run(curl) == "7\n")
  }

  @Test("shutdown waits for its time, and can be called off")
  func later() {
    let desk = SurgeryDesk(.single)
    #expect(
      desk.plane("shutdown -r +2")
        == "Reboot scheduled for Mon 2026-06-01 09:02:00 UTC, use 'shutdown -c' to cancel.\n")
    desk.plane("shutdown -c")
    desk.run("sleep 150")
    #expect(desk.plane("hostname") == "controlplane\n")
    desk.plane("shutdown -r +1")
    desk.run("sleep 65")
    #expect(desk.plane("hostname").contains("No route to host"))
  }

  @Test("a node's ps shows what runs in its containers, and kill reaches it")
  func guests() {
    let desk = SurgeryDesk(.single)
    desk.run("kubectl run web --image=nginx; sleep 10")
    let seen = desk.plane("ps -eo ppid,user,args | grep '[n]ginx'")
    #expect(seen.contains(" root     nginx: master process nginx -g daemon off;\n"))
    #expect(seen.split(separator: "\n").filter { $0.hasSuffix("nginx: worker process") }.count == 2)
    #expect(desk.plane("pstree").contains("containerd-shim\u{2500}\u{252C}\u{2500}nginx"))
    #expect(
      desk.plane(
        "id=$(crictl ps -q --name web); pid=$(crictl inspect $id | jq .info.pid); "
          + "ps -o args= -p $pid; cat /proc/$pid/comm")
        == "nginx: master process nginx -g daemon off;\nnginx\n"
    )
    desk.plane("pkill -9 -o nginx; sleep 5")
    #expect(
      desk.run("kubectl get pod web -o jsonpath={.status.containerStatuses[0].restartCount}")
        == "1")
  }
}
