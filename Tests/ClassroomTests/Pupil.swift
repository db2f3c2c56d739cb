import Classroom
import Curriculum
import Foundation
import LearnerRecord
import Simulation

/// A learner for tests: a folder, a small course, a clock that only moves when told.
final class Pupil {
  private let folder: String
  private(set) var session: Session
  var wall = Moment(seconds: 1_790_000_000)
  private var shown = ""

  private static func surroundings(
    _ blueprint: String, opensPorts: Bool = false, _ clock: @escaping () -> Moment
  ) -> Surroundings {
    var surroundings = Surroundings(realTime: clock, draw: { $0 })
    surroundings.blueprint = blueprint
    surroundings.opensPorts = opensPorts
    return surroundings
  }

  private let blueprint: String

  init(
    _ blueprint: String = "apiserver", opensPorts: Bool = false, adding more: [String: String] = [:]
  ) throws {
    self.blueprint = blueprint
    folder = FileManager.default.temporaryDirectory.path + "/drydock-\(UUID().uuidString)"
    for (name, text) in Self.files.merging(more, uniquingKeysWith: { $1 }) {
      let url = URL(filePath: "\(folder)/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    var clock: () -> Moment = { Moment(seconds: 0) }
    let surroundings = Self.surroundings(blueprint, opensPorts: opensPorts) { clock() }
    session = try Self.open(folder, .own, surroundings)
    clock = { [unowned self] in wall }
    listen()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static func open(
    _ folder: String, _ seat: Seat, _ surroundings: Surroundings
  ) throws -> Session {
    let (course, flaws) = Course.read(in: folder)
    if let flaw = flaws.first { throw LogbookError("\(flaw)") }
    let book = try Logbook.open(in: DataFolder(path: folder + "/record")).0
    return try Session(
      book: book, course: course, surroundings: surroundings, seat: seat)
  }

  private func listen() {
    session.onOutput = { [unowned self] bytes, _ in
      shown += String(decoding: bytes, as: UTF8.self)
    }
  }

  /// As after a kill: a new program on the same record.
  func comeBack() throws {
    session = try Self.open(folder, .own, Self.surroundings(blueprint) { [unowned self] in wall })
    listen()
  }

  /// Another drydock on the same record, opened beside this one.
  func neighbour() throws -> Session {
    try Self.open(folder, .guest, Self.surroundings(blueprint) { [unowned self] in wall })
  }

  var book: Logbook {
    get throws { try Logbook.open(in: DataFolder(path: folder + "/record")).0 }
  }

  /// Types a line and waits for its end; returns what was shown.
  @discardableResult
  func say(_ line: String) throws -> String {
    shown = ""
    try session.submit(line)
    var rounds = 0
    _ = try session.drive(.zero)
    while session.isRunning, rounds < 2000 {
      _ = try session.drive(.seconds(1))
      rounds += 1
    }
    return shown
  }

  static let files = [
    "Lessons/first.md": """
    ---
    title: First steps
    topic: basics
    order: 1
    cluster: apiserver
    ---
    Welcome.

    ## A map
    Make a ConfigMap `map`.

    ```check
    - say: The ConfigMap map is there
      object: configmap/map
    ```
    ```do
    kubectl create configmap map
    ```

    ## A question
    ```quiz
    ask: What is two and two?
    options:
    - {text: four, right: true, because: Count.}
    - {text: five, because: Too many.}
    ```
    ```card
    ask: Make a ConfigMap `again`.
    checks:
    - {say: It is there, object: configmap/again}
    do: kubectl create configmap again
    ```
    """,
    "Exercises/basics/two-maps.md": """
    ---
    title: Two maps
    topic: basics
    competencies: [cka.workloads.configuration, ckad.environment.configmaps]
    minutes: 5
    cluster: apiserver
    parameters:
      name: [red, blue, green]
    start:
    - run: kubectl create configmap given
    checks:
    - {id: one, say: "The ConfigMap {{name}} is there", object: "configmap/{{name}}"}
    - id: colour
      say: It knows its colour
      points: 2
      needs: one
      object: configmap/{{name}}
      where: {data: {colour: "{{name}}"}}
    - {id: given, say: The given one is kept, unchanged: configmap/given}
    solutions:
    - {name: one, run: "kubectl create configmap {{name}} --from-literal=colour={{name}}"}
    mistakes:
    - {name: empty, run: "kubectl create configmap {{name}}", loses: [colour]}
    docs: [ConfigMaps]
    ---
    Make a ConfigMap `{{name}}` with `colour`.

    ## Hints
    1. [one] There is none yet.
    2. [colour] It has no colour.
    3. Plainly.

    ## Explanation
    That is all.
    """,
    "Exercises/bank.md": """
    ---
    title: Questions
    questions:
    - ask: One?
      competency: kcna.fundamentals.concepts
      options: [{text: a, right: true, because: It is.}, {text: b, because: It is not.}]
    - ask: Two?
      competency: kcna.delivery.debugging
      options: [{text: a, because: Not so.}, {text: b, right: true, because: So it is.}]
      docs: Pods
    ---
    """,
  ]
}
