import Foundation
import Testing

/// From a pack's folder to a marked class, with the program as its users run it.
@Suite(.serialized) struct PackProgramTests {
  let home: Home
  init() throws { home = try Home() }

  private func run(_ arguments: String..., input: String = "") throws -> Program.Outcome {
    try Program.run(arguments, home: home, input: Array(input.utf8))
  }

  private func save(_ text: String, _ name: String) throws {
    let url = URL(filePath: "\(home.path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(home.path)/\(name)")), as: UTF8.self)
  }

  private func makePack() throws -> String {
    try save(
      """
      id: tiny
      version: 1.0.0
      title: A tiny pack
      authors: [The tests]
      exams:
      - {id: final, title: Final, minutes: 10, pass: 50, tasks: [map]}
      rubric:
      - {id: why, say: Says why, points: 2, exercise: map, file: /root/why.txt}
      """, "tiny/pack.yaml")
    try save(
      """
      ---
      title: A map
      topic: maps
      minutes: 3
      cluster: apiserver
      checks:
      - {id: map, say: The map is there, object: configmap/map}
      sealed:
      - {id: key, say: It has a key, object: configmap/map, where: {data: {key: value}}}
      solutions:
      - {name: one, run: kubectl create configmap map --from-literal=key=value}
      ---
      Make a ConfigMap `map`.
      """, "tiny/Exercises/map.md")
    return "\(home.path)/tiny"
  }

  @Test("a pack is proven, built, signed, installed, worked in, handed in, marked and reviewed")
  func wholeWay() throws {
    let folder = try makePack()
    let file = "\(home.path)/tiny.tar"
    #expect(try run("pack", "lint", folder).output.contains("1 hidden check, 1 exam, "))
    #expect(try run("pack", "prove", folder).status == 0)
    #expect(try run("pack", "build", folder, "--out", file).status == 0)
    #expect(try run("pack", "verify", file).output.contains("not signed"))
    #expect(try run("pack", "install", file).errors.contains("is not signed"))
    #expect(try run("pack", "sign", file).status == 0)
    #expect(try run("pack", "install", file).output.contains("tiny 1.0.0 is installed"))
    #expect(try run("pack", "list").output.contains("A tiny pack"))
    #expect(try run("submit", "--pack", "tiny", "--learner", "ada").errors.contains("no work"))
    let exam = try run(
      "exam", "--pack", "tiny", "final",
      input: "kubectl create configmap map\necho so > /root/why.txt\nfinish\n")
    #expect(exam.output.contains("100 %: passed"), "\(exam)")
    let work = "\(home.path)/work/ada.drydock"
    try save("", "work/bo.drydock")
    let handedIn = try run(
      "submit", "--pack", "tiny", "--learner", "ada", "--out", work)
    #expect(handedIn.status == 0, "\(handedIn)")
    try save("id,name\nada,Ada\nbo,Bo\n", "roster.csv")
    let marks = "\(home.path)/marks"
    let graded = try run(
      "grade", "\(home.path)/work", "--pack", file, "--roster", "\(home.path)/roster.csv", "--out",
      marks)
    #expect(graded.output.contains("not accepted: bo.drydock: it is empty"), "\(graded)")
    #expect(graded.output.contains("to review: 1 answer;"))
    #expect(try text("marks/marks.csv").contains("ada,Ada,,,1,0,1,4,25,"))
    // One clock for learner and marker: nothing about states or clocks is to be told.
    let honesty = try text("marks/honesty.csv")
    #expect(!honesty.contains("state") && !honesty.contains("clock"), "\(honesty)")
    let reviewed = try run(
      "grade", "--review", "--pack", folder, "--roster", "\(home.path)/roster.csv", "--out", marks,
      input: "2 right\n0\n")
    #expect(reviewed.output.contains("why: undecided → 2"), "\(reviewed)")
    #expect(try text("marks/marks.csv").contains(",3,4,75,"))
  }

  @Test("a pack that was tampered with, and wrong usage, end with their own status")
  func refusals() throws {
    let folder = try makePack()
    let file = "\(home.path)/tiny.tar"
    _ = try run("pack", "build", folder, "--out", file)
    _ = try run("pack", "sign", file)
    var bytes = try Data(contentsOf: URL(filePath: file))
    bytes[600] ^= 1
    try bytes.write(to: URL(filePath: file))
    #expect(try run("pack", "install", file).status == 3)
    #expect(try run("pack", "install", "\(home.path)/none").status == 3)
    #expect(try run("practice", "--pack", "none").status == 2)
    #expect(try run("grade", "--pack", folder).status == 2)
    #expect(try run("grade", "x", "--pack", folder, "--shard", "2/2").status == 2)
    #expect(try run("grade", "\(home.path)/none", "--pack", folder).status == 3)
  }

  @Test("the Job that marks on a real cluster is one that the simulated cluster takes, too")
  func job() throws {
    let job = try run("grade", "--emit-job", "drydock:1", "--pack", "tiny.tar", "--shards", "3")
    #expect(job.output.contains("$(JOB_COMPLETION_INDEX)/3"))
    let script = "kubectl apply -f - <<'END'\n\(job.output)END\nkubectl get job -o name"
    let applied = try run("shell", "--cluster", "apiserver", "-c", script)
    #expect(applied.output.contains("job.batch/drydock-grade created"), "\(applied)")
  }

  @Test("the sample pack has no mistakes")
  func sample() throws {
    let lint = try run("pack", "lint", Program.course + "/Packs/first-steps")
    #expect(lint.output.contains("4 exercises, 4 hidden checks, 1 exam, "), "\(lint)")
  }
}
