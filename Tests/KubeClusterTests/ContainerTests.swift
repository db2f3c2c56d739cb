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
  _ = desk.run("mkdir -p /tmp/d/e; echo two > /tmp/d/e/g; kubectl cp /tmp/d box:/var/d")
  #expect(desk.run("kubectl exec box -- find /var/d -type f") == "/var/d/e/g\n")
  _ = desk.run("kubectl cp box:/var/d /root/back")
  #expect(desk.run("cat /root/back/e/g") == "two\n")
  // Nobody asks how tar ended: its archive of nothing is whole (kubectl 1.33.1).
  #expect(
    desk.run("kubectl cp box:/tmp/nope nope; echo $?; ls nope")
      == "tar: /tmp/nope: No such file or directory\n"
      + "tar: error exit delayed from previous errors\n0\n"
      + "ls: cannot access 'nope': No such file or directory\n")
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

@Test("a Pod speaks to the API as its ServiceAccount")
func serviceAccount() {
  let desk = Desk()
  _ = desk.run("kubectl create role reader --verb=list --resource=pods")
  _ = desk.run("kubectl create rolebinding reads --role=reader --serviceaccount=default:default")
  desk.start("asks", "--image=curlimages/curl --command -- sleep 3600")
  let call = { (path: String) in
    desk.run(
      "kubectl exec asks -- sh -c 'cd /var/run/secrets/kubernetes.io/serviceaccount; curl -s "
        + "--cacert ca.crt -H \"Authorization: Bearer $(cat token)\" "
        + "https://kubernetes.default.svc/api/v1/namespaces/$(cat namespace)/\(path)'")
  }
  // As a server answers curl: indented, in the order of Go's structs, no line feed at the end.
  #expect(call("pods").hasPrefix("{\n  \"kind\": \"PodList\",\n  \"apiVersion\": \"v1\",\n"))
  #expect(
    call("secrets").hasSuffix(
      "  \"details\": {\n    \"kind\": \"secrets\"\n  },\n  \"code\": 403\n}"))
}

@Test("volumes belong to the Pod's group, and a subPath is made")
func ownership() {
  let desk = Desk()
  _ = desk.run(
    """
    kubectl apply -f - <<END
    apiVersion: v1
    kind: Pod
    metadata: {name: group}
    spec:
      securityContext: {runAsUser: 1000, fsGroup: 2000}
      volumes:
      - {name: scratch, emptyDir: {}}
      - {name: node, hostPath: {path: /srv/new, type: DirectoryOrCreate}}
      containers:
      - name: c
        image: busybox
        command: [sleep, "3600"]
        env:
        - {name: PART, value: mine}
        - {name: CPUS, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        volumeMounts:
        - {name: scratch, mountPath: /data, subPathExpr: $(PART)}
        - {name: scratch, mountPath: /all}
        - {name: node, mountPath: /node}
    END
    """.replacing("$(PART)", with: "\\$(PART)"))
  _ = desk.run("kubectl wait --for=condition=Ready pod/group --timeout=2m")
  #expect(
    desk.run("kubectl exec group -- sh -c 'echo > /data/f; stat -c \"%a %u:%g\" /data /all/mine/f'")
      == "2777 0:2000\n644 1000:2000\n")
  #expect(desk.run("kubectl exec group -- sh -c 'echo $CPUS; ls -d /node'") == "2\n/node\n")
}

@Test("a Pod that asks its node for what is not there waits, and says for what")
func unmountable() {
  let desk = Desk()
  _ = desk.run(
    """
    kubectl apply -f - <<END
    apiVersion: v1
    kind: Pod
    metadata: {name: lost}
    spec:
      volumes: [{name: d, hostPath: {path: /srv/none, type: Directory}}]
      containers: [{name: c, image: nginx, volumeMounts: [{name: d, mountPath: /d}]}]
    ---
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: odd}
    handler: odd
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: odd}
    spec:
      runtimeClassName: odd
      containers: [{name: c, image: nginx}]
    END
    sleep 20
    """)
  let events = desk.run("kubectl get events -o custom-columns=R:.reason,M:.message --no-headers")
  #expect(
    events.contains(
      "MountVolume.SetUp failed for volume \"d\" : hostPath type check failed: /srv/none is not a "
        + "directory"))
  #expect(events.contains("no runtime for \"odd\" is configured"))
}

@Test("debug shows what a container that has ended already said")
func debugging() {
  let desk = Desk()
  desk.start("box", "--image=busybox --command -- sleep 3600")
  let said = desk.run("kubectl debug box --profile=general -i --image=busybox -- echo seen")
  #expect(said.contains("\nseen\n") && !said.contains("falling back"))
}

@Test(
  "what tar says of a copy out of a container is kubectl's output, and its end is not asked for")
func copied() {
  let desk = Desk()
  let shell = desk.cluster.shell
  desk.start("two", "--image=busybox --command -- sleep 3600")
  let file = shell.run("kubectl cp two:/etc/hostname here; cat here")
  #expect(file.output == "tar: Removing leading `/' from member names\ntwo\n")
  #expect(file.errors.isEmpty)
  let missing = shell.run("kubectl cp two:/nope there")
  #expect(missing.status == 0)
  #expect(missing.output.hasPrefix("tar: /nope: No such file or directory\n"))
  let side = shell.run("kubectl debug two --copy-to=more --container=other -- sleep 1")
  #expect(side.errors.hasSuffix("error: you must specify image when creating new container\n"))
}
