import Documents
import Testing

@testable import Curriculum

@Suite struct VariationTests {
  static let source = """
    ---
    title: Mend {{app}}
    topic: services
    parameters:
      app: [cart, till, shelf]
      count: {from: 2, to: 5}
      fault:
      - {selector: wrong, why: the selector}
      - {selector: other, why: another word}
    start:
    - run: echo {{fault.selector}}
    checks:
    - id: ready
      say: "{{app}} has {{count}} Pods"
      object: deployment/{{app}}
      where: {spec: {replicas: {{count}}}}
    solutions:
    - name: a
      run: kubectl get pods -o go-template='{{range .items}}{{.metadata.name}}{{end}}' {{app}}
    ---
    Do it {{count}} times.

    ## Hints
    1. Always.
    2. [ready] While not ready.
    """

  @Test("the first variant has the first value of each parameter")
  func first() throws {
    let (exercise, problems) = Exercise.read(Self.source, id: "mend")
    #expect(problems == [])
    #expect(exercise.isParametric)
    #expect(exercise.title == "Mend cart")
    #expect(exercise.checks.map(\.say) == ["cart has 2 Pods"])
    #expect(exercise.start.script == "echo wrong\n")
    #expect(
      exercise.solutions.map(\.run) == [
        "kubectl get pods -o go-template='{{range .items}}{{.metadata.name}}{{end}}' cart"
      ])
    #expect(exercise.task == "Do it 2 times.\n")
  }

  @Test("variants are the same whenever they are made, and differ among each other")
  func variants() {
    let exercise = Exercise.read(Self.source, id: "mend").0
    let says = (0..<20).map { exercise.variant($0).checks.map(\.say).joined() }
    #expect(says == (0..<20).map { exercise.variant($0).checks.map(\.say).joined() })
    #expect(Set(says).count > 5)
    #expect(exercise.variant(7).variant(0).title == exercise.title)
    #expect((0..<20).contains { exercise.variant($0).start.script == "echo other\n" })
  }

  @Test("a value of a parameter may be called y or no")
  func words() {
    let source = Self.source.replacing("[cart, till, shelf]", with: "[y, n, on]")
    let (exercise, problems) = Exercise.read(source, id: "mend")
    #expect(problems == [] && exercise.title == "Mend y")
    let names = Set((0..<40).map { exercise.variant($0).title })
    #expect(names == ["Mend y", "Mend n", "Mend on"])
  }

  @Test("a hint about a check helps only while that check does not hold")
  func hints() {
    let hints = Exercise.read(Self.source, id: "mend").0.hints
    #expect(hints.map { $0.helps([]) } == [true, false])
    #expect(hints.map { $0.helps(["ready"]) } == [true, true])
    #expect(hints.last?.text == "While not ready.")
  }

  @Test("a value of several lines keeps its place's indentation, and problems keep their lines")
  func lines() throws {
    let text = """
      ---
      title: a
      topic: b
      parameters:
        body: ["x: 1\\ny: 2"]
      start:
      - manifest: |
          {{body}}
          ---
          z: 3
      wrong: 1
      ---
      Do {{nothing}}.
      """
    let (exercise, problems) = Exercise.read(text, id: "x")
    #expect(exercise.start.actions == [.manifest("x: 1\ny: 2\n---\nz: 3\n")])
    let unknown = try #require(problems.first { $0.message.hasPrefix("unknown field") })
    #expect(unknown.line == 11)
    let missing = try #require(problems.first { $0.message.contains("no parameter") })
    #expect(missing.line == 13 && missing.column == 4)
  }

  @Test(
    "parameters that cannot be drawn are refused",
    arguments: [
      ("app: [cart, till, shelf]", "app: []", "at least one value"),
      ("app: [cart, till, shelf]", "app: cart", "a list is expected"),
      ("{from: 2, to: 5}", "{from: 5, to: 2}", "\"to\" is smaller"),
      ("{from: 2, to: 5}", "{form: 2, to: 5}", "unknown field"),
    ])
  func refused(right: String, wrong: String, message: String) {
    let text = Self.source.replacing(right, with: wrong)
    #expect(Exercise.read(text, id: "x").1.contains { $0.message.contains(message) })
  }

  @Test("every competency has one id of three parts, and domains weigh a hundred percent")
  func curricula() {
    for certification in Certifications.all {
      let weights = certification.domains.reduce(0) { $0 + $1.weight }
      #expect(weights == 100, "\(certification.id)")
      let ids = certification.domains.flatMap(\.competencies).map(\.id)
      #expect(Set(ids).count == ids.count)
      #expect(ids.allSatisfy { $0.split(separator: ".").count == 3 })
      #expect(ids.allSatisfy { Certifications.competency($0)?.0.id == certification.id })
    }
    #expect(Certifications.competency("cka.nothing.here") == nil)
  }

  @Test("a lesson's questions and cards come back as review cards")
  func cards() throws {
    let course = Course()
    let text = """
      ---
      title: L
      topic: t
      ---
      ## One
      Text.
      ```quiz
      ask: Q?
      options: [{text: a, right: true}, {text: b}]
      ```
      ```card
      ask: Make a Pod.
      checks:
      - {say: a Pod, object: pod/a}
      do: kubectl run a --image=nginx
      ```
      """
    let (lesson, problems) = Lesson.read(text, id: "l")
    #expect(problems == [])
    let cards = course.cards(of: lesson)
    #expect(cards.map(\.id) == ["l/1", "l/2"])
    #expect(cards.map(\.ask) == ["Q?", "Make a Pod."])
    #expect(course.card("l/1") == nil)
  }
}
