import Documents
import Simulation
import Testing

@testable import Curriculum

@Suite struct MarkingTests {
  let scene = StubScene()

  private func checks(_ yaml: String) throws -> [PlannedCheck] {
    let (value, findings, problems) = ContentFile.read(yaml, line: 1)
    let read = PlannedCheck.read(
      Form(try #require(value), findings: findings).elements(), namespace: "shop")
    #expect(problems + findings.problems == [])
    return read
  }

  private func mark(_ yaml: String) throws -> [String] {
    Marking(try checks(yaml), in: scene).results.map { "\($0.verdict) \($0.reason)" }
  }

  private func put(_ kind: String, _ name: String, _ objects: Value...) {
    scene.present[ObjectReference(kind: kind, name: name, namespace: "shop")] = objects
  }

  @Test("what depends on something missing is not reached, not wrong")
  func needs() throws {
    let marking = Marking(
      try checks(
        """
        - {id: a, say: A, object: service/web}
        - {id: b, say: B, points: 3, needs: a, object: service/web}
        - {id: c, say: C, guard: true, unchanged: pod/p}
        """), in: scene)
    #expect(marking.results.map(\.verdict) == [.failed, .notReached, .notReached])
    #expect(marking.results[1].reason == "comes after: A")
    #expect(marking.points == 0 && marking.total == 5 && marking.failed == ["a"])
  }

  @Test("points are given check by check")
  func partial() throws {
    put("service", "web", ["spec": ["ports": [["port": 80]]]])
    let marking = Marking(
      try checks(
        """
        - {say: A, points: 2, object: service/web}
        - {say: B, object: service/web, where: {spec: {ports: [{port: 81}]}}}
        """), in: scene)
    #expect(marking.points == 2 && marking.total == 3 && !marking.isFull)
    #expect(
      marking.results[1].reason
        == "service/web in namespace shop: spec.ports[0].port is 80; 81 is wanted")
  }

  @Test(
    "an expression is asked of each object, or of several by name, and tells why it is not true",
    arguments: [
      ("{say: A, cel: self.spec.replicas > 2, of: deployment/web}", "passed "),
      (
        "{say: A, cel: self.spec.replicas > 3, of: deployment/web}",
        "failed deployment/web: `self.spec.replicas > 3` is not true"
      ),
      (
        "{say: A, cel: self.spec.replicas > 3, of: deployment/web, "
          + "because: '\"has \" + string(self.spec.replicas)'}",
        "failed deployment/web: has 3"
      ),
      (
        "{say: A, cel: self.spec.paused, of: deployment/web}",
        "failed deployment/web: `self.spec.paused`: no such key: paused"
      ),
      ("{say: A, cel: 'true', of: pods}", "failed pods in namespace shop does not exist"),
      (
        "{say: A, cel: all.size() == 0 && web.spec.replicas == 3, "
          + "of: {all: pods, web: deployment/web}}", "passed "
      ),
      (
        "{say: A, of: deployment/web, "
          + "cel: 'quantity(self.spec.cpu).isGreaterThan(quantity(\"400m\"))'}", "passed "
      ),
    ])
  func expressions(line: String, result: String) throws {
    let web: Value = [
      "kind": "Deployment", "metadata": ["name": "web"], "spec": ["replicas": 3, "cpu": "0.5"],
    ]
    put("deployment", "web", web)
    #expect(try mark("- \(line)") == [result])
  }

  @Test(
    "an expression that cannot be read is told with its place",
    arguments: [
      ("cel: self.x >\n  of: pods", "1:3 Syntax error"),
      ("cel: other.x\n  of: pods", "1:3 undeclared reference to 'other'"),
      ("cel: '\"text\"'\n  of: pods", "1:3 it comes to string, not to bool"),
      ("cel: self.x", "0:3 \"of\" says what it is about"),
    ])
  func unreadable(text: String, problem: String) throws {
    let (value, findings, _) = ContentFile.read("- say: A\n  \(text)\n", line: 0)
    _ = PlannedCheck.read(
      Form(try #require(value), findings: findings).elements(), namespace: "shop")
    let told = findings.problems.map { "\($0.line):\($0.column) \($0.message)" }
    #expect(told.contains { $0.hasPrefix(problem) }, "\(told)")
  }

  @Test("a name resolves to a Service's address, or to those behind a headless one")
  func names() throws {
    put("service", "web", ["kind": "Service", "spec": ["clusterIP": "10.96.0.7"]])
    put("service", "db", ["kind": "Service", "spec": ["clusterIP": "None"]])
    scene.present[
      ObjectReference(
        kind: "endpointslices", name: "", namespace: "shop",
        selector: "kubernetes.io/service-name=db")] = [
        [
          "endpoints": [
            ["addresses": ["10.244.1.2"], "conditions": ["ready": true]],
            ["addresses": ["10.244.1.3"], "conditions": ["ready": false]],
          ]
        ]
      ]
    scene.names = ["web.shop": .addresses(["10.96.0.7"]), "db.shop": .addresses(["10.244.1.2"])]
    #expect(try mark("- {say: A, resolves: web.shop, to: service/web, from: pod/c}") == ["passed "])
    #expect(try mark("- {say: A, resolves: db.shop, to: [service/db]}") == ["passed "])
    #expect(try mark("- {say: A, resolves: db.shop}") == ["passed "])
    #expect(
      try mark("- {say: A, resolves: web.shop, to: [10.96.0.8], within: 0s}") == [
        "failed from the workstation web.shop leads to 10.96.0.7, not to 10.96.0.8"
      ])
    #expect(
      try mark("- {say: A, resolves: gone.shop, from: pod/c, within: 0s}") == [
        "failed from pod/c in namespace shop: the name gone.shop is not known there"
      ])
  }

  @Test("a check that may take time is asked again until it holds")
  func patience() throws {
    let reference = ObjectReference(kind: "pod", name: "p", namespace: "shop")
    scene.present[reference] = [["kind": "Pod", "metadata": ["name": "p"]]]
    let ready: Value = [
      "kind": "Pod", "metadata": ["name": "p"],
      "status": ["conditions": [["type": "Ready", "status": "True"]]],
    ]
    scene.later = [(.seconds(20), { $0.present[reference] = [ready] })]
    #expect(try mark("- {say: A, ready: pod/p}") == ["passed "])
    #expect(scene.clock >= .seconds(20) && scene.clock < .seconds(40))
  }

  @Test("readiness is what kubectl rollout status waits for")
  func readiness() throws {
    func deployment(_ status: Value) -> Value {
      [
        "kind": "Deployment", "metadata": ["name": "web", "generation": 2],
        "spec": ["replicas": 3], "status": status,
      ]
    }
    let cases: [(Value, String)] = [
      (["observedGeneration": 1], "failed deployment/web is not yet looked at by its controller"),
      (
        ["observedGeneration": 2, "updatedReplicas": 1],
        "failed deployment/web has 1 of 3 Pods up to date"
      ),
      (
        ["observedGeneration": 2, "updatedReplicas": 3, "replicas": 4, "readyReplicas": 3],
        "failed deployment/web still has Pods of an older template"
      ),
      (
        ["observedGeneration": 2, "updatedReplicas": 3, "replicas": 3, "readyReplicas": 2],
        "failed deployment/web has 2 of 3 Pods ready"
      ),
      (
        ["observedGeneration": 2, "updatedReplicas": 3, "replicas": 3, "readyReplicas": 3],
        "passed "
      ),
    ]
    for (status, said) in cases {
      put("deployment", "web", deployment(status))
      #expect(try mark("- {say: A, within: 0s, ready: deployment/web}") == [said])
    }
  }

  @Test("commands and files are compared by their words, blanks at the ends aside")
  func texts() throws {
    scene.outputs["k"] = SceneOutput(status: 0, output: "b \na\n\n", errors: "")
    scene.outputs["bad"] = SceneOutput(status: 3, output: "", errors: "x\nno such pod\n")
    scene.outputs["bare"] = SceneOutput(status: 0, output: "node/node01\n", errors: "")
    scene.files["/root/a"] = "node01"
    scene.files["/root/c"] = "deployment.apps/web\n default/api\n"
    scene.files["/root/d"] = "a\r\nb\r\n"
    let said = try mark(
      """
      - {say: A, output: k, equals: "b\\na"}
      - {say: B, output: k, lines: [a, b]}
      - {say: C, output: k, contains: [a, c]}
      - {say: D, output: bad}
      - {say: E, file: /root/a, anyOf: [node01, node02]}
      - {say: F, file: /root/a, equals: node02}
      - {say: G, file: /root/b, equals: node02}
      - {say: H, file: /root/c, named: [web, api]}
      - {say: I, file: /root/c, named: [web]}
      - {say: J, file: /root/a, named: node01}
      - {say: K, output: bare, named: node02}
      - {say: L, file: /root/d, equals: "a\\nb"}
      """)
    #expect(
      said == [
        "passed ", "passed ", "failed `k`: \"c\" is not in it: \"b⏎a\"",
        "failed `bad` ended with status 3, not 0: no such pod", "passed ",
        "failed /root/a: it says \"node01\"",
        "failed /root/b is not there", "passed ",
        "failed /root/c: it says \"deployment.apps/web⏎ default/api\"", "passed ",
        "failed `bare`: it says \"node/node01\"", "passed ",
      ])
  }

