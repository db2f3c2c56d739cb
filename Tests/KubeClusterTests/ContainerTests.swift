import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

/// A cluster of one node whose learner types.
private final class Desk {
  let cluster = Cluster(.single, seed: 3)

  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }

  /// Runs the Pod and waits for it to be Ready.
  func start(_ name: String, _ options: String) {
    _ = run("kubectl run \(name) \(options)")
    _ = run("kubectl wait --for=condition=Ready pod/\(name) --timeout=2m")
  }
}

@Test("exec runs commands in a container with its files, environment and exit status")
func exec() {
  let desk = Desk()
  desk.start("web", "--image=nginx --env=COLOR=blue")
  #expect(desk.run("kubectl exec web -- echo hello") == "hello\n")
  #expect(desk.run("kubectl exec web -- sh -c 'echo $COLOR; pwd; id -u'") == "blue\n/\n0\n")
  #expect(
    desk.run("kubectl exec web -- sh -c 'exit 3'; echo $?")
      == "3\ncommand terminated with exit code 3\n")
  #expect(desk.run("echo typed | kubectl exec -i web -- cat") == "typed\n")
  #expect(desk.run("kubectl exec web -- cat /etc/hostname") == "web\n")
  #expect(
    desk.run("kubectl exec web -- nope").hasSuffix(
      "exec failed: unable to start container process: exec: \"nope\": "
        + "executable file not found in $PATH\n"))
  #expect(desk.run("kubectl exec web -- ls /nope; echo $?").hasPrefix("2\nls: "))
  #expect(
    desk.run("kubectl exec -it web -- echo x")
      == "x\nUnable to use a TTY - input is not a terminal or the right kind of file\n")
}

@Test("cp carries files and directories into a container and out of it")
func copy() {
  let desk = Desk()
  desk.start("box", "--image=busybox --command -- sleep 3600")
  #expect(desk.run("echo one > /tmp/f; kubectl cp /tmp/f box:/tmp/f") == "")
  #expect(desk.run("kubectl exec box -- cat /tmp/f") == "one\n")
  #expect(desk.run("kubectl cp /tmp/f default/box:/tmp; kubectl exec box -- ls /tmp") == "f\n")
  _ = desk.run("mkdir -p /tmp/d/e; echo two > /tmp/d/e/g; kubectl cp /tmp/d box:/srv/d")
  #expect(desk.run("kubectl exec box -- find /srv/d -type f") == "/srv/d/e/g\n")
  _ = desk.run("kubectl cp box:/srv/d /root/back")
  #expect(desk.run("cat /root/back/e/g") == "two\n")
  #expect(
    desk.run("kubectl cp box:/tmp/nope nope; echo $?").hasSuffix(
      "command terminated with exit code 2\n"))
}

@Test("run -it --rm without a terminal shows what the container prints and removes the Pod")
func runOnce() {
  let desk = Desk()
  let shown = desk.run("kubectl run tmp --image=busybox --restart=Never --rm -it -- echo hi")
  #expect(shown.contains("hi\n") && shown.contains("pod \"tmp\" deleted"), "\(shown)")
  #expect(desk.run("kubectl get pods").contains("No resources found"))
}

@Test("a person at a terminal gets a prompt in the container, and Ctrl-C ends only what runs there")
func prompt() {
  let desk = Desk()
  desk.start("box", "--image=busybox --command -- sleep 3600")
  let shell = desk.cluster.shell
  var seen = ""
  shell.onOutput = { seen += String(decoding: $1, as: UTF8.self) }
  shell.isTerminal = true
  func settle() { desk.cluster.timeline.advance(by: .seconds(1)) }
  shell.start("kubectl exec -it box -- sh")
  settle()
  #expect(seen == "/ # ", "\(seen)")
  shell.type(Array("echo in $HOSTNAME\n".utf8))
  settle()
  #expect(seen == "/ # in box\n/ # ", "\(seen)")
  shell.type(Array("sleep 1000\n".utf8))
  settle()
  shell.interrupt()
  settle()
  #expect(seen.hasSuffix("/ # ") && shell.isRunning, "\(seen)")
  shell.type(Array("exit\n".utf8))
  settle()
  #expect(!shell.isRunning)
  #expect(shell.exitStatus == 130)
}

@Test("a cluster that nobody holds is freed")
func freed() {
  weak var server: APIServer?
  do {
    let cluster = Cluster(.single, seed: 1)
    _ = cluster.shell.run("kubectl run box --image=busybox -- sleep 3600")
    _ = cluster.shell.run("kubectl wait --for=condition=Ready pod/box")
    server = cluster.server
  }
  #expect(server == nil)
}
