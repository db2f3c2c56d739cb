import Testing

@testable import KubeCluster

/// Small tools of workstations, nodes and containers, as learners use them between two tasks.
@Suite struct EverydayToolTests {
  let cluster = Cluster(.single, seed: 5)

  private func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }

  private func onNode(_ line: String) -> String { run("ssh -T controlplane '\(line)'") }

  @Test("bash connects by /dev/tcp, and says why it does not")
  func ownConnections() {
    let server = "192.168.56.10"
    let table: [(String, String)] = [
      ("timeout 1 bash -c '</dev/tcp/\(server)/6443' && echo open", "open\n"),
      ("(echo > /dev/tcp/\(server)/22) && echo open", "open\n"),
      (
        "bash -c 'true; </dev/tcp/\(server)/6444' || echo closed",
        "bash: connect: Connection refused\n"
          + "bash: line 1: /dev/tcp/\(server)/6444: Connection refused\nclosed\n"
      ),
      (
        "bash -c 'true; </dev/tcp/nowhere.invalid/80'",
        "bash: nowhere.invalid: Name or service not known\n"
          + "bash: line 1: /dev/tcp/nowhere.invalid/80: Invalid argument\n"
      ),
      (
        "kubectl create deploy web --image=nginx --port=80 > /dev/null;"
          + " kubectl expose deploy web --type=NodePort > /dev/null;"
          + " kubectl wait --for=condition=Available deploy/web > /dev/null;"
          + " P=$(kubectl get svc web -o jsonpath='{.spec.ports[0].nodePort}');"
          + " exec 3<>/dev/tcp/\(server)/$P; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3;"
          + " head -1 <&3; exec 3>&-", "HTTP/1.1 200 OK\r\n"
      ),
    ]
    for (line, wanted) in table {
      let result = cluster.shell.run(line)
      // Two streams: what the tool says, then what the line says of it.
      #expect(result.errors + result.output == wanted, "\(line)")
    }
    #expect(run("sh -c '< /dev/tcp/\(server)/6443'").contains("No such file"))
  }

  @Test(
    "python3 reads its program and JSON from standard input",
    arguments: [
      ("python3 - <<'E'\nprint(\"there\")\nE", "there\n"),
      ("echo 'print(1)' | python3", "1\n"),
      (
        "echo '{\"b\":[1,2],\"a\":{}}' | python3 -m json.tool",
        "{\n    \"b\": [\n        1,\n        2\n    ],\n    \"a\": {}\n}\n"
      ),
      ("echo nonsense | python3 -m json.tool", "Expecting value: line 1 column 1 (char 0)\n"),
      (
        "echo '{\"a\":[{\"c\":\"x\"}]}' | "
          + "python3 -c 'import sys, json; print(json.load(sys.stdin)[\"a\"][-1][\"c\"])'", "x\n"
      ),
      (
        "kubectl get node controlplane -o json | python3 -c "
          + "'import json,sys; print(json.load(sys.stdin)[\"metadata\"].get(\"name\"))'",
        "controlplane\n"
      ),
      (
        "python3 -c \"import base64; print(base64.b64encode(b'hello').decode())\"", "aGVsbG8=\n"
      ),
      ("python3 -c \"import base64; print(base64.b64decode('aGVsbG8=').decode())\"", "hello\n"),
    ])
  func python(_ line: String, _ wanted: String) { #expect(run(line) == wanted, "\(line)") }

  @Test("a node tells its name, clock and identity")
  func identity() {
    #expect(onNode("hostnamectl").contains(" Static hostname: controlplane\n"))
    #expect(
      onNode("hostnamectl set-hostname other; hostnamectl hostname; cat /etc/hostname")
        == "other\nother\n")
    #expect(onNode("timedatectl").contains("Time zone: Etc/UTC (UTC, +0000)\n"))
    for (path, field) in [
      ("/etc/machine-id", "machineID"), ("/sys/class/dmi/id/product_uuid", "systemUUID"),
    ] {
      let told = run("kubectl get no controlplane -o jsonpath='{.status.nodeInfo.\(field)}'")
      #expect(!told.isEmpty && onNode("cat \(path)") == told + "\n")
    }
    #expect(onNode("systemctl list-timers | tail -2 | head -1") == "0 timers listed.\n")
  }

  @Test("a profile that was laid down since the boot is not loaded, whoever looks first")
  func laidDown() {
    _ = run("printf 'profile quiet {\\n  file,\\n}\\n' > quiet")
    _ = run("scp quiet controlplane:/etc/apparmor.d/")
    #expect(!onNode("aa-status").contains("quiet"))
    #expect(onNode("systemctl restart apparmor; aa-status").contains("   quiet\n"))
  }

  @Test("reloading the service of AppArmor loads the profiles of its folder")
  func profiles() {
    #expect(onNode("systemctl is-active apparmor") == "active\n")
    #expect(onNode("systemctl status apparmor").contains("Active: active (exited)"))
    _ = onNode("printf \"profile quiet {\\n  file,\\n}\\n\" > /etc/apparmor.d/quiet")
    #expect(!onNode("aa-status").contains("quiet"))
    #expect(onNode("systemctl reload apparmor") == "")
    #expect(onNode("aa-status").contains("   quiet\n"))
  }

  @Test("nslookup of an old BusyBox names addresses")
  func oldBusyBox() {
    _ = run("kubectl run old --image=busybox:1.28 -- sleep 1d")
    _ = run("kubectl run new --image=busybox:1.36 -- sleep 1d")
    _ = run("kubectl wait --for=condition=Ready pod/old pod/new")
    let head =
      "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\n"
    #expect(
      run("kubectl exec old -- nslookup kubernetes.default") == head
        + "Name:      kubernetes.default\n"
        + "Address 1: 10.96.0.1 kubernetes.default.svc.cluster.local\n")
    #expect(
      run("kubectl exec old -- nslookup nowhere") == head
        + "nslookup: can't resolve 'nowhere'\ncommand terminated with exit code 1\n")
    #expect(run("kubectl exec new -- nslookup kubernetes.default").hasPrefix("Server:\t\t"))
    #expect(run("kubectl exec old -- busybox | head -1").hasPrefix("BusyBox v1.28.4 "))
  }

  @Test("curl -v shows the certificate that it is given")
  func handshake() {
    let server = "https://192.168.56.10:6443/version"
    let open = run("curl -skv \(server) -o /dev/null")
    #expect(open.contains("*  subject: CN=kube-apiserver\n"))
    #expect(
      open.contains(
        "*  issuer: CN=kubernetes\n*  SSL certificate verify result: unable to get local issuer certificate (20), continuing anyway.\n"
      ))
    #expect(run("curl -sv \(server)").contains("TLS alert, unknown CA (560):"))
    let known = run(
      "scp -q controlplane:/etc/kubernetes/pki/ca.crt . ; curl -sv --cacert ca.crt \(server)")
    #expect(known.contains("*  SSL certificate verify ok.\n"))
    #expect(known.contains("*  expire date: Jun  1 08:55:00 2027 GMT\n"))
  }

  @Test("images of languages build in stages; what listens accepts connections")
  func stages() {
    _ = run(
      """
      mkdir app && cd app
      printf 'package main\\nfunc main() { http.ListenAndServe(":8080", nil) }\\n' > main.go
      printf 'FROM golang:1.22 AS build\\nWORKDIR /src\\nCOPY . .\\nRUN go mod init app && go build -o /out/server .\\nFROM alpine:3.19\\nCOPY --from=build /out/server /server\\nENTRYPOINT ["/server"]\\n' > Dockerfile
      """)
    let built = run("cd ~/app; docker build -t app:v1 .")
    #expect(run("docker images app -q | wc -l") == "1\n", "\(built)")
    #expect(
      run("docker run -d --name s -p 8080:8080 app:v1 > /dev/null; sleep 1; curl -s localhost:8080")
        == "drydock: not simulated: what server answers\n")
    // Nothing in it listens: it is told, not guessed, what it would do.
    #expect(
      run(
        "cd ~/app; printf 'package main\\nfunc main() {}\\n' > main.go;"
          + " docker build -q -t app:v2 . > /dev/null 2>&1; docker run --rm app:v2; echo $?"
      )
      .hasPrefix("127\n"))
    #expect(run("docker run --rm golang:1.22 go build").contains("no Go files in /go\n"))
  }
}
