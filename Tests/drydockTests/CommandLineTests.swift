import Foundation
import Testing

/// `drydock shell` and `drydock check`, without a terminal.
@Suite(.serialized) struct CommandLineTests {
  let home: Home

  init() throws { home = try Home() }

  @Test("a line, a script and standard input run in the same shell")
  func ways() throws {
    let line = "kubectl get nodes -o name | wc -l; exit 3"
    let script = try home.write(line, to: "script.sh")
    let outcomes = [
      try Program.run("shell", "-c", line, home: home),
      try Program.run("shell", script, home: home),
      try Program.run("shell", home: home, input: line),
    ]
    for outcome in outcomes {
      #expect(outcome.output == "3\n" && outcome.status == 3)
    }
  }

  @Test("the same seed gives the same bytes, another seed other names")
  func seeds() throws {
    let line =
      "kubectl create deployment web --image=nginx --replicas=2; sleep 9; kubectl get po -o wide"
    let runs = try ["1", "1", "2"].map {
      try Program.run("shell", "--seed", $0, "-c", line, home: home).output
    }
    #expect(runs[0].contains("Running") && runs[0] == runs[1] && runs[0] != runs[2])
  }

  @Test("an endless loop without a terminal is ended")
  func endless() throws {
    let line = "while true; do sleep 60; done; echo never"
    let outcome = try Program.run("shell", "--cluster", "apiserver", "-c", line, home: home)
    #expect(outcome.status != 0 && !outcome.output.contains("never"))
    #expect(outcome.errors.contains("more than a day"))
  }

  @Test("the manifest skeletons that learners know come out by a dry run")
  func skeletons() throws {
    let cases = [
      (
        "kubectl run my-pod --image=nginx",
        """
        apiVersion: v1
        kind: Pod
        metadata:
          labels:
            run: my-pod
          name: my-pod
        spec:
          containers:
          - image: nginx
            name: my-pod
            resources: {}
          dnsPolicy: ClusterFirst
          restartPolicy: Always
        status: {}

        """
      ),
      (
        "kubectl create deployment my-deployment --image=nginx",
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          labels:
            app: my-deployment
          name: my-deployment
        spec:
          replicas: 1
          selector:
            matchLabels:
              app: my-deployment
          strategy: {}
          template:
            metadata:
              labels:
                app: my-deployment
            spec:
              containers:
              - image: nginx
                name: nginx
                resources: {}
        status: {}

        """
      ),
      (
        "kubectl create role test --verb=list --resource=pod",
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: test
        rules:
        - apiGroups:
          - ""
          resources:
          - pods
          verbs:
          - list

        """
      ),
      (
        "kubectl create rolebinding reader --role=test --user=reader-user",
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: reader
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: Role
          name: test
        subjects:
        - apiGroup: rbac.authorization.k8s.io
          kind: User
          name: reader-user

        """
      ),
      (
        "kubectl create clusterrole test --verb=list,get --resource=namespaces",
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: test
        rules:
        - apiGroups:
          - ""
          resources:
          - namespaces
          verbs:
          - list
          - get

        """
      ),
    ]
    let script = cases.map { "\($0.0) --dry-run=client -o yaml; echo ==" }.joined(separator: "\n")
    let outcome = try Program.run("shell", home: home, input: script)
    #expect(outcome.errors == "")
    let parts = outcome.output.components(separatedBy: "==\n")
    for (part, (command, expected)) in zip(parts, cases) {
      // The recorded kubectl still writes the empty time that newer ones leave out.
      let lines = part.split(separator: "\n", omittingEmptySubsequences: false)
      let kept = lines.filter { !$0.hasSuffix("creationTimestamp: null") }
      #expect(kept.joined(separator: "\n") == expected, "\(command)")
    }
  }

  @Test("drydock check applies files, prints each check and ends with 0 only on full marks")
  func check() throws {
    let service = """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop}
      spec:
        selector: {app: web}
        ports: [{port: PORT, targetPort: 80}]
      """
    let right = try home.write(service.replacing("PORT", with: "8080"), to: "right.yaml")
    let wrong = try home.write(service.replacing("PORT", with: "80"), to: "wrong.yaml")
    let broken = try home.write("kind: [", to: "broken.yaml")
    let full = try Program.run("check", "expose-web", "-f", right, home: home)
    #expect(full.status == 0, "\(full)")
    #expect(full.output.contains("✔") && !full.output.contains("✘"))
    let part = try Program.run("check", "expose-web", "-f", wrong, home: home)
    #expect(part.status == 1 && part.output.contains("✘") && part.output.contains("✔"))
    let damaged = try Program.run("check", "expose-web", "-f", broken, home: home)
    #expect(damaged.status == 3 && damaged.errors.contains("error parsing"))
    let missing = try Program.run("check", "expose-web", "-f", "/none.yaml", home: home)
    #expect(missing.status == 3)
    for wrong in [["check", "no-such", "-f", right], ["check", "expose-web"], ["chekc"]] {
      let outcome = try Program.run(wrong, home: home)
      #expect(outcome.status == 2, "\(wrong)")
      #expect(!outcome.errors.isEmpty)
    }
  }