  @Test("an answer says what a command prints, in any order, with kinds or without")
  func answers() throws {
    scene.outputs["names"] = SceneOutput(status: 0, output: "web-1\nweb-0\n", errors: "")
    scene.outputs["range"] = SceneOutput(status: 0, output: "10.244.1.0/24", errors: "")
    scene.outputs["broken"] = SceneOutput(status: 1, output: "", errors: "refused\n")
    scene.outputs["table"] = SceneOutput(status: 0, output: "a 1\nb 2\n", errors: "")
    scene.files = [
      "/plain": "web-0\nweb-1\n", "/kinds": "pod/web-0 \n\npod/web-1\n\n", "/one": "web-0",
      "/twice": "web-0\nweb-0\nweb-1", "/range": " 10.244.1.0/24", "/half": "24",
      "/table": "b    2\r\na\t1\r\n", "/empty": "",
    ]
    let cases = [
      ("/plain", "names", "passed "), ("/kinds", "names", "passed "),
      ("/one", "names", "failed /one: it says \"web-0\""),
      ("/twice", "names", "failed /twice: it says \"web-0⏎web-0⏎web-1\""),
      ("/range", "range", "passed "), ("/half", "range", "failed /half: it says \"24\""),
      ("/table", "table", "passed "), ("/empty", "table", "failed /empty: it says nothing"),
      ("/none", "table", "failed /none is not there"),
      ("/one", "broken", "failed what is right could not be found out: refused"),
    ]
    for (file, command, said) in cases {
      #expect(try mark("- {say: A, answer: \(file), is: \(command)}") == [said], "\(file)")
    }
  }

