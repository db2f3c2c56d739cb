import ArgumentParser
import Classroom
import Curriculum
import KubeCluster
import Terminal

/// Marks files, or a script, as an answer to an exercise.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Mark files as an answer to an exercise, on a fresh cluster.",
    discussion: """
      The files are applied to the exercise's start state, in order. Exit status 0 means full \
      marks, 1 fewer, 2 wrong usage, 3 files that cannot be read or applied.

      Examples:
        drydock check expose-web -f service.yaml
        drydock check expose-web --script answer.sh
      """)

  @Argument(help: "The exercise's name.") var exercise: String
  @Option(
    name: [.customShort("f"), .customLong("filename")], parsing: .singleValue,
    help: ArgumentHelp("A manifest to apply; may be given again.", valueName: "file"))
  var files: [String] = []
  @Option(help: ArgumentHelp("A shell script to run after the files.", valueName: "file"))
  var script: String?
  @Option(help: "The cluster's seed.") var seed: UInt64 = 1
  @OptionGroup var learner: LearnerOptions

  func run() throws {
    let course = try CourseFinder.course(learner.course)
    guard let exercise = course.exercise(exercise) else {
      throw Failure(
        2, "there is no exercise \"\(exercise)\"; drydock practice lists them")
    }
    if files.isEmpty, script == nil {
      throw Failure(2, "nothing to mark: give files with -f, or a script with --script")
    }
    var answers: [String] = []
    for file in files {
      answers.append(StartState([.manifest(try text(of: file))]).script)
    }
    if let script { answers.append(try text(of: script)) }
    let blueprint = Blueprint.named(exercise.cluster) ?? .kubeadm
    let scene = ClusterScene.begin(
      exercise.start, in: Cluster(blueprint, seed: seed), checks: exercise.checks)
    var isDamaged = false
    for (index, answer) in answers.enumerated() {
      let output = scene.run(answer)
      if output.status != 0, index < files.count {
        isDamaged = true
        Output.write("\(files[index]): \(output.errors)", toError: true)
      }
    }
    let marking = Marking(exercise.checks, in: scene)
    let screen = learner.screen
    let text =
      Session.lines(marking) + "\n**\(marking.points) of \(marking.total) points.**\n"
    screen.write(Markdown(text).drawn(width: screen.width, screen.styling))
    if !marking.isFull { throw Failure(isDamaged ? 3 : 1) }
  }

  private func text(of file: String) throws -> String {
    guard let bytes = Environment.contents(of: file) else {
      throw Failure(3, "cannot read \(file)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