  @Test("version and help answer, with examples")
  func help() throws {
    let version = try Program.run("--version", home: home)
    #expect(version.status == 0 && version.output.contains("1.36"))
    for command in ["", "learn", "practice", "check", "shell", "prove", "progress"] {
      let words = [command, "--help"].filter { !$0.isEmpty }
      let outcome = try Program.run(words, home: home)
      #expect(outcome.status == 0 && outcome.output.contains("USAGE"), "\(words)")
    }
    let outcome = try Program.run("progress", home: home)
    #expect(outcome.status == 0 && outcome.output.contains("Progress"))
  }

  @Test(
    "manifests made to harm are refused, and drydock lives on",
    arguments: [
      "bomb", "deep flow", "deep block", "nul", "latin", "empty", "huge number", "binary",
    ])
  func hostile(kind: String) throws {
    let bytes: [UInt8]
    switch kind {
    case "bomb":
      var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
      for level in 1...12 {
        let part = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
        text += "a\(level): &a\(level) [\(part)]\n"
      }
      bytes = Array("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n\(text)".utf8)
    case "deep flow": bytes = Array(repeating: UInt8(ascii: "["), count: 100_000)
    case "deep block":
      bytes = (0..<3000).flatMap {
        Array(repeating: UInt8(ascii: " "), count: $0) + Array("a:\n".utf8)
      }
    case "nul": bytes = Array("apiVersion: v1\nkind: Pod\u{0}\nmetadata: {name: x}\n".utf8)
    case "latin":
      bytes = Array("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ".utf8) + [0xE9, 10]
    case "huge number":
      bytes = Array(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {priority: 1e999}\n".utf8)
    case "binary": bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
    default: bytes = []
    }
    let file = "\(home.path)/hostile"
    try Data(bytes).write(to: URL(filePath: file))
    // As an answer to an exercise it goes through a here-document, as input straight to kubectl.
    let input = try Program.run(
      ["shell", "--cluster", "apiserver", "-c", "kubectl apply -f -; echo lives $?"], home: home,
      input: bytes)
    #expect(input.output.hasSuffix("lives 1\n"), "\(input)")
    #expect(!input.errors.isEmpty)
    let marked = try Program.run(["check", "expose-web", "-f", file], home: home)
    #expect(marked.status == 3 || marked.status == 1, "\(marked.status)")
  }

  @Test("an input without an end is refused before it fills the memory")
  func endlessInput() throws {
    let (output, errors) = (try home.write("", to: "output"), try home.write("", to: "errors"))
    let process = try Program.spawn(
      ["shell", "-c", "true"], environment: home.environment,
      streams: ["/dev/zero", output, errors])
    var raw: Int32 = 0
    waitpid(process, &raw, 0)
    #expect(Program.exitStatus(raw) == 2)
    let said = String(decoding: try Data(contentsOf: URL(filePath: errors)), as: UTF8.self)
    #expect(said.contains("more than 64 MiB"), "\(said)")
  }

  @Test("a served cluster that is kept outlives a kill, and old kubeconfigs still lead to it")
  func persist() throws {
    let curl = "/usr/bin/curl"
    guard FileManager.default.isExecutableFile(atPath: curl) else {
      return print("NO CURL on this machine: nothing was shown of kept clusters")
    }
    let home = try Home()
    func serve() throws -> PseudoTerminal {
      let server = try PseudoTerminal(
        ["serve", "--persist", "work", "--cluster", "apiserver"], home: home)
      try server.wait(for: "export KUBECONFIG=")
      return server
    }
    let first = try serve()
    let config = try String(contentsOfFile: home.path + "/record/kubeconfig", encoding: .utf8)
    func part(_ name: String) throws -> String {
      let found = try #require(config.firstRange(of: name + ": "))
      return String(config[found.upperBound...].prefix { !$0.isNewline })
    }
    func pem(_ name: String) throws -> String {
      let data = try #require(Data(base64Encoded: try part(name + "-data")))
      return try home.write(String(decoding: data, as: UTF8.self), to: name)
    }
    let server = try part("server")
    let keys = [
      "--cacert", try pem("certificate-authority"), "--cert", try pem("client-certificate"),
      "--key", try pem("client-key"),
    ]
    func ask(_ arguments: [String]) throws -> String {
      let process = Process()
      process.executableURL = URL(filePath: curl)
      process.arguments = ["-s"] + keys + arguments
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    let path = "\(server)/api/v1/namespaces/default/configmaps"
    let made = try ask([
      path, "-H", "Content-Type: application/json", "-d",
      #"{"metadata":{"name":"kept"},"data":{"a":"1"}}"#,
    ])
    #expect(made.contains("\"uid\""), "\(made)")
    first.kill()
    let second = try serve()
    defer { second.kill() }
    #expect(try ask([path + "/kept"]) == made)
  }
}
