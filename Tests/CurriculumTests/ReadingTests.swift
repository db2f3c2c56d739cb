import Documents
import Simulation
import Testing

@testable import Curriculum

@Suite struct ReadingTests {
  static let good = """
    ---
    title: Give web an address
    topic: services
    namespace: shop
    level: 2
    minutes: 6
    start:
    - run: kubectl create namespace shop
    - manifest: |
        kind: Pod
    - wait: 30s
    checks:
    - id: service
      say: The Service web exists
      object: service/web
      where: {spec: {ports: [{port: 80}]}}
    - id: answers
      say: It answers
      points: 3
      needs: service
      within: 2m
      serves: http://web.shop/
      contains: nginx
    - id: rest
      say: Nothing else changed
      unchanged: [deployment/web]
    solutions:
    - name: expose
      run: kubectl expose deployment web -n shop --port 80
    mistakes:
    - name: wrong port
      run: kubectl expose deployment web -n shop --port 81
      loses: [service]
    ---
    Make a Service.

    ## Hints
    1. Look at `kubectl expose`.
       It takes `--port`.
    2. Plainly.

    ## Explanation
    It has endpoints.
    """

  @Test("an exercise is read with everything that it says")
  func exercise() {
    let (exercise, problems) = Exercise.read(Self.good, id: "give-web")
    #expect(problems == [])
    #expect(exercise.checks.map(\.id) == ["service", "answers", "rest"])
    #expect(exercise.points == 5)
    #expect(exercise.checks[1].patience == .minutes(2))
    #expect(exercise.checks[1].needs == ["service"])
    #expect(exercise.checks[2].isGuard)
    #expect(exercise.checks[0].check is ObjectCheck)
    #expect(
      exercise.hints.map(\.text) == ["Look at `kubectl expose`.\nIt takes `--port`.", "Plainly.\n"])
    #expect(exercise.task.contains("Make a Service."))
    #expect(exercise.start.actions.count == 3)
    #expect(
      exercise.start.script == """
        kubectl create namespace shop
        kubectl apply -f - >/dev/null <<'DRYDOCK'
        kind: Pod
        DRYDOCK
        sleep 30

        """)
  }

  @Test(
    "each mistake of an author is told with its line and column",
    arguments: [
      ("level: 2", "level: 9", 5, 1, "a whole number from 1 to 3 is expected"),
      (
        "topic: services", "topik: services", 3, 1,
        "unknown field \"topik\"; did you mean \"topic\"?"
      ),
      (
        "  needs: service\n", "  needs: servise\n", 20, 3,
        "needs \"servise\", which is no earlier check"
      ),
      ("loses: [service]", "loses: [servise]", 33, 3, "loses \"servise\", which is no check"),
      ("- wait: 30s", "- wait: soon", 11, 3, "a duration such as 30s or 5m is expected here"),
      ("- wait: 30s", "- wait: 49h", 11, 3, "all waits together are more than 48h"),
      (
        "  object: service/web\n", "  objekt: service/web\n", 13, 3,
        "a check needs one of the fields"
      ),
      (
        "serves: http://web.shop/", "serves: web.shop", 22, 3,
        "an address that begins with http:// is expected"
      ),
      ("[deployment/web]", "[deployment/web fast]", 26, 15, "\"fast\" is not understood"),
      ("{ports: [{port: 80}]}", "{ports: [{$port: 80}]}", 16, 27, "$port is not known"),
      ("## Hints", "## Hint", 2, 1, "the section \"Hint\" is not known"),
      ("id: answers", "id: service", 17, 3, "two checks have the id \"service\""),
    ])
  func problems(right: String, wrong: String, line: Int, column: Int, message: String) throws {
    let text = Self.good.replacing(right, with: wrong)
    #expect(text != Self.good)
    let problems = Exercise.read(text, id: "x").1
    let found = problems.first { $0.message.hasPrefix(message) }
    let problem = try #require(found, "\(problems)")
    #expect((problem.line, problem.column) == (line, column))
  }

  @Test("a file of a hostile author is refused before it costs anything")
  func bombs() {
    let head = "---\ntitle: t\ntopic: x\nsolutions: [{name: a, run: b}]\nchecks:\n"
    let check = "- {say: a, object: configmap/a}\n"
    let many = head + String(repeating: check, count: 20_000) + "---\nx\n"
    let huge = head + check + "---\nx\n" + String(repeating: "a *b* ", count: 1 << 18)
    let (course, flaws) = Course.read([
      (path: "Exercises/many.md", text: many), (path: "Exercises/huge.md", text: huge),
      (path: "Exercises/deep.md", text: "---\ntitle: " + String(repeating: "[", count: 100_000)),
    ])
    #expect(course.exercises.isEmpty)
    let told = flaws.map(\.description)
    #expect(told.contains("Exercises/many.md:206:3: there are more than 200 checks"), "\(told)")
    #expect(told.contains("Exercises/huge.md:1:1: larger than 1 MiB"))
    #expect(told.contains { $0.hasPrefix("Exercises/deep.md:") })
  }

  @Test("broken YAML gives its line in the file")
  func broken() throws {
    let text = Self.good.replacing("minutes: 6", with: "minutes: [6")
    let problems = Exercise.read(text, id: "x").1
    #expect(problems.contains { $0.message.contains("yaml:") && $0.line >= 6 })
    #expect(Exercise.read("no front matter", id: "x").1.first?.line == 1)
    #expect(Exercise.read("", id: "x").1.isEmpty == false)
  }

  @Test("a lesson's pages keep their text and give up their checks")
  func lesson() throws {
    let (lesson, problems) = Lesson.read(
      """
      ---
      title: Services
      topic: services
      order: 20
      ---
      Welcome.

      ## One
      Text with a block:

      ```yaml
      ## no heading here
      ```

      ```check
      - say: The Service exists
        object: service/web
      ```

      ```do
      kubectl expose deployment web
      ```

      ## Two
      ```quiz
      ask: What picks the Pods?
      options:
      - text: labels
        right: true
      - text: names
        because: Names change.
      ```
      """, id: "services")
    #expect(problems == [])
    #expect(lesson.pages.map(\.title) == ["", "One", "Two"])
    let page = lesson.pages[1]
    #expect(page.text.contains("## no heading here") && !page.text.contains("kubectl expose"))
    #expect(page.checks.count == 1 && page.solution == "kubectl expose deployment web\n")
    let question = try #require(lesson.pages[2].question)
    #expect(question.options.map(\.isRight) == [true, false])
  }

  @Test("a problem in a lesson's check has the lesson's line")
  func lessonProblem() {
    let text = "---\ntitle: a\ntopic: b\n---\n## One\n\n```check\n- say: x\n  objct: y/z\n```\n"
    let problems = Lesson.read(text, id: "x").1
    #expect(problems.map(\.line) == [8])
  }

  @Test(
    "durations are read as Go writes them",
    arguments: [
      ("90s", 90), ("1h30m", 5400), ("2d", 172800), ("", nil), ("5", nil), ("s", nil),
      ("9999999999999999999s", nil), ("-5s", nil), ("5m x", nil),
    ] as [(String, Int64?)])
  func duration(text: String, seconds: Int64?) {
    #expect(Span(duration: text)?.seconds == seconds)
  }

  @Test(
    "content full of rubbish is refused, not crashed upon", arguments: [0, 1, 2, 3, 4, 5, 6, 7])
  func rubbish(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var bytes = Array(Self.good.utf8)
    for _ in 0..<40 {
      let at = random.below(bytes.count)
      switch random.below(3) {
      case 0: bytes[at] = UInt8(random.below(256))
      case 1: bytes.remove(at: at)
      default: bytes.insert(contentsOf: Array("- {[:\n".utf8).prefix(random.below(7)), at: at)
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let (exercise, problems) = Exercise.read(text, id: "x")
    #expect(!problems.isEmpty || exercise.checks.count == 3)
    _ = Lesson.read(text, id: "x")
  }
}