  @Test("who may do what is asked of the authorizer")
  func access() throws {
    scene.created = { review in
      var answer = review
      let user = review[path: "spec", "user"]?.string
      let resource = review[path: "spec", "resourceAttributes", "resource"]?.string
      let group = review[path: "spec", "resourceAttributes", "group"]?.string
      answer["status"] = [
        "allowed": .bool(
          user == "system:serviceaccount:shop:bot" && resource == "deployments" && group == "apps")
      ]
      return answer
    }
    let said = try mark(
      """
      - {say: A, can: {as: serviceaccount/bot, verb: list, resource: deployments.apps}}
      - {say: B, can: {as: ann, verb: list, resource: pods/log, namespace: x}}
      - {say: C, cannot: {as: ann, verb: list, resource: pods}}
      """)
    #expect(
      said == ["passed ", "failed ann: list pods/log in namespace x is not allowed", "passed "])
  }

  @Test("an HTTP answer is judged by its code and its words")
  func serves() throws {
    scene.answers["web.shop:80"] = .answered(
      Array("HTTP/1.1 200 OK\r\n\r\nWelcome to nginx!".utf8))
    scene.answers["old.shop:8080"] = .answered(Array("HTTP/1.1 404 Not Found\r\n\r\n".utf8))
    let said = try mark(
      """
      - {say: A, serves: "http://web.shop/", contains: nginx}
      - {say: B, serves: "http://web.shop/", contains: apache, within: 0s}
      - {say: C, serves: "http://old.shop:8080/x", within: 0s}
      - {say: D, connects: "db:5432", from: pod/web, within: 0s}
      - {say: E, blocked: "db:5432", from: pod/web}
      """)
    #expect(said[0] == "passed " && said[4] == "passed ")
    #expect(said[1].hasPrefix("failed http://web.shop/: \"apache\" is not in it"))
    #expect(said[2] == "failed http://old.shop:8080/x answers 404, not 200")
    #expect(said[3] == "failed from pod/web in namespace shop to db:5432: timed out")
  }

  @Test("what was given must still mean the same, whatever the controllers wrote")
  func unchanged() throws {
    let reference = ObjectReference(kind: "deployment", name: "web", namespace: "shop")
    scene.before[reference] = [["metadata": ["name": "web"], "spec": ["replicas": 1]]]
    put("pod", "p", [:])
    put(
      "deployment", "web",
      [
        "metadata": ["name": "web", "resourceVersion": "7"], "spec": ["replicas": 1],
        "status": ["replicas": 1],
      ])
    let yaml = "- {say: A, object: pod/p}\n- {say: B, unchanged: deployment/web}"
    #expect(try mark(yaml) == ["passed ", "passed "])
    put("deployment", "web", ["metadata": ["name": "web"], "spec": ["replicas": 2]])
    #expect(
      try mark(yaml)[1]
        == "failed deployment/web in namespace shop was changed: spec.replicas is 2; 1 is wanted")
    scene.present[reference] = nil
    #expect(try mark(yaml)[1] == "failed deployment/web in namespace shop is gone")
  }

  @Test("a blow is struck after all other checks, and what follows it is told")
  func survives() throws {
    let reference = ObjectReference(kind: "pod", name: "p", namespace: "shop")
    let ready: Value = [
      "kind": "Pod", "metadata": ["name": "p"],
      "status": ["conditions": [["type": "Ready", "status": "True"]]],
    ]
    scene.present[reference] = [ready]
    scene.outputs["kill"] = SceneOutput(status: 0, output: "", errors: "")
    scene.commanded = { scene, line in if line == "kill" { scene.present[reference] = nil } }
    let said = try mark(
      """
      - {say: A, survives: kill, then: {ready: pod/p, within: 5s}}
      - {say: B, ready: pod/p}
      - {say: C, survives: explode, then: {ready: pod/p}}
      """)
    #expect(said[0] == "failed after `kill`: pod/p in namespace shop does not exist")
    #expect(said[1] == "passed ")
    #expect(said[2] == "failed `explode` ended with status 127: not found")
  }

  @Test("logs are looked for in the exercise's namespace unless the check says another")
  func logs() throws {
    scene.outputs["kubectl logs pod/p -n shop"] = SceneOutput(
      status: 0, output: "ready\n", errors: "")
    scene.outputs["kubectl logs pod/p -n x"] = SceneOutput(
      status: 1, output: "", errors: "Error: no\n")
    let said = try mark(
      """
      - {say: A, logs: pod/p, contains: ready}
      - {say: B, logs: pod/p, within: 0s, contains: done}
      - {say: C, logs: pod/p -n x, within: 0s, contains: ready}
      """)
    #expect(
      said == [
        "passed ", "failed the logs of pod/p: \"done\" is not in it: \"ready\"",
        "failed pod/p -n x: Error: no",
      ])
  }

  @Test("the prover finds every broken promise")
  func prover() {
    let (exercise, problems) = Exercise.read(
      """
      ---
      title: T
      topic: t
      checks:
      - {id: a, say: A, file: /a, contains: x}
      - {id: b, say: B, file: /b, contains: x}
      solutions:
      - {name: good, run: ab}
      - {name: half, run: a}
      mistakes:
      - {name: only a, run: a, loses: [b]}
      - {name: wrong, run: a, loses: [a]}
      ---
      Do.
      """, id: "x")
    #expect(problems == [])
    var starts = 0
    let prover = Prover { body in
      starts += 1
      return body(WritingScene())
    }
    #expect(
      prover.failures(of: exercise) == [
        "solution \"half\" loses b: /b is not there",
        "mistake \"wrong\" loses [b], not [a]", "    b: /b is not there",
      ])
    #expect(starts == 5)
  }
}

/// A scene whose commands write files of their letters' names.
private final class WritingScene: Scene {
  private var files: Set<String> = []
  func objects(_ reference: ObjectReference) throws(SceneError) -> [Value] { [] }
  func run(_ line: String) -> SceneOutput {
    for letter in line { files.insert("/\(letter)") }
    return SceneOutput(status: 0, output: "", errors: "")
  }
  func inspect(_ line: String) -> SceneOutput { run(line) }
  func lookUp(_ name: String, from place: ObjectReference?) -> Lookup { .failed("timed out") }
  func contents(of path: String) -> [UInt8]? { files.contains(path) ? Array("x".utf8) : nil }
  func create(_ object: Value, kind: String, namespace: String) throws(SceneError) -> Value {
    object
  }
  func exchange(
    from place: ObjectReference?, host: String, port: Int, sending bytes: [UInt8]
  ) -> Exchange { .failed("timed out") }
  var now: Moment { Moment(seconds: 0) }
  func wait(_ span: Span) {}
  func original(_ reference: ObjectReference) -> [Value]? { nil }
}
