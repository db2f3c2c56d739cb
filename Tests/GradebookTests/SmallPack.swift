import Curriculum
import Foundation
import LearnerRecord
import Simulation

@testable import Gradebook

/// A pack that boots in no time, and what tests do with it.
enum SmallPack {
  static let files: [(path: String, text: String)] = [
    (
      "pack.yaml",
      """
      id: small
      version: 1.2.0
      title: A small pack
      authors: [The tests]
      due: 2026-09-30T18:00:00Z
      late: {graceDays: 1, penalty: 10, closesAfter: 5}
      attempts: 2
      exams:
      - {id: quiz, title: Quiz, minutes: 30, pass: 60, tasks: [two-maps, secret-word, bank/1]}
      practice: [one-map]
      rubric:
      - {id: why, say: Says why, points: 2, exercise: two-maps, file: /root/why.txt}
      """
    ),
    (
      "Exercises/maps/two-maps.md",
      """
      ---
      title: Two maps
      topic: maps
      minutes: 5
      cluster: apiserver
      parameters:
        name: [red, blue, green]
      start:
      - run: kubectl create configmap given
      checks:
      - {id: one, say: "ConfigMap {{name}} is there", object: "configmap/{{name}}"}
      - id: colour
        say: It knows its colour
        points: 2
        needs: one
        object: configmap/{{name}}
        where: {data: {colour: "{{name}}"}}
      sealed:
      - {id: given, say: The given one is kept, unchanged: configmap/given}
      solutions:
      - {name: one, run: "kubectl create configmap {{name}} --from-literal=colour={{name}}"}
      mistakes:
      - {name: empty, run: "kubectl create configmap {{name}}", loses: [colour]}
      ---
      Make a ConfigMap `{{name}}` with `colour`.
      """
    ),
    (
      "Exercises/maps/secret-word.md",
      """
      ---
      title: A secret word
      topic: maps
      minutes: 5
      cluster: apiserver
      checks:
      - {id: secret, say: Secret word is there, object: secret/word}
      solutions:
      - {name: generic, run: kubectl create secret generic word --from-literal=word=hush}
      ---
      Make a Secret `word`.
      """
    ),
    (
      "Exercises/maps/one-map.md",
      """
      ---
      title: One map
      topic: maps
      minutes: 5
      cluster: apiserver
      checks:
      - {id: map, say: ConfigMap map is there, object: configmap/map}
      solutions:
      - {name: create, run: kubectl create configmap map}
      ---
      Make a ConfigMap `map`.
      """
    ),
    (
      "Exercises/bank.md",
      """
      ---
      title: Questions
      questions:
      - ask: One?
        competency: kcna.fundamentals.concepts
        options: [{text: a, right: true, because: It is.}, {text: b, because: It is not.}]
      ---
      """
    ),
  ]

  static let source: PackSource = {
    do { return try source(files) } catch { fatalError("\(error)") }
  }()

  static func source(_ files: [(path: String, text: String)]) throws -> PackSource {
    try PackSource.open(try folder(files))
  }

  static func folder(_ files: [(path: String, text: String)] = files) throws -> PackFolder {
    let folder = try Scratch()
    for (path, text) in files { try folder.write(text, path) }
    return try PackFolder.read(folder.path)
  }

  /// The afternoon before everything is due.
  static let afternoon = Moment(seconds: 1_790_784_000)

  static func exercise(_ id: String, _ variant: UInt64 = 0) throws -> Exercise {
    guard let found = source.course.exercise(id) else { throw PackError("no \(id)") }
    return found.variant(variant)
  }
}

/// A folder for one test.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/drydock-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, _ name: String) throws { try write(Array(text.utf8), name) }

  func write(_ bytes: [UInt8], _ name: String) throws {
    let url = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
  }
}

/// A learner of the small pack, who does what a test says.
struct Actor {
  var id: String
  var key = LearnerKey()
  var begun = SmallPack.afternoon
  var seed: UInt64 = 1
  private(set) var works: [Submission.Work] = []
  private(set) var sittings: [Submission.Sitting] = []

  init(_ id: String, at begun: Moment = SmallPack.afternoon, seed: UInt64 = 1) {
    self.id = id
    self.begun = begun
    self.seed = seed
  }

  static func steps(_ lines: [String], pause: Int64 = 20) -> [Rehearsal.Step] {
    lines.map { Rehearsal.Step($0, after: .seconds(pause + Int64($0.count / 4))) }
  }

  /// Takes the quiz: lines for each task, written with the colour drawn as NAME.
  mutating func quiz(
    _ lines: [String: [String]], answer: String? = "1", pause: Int64 = 20
  ) throws {
    guard let exam = SmallPack.source.plan.exams.first else { throw PackError("no quiz") }
    let paper = ExamPaper(exam, seed: seed)
    var clock = begun
    let number = sittings.count + 1
    for (index, item) in paper.items.enumerated() where !item.subject.contains("/") {
      guard let typed = lines[item.subject] else { continue }
      let exercise = try SmallPack.exercise(item.subject, item.variant)
      let name = Self.colour(exercise)
      let work = Rehearsal.work(
        exercise, Self.steps(typed.map { $0.replacing("NAME", with: name) }, pause: pause),
        variant: item.variant, begun: clock, sitting: number, task: index + 1)
      clock = (work.entries.last?.real ?? clock) + .seconds(5)
      works.append(work)
    }
    sittings.append(
      Submission.Sitting(
        exam: "quiz", seed: seed, begun: begun, ended: clock,
        tasks: paper.items.map {
          .init(
            subject: $0.subject, variant: $0.variant,
            answer: $0.subject.contains("/") ? answer : nil)
        }))
    begun = clock + .minutes(1)
  }

  static func colour(_ exercise: Exercise) -> String {
    exercise.solutions.first?.run.split(separator: " ").dropFirst(3).first.map(String.init) ?? ""
  }

  mutating func practise(_ lines: [String], pause: Int64 = 20) throws {
    let work = Rehearsal.work(
      try SmallPack.exercise("one-map"), Self.steps(lines, pause: pause), begun: begun)
    works.append(work)
    begun = (work.entries.last?.real ?? begun) + .minutes(1)
  }

  var submission: Submission {
    Submission(
      header: .init(
        learner: id, pack: "small", version: "1.2.0", digest: SmallPack.source.digest,
        drydock: "0.1.0", submitted: begun + .minutes(1)), sittings: sittings, works: works)
  }

  func text() throws -> [UInt8] { try submission.text(signedWith: key) }

  static let right = [
    "two-maps": [
      "kubectl create configmap NAME --from-literal=colour=NAME",
      "echo because it is asked > /root/why.txt",
    ], "secret-word": ["kubectl create secret generic word --from-literal=word=hush"],
  ]
}
