import ArgumentParser
import Curriculum
import KubeCluster

/// Shows that every exercise and lesson keeps its promises.
struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Show that exercises and lessons mark as they promise.",
    discussion: """
      An exercise is proven when its start state scores nothing, each of its solutions scores \
      everything, and each of its mistakes loses exactly the checks that it names.

      Examples:
        drydock prove
        drydock prove expose-web --seed 7
      """)

  @Argument(help: "Names of lessons and exercises; all when none is given.") var names: [String] =
    []
  @Option(help: "The seed of the clusters.") var seed: UInt64 = 1
  @Option(help: ArgumentHelp("The folder with Lessons and Exercises.", valueName: "folder"))
  var course: String?

  func run() throws {
    let (course, flaws) = Course.read(in: try CourseFinder.folder(course))
    for flaw in flaws { Output.write("✘ \(flaw)\n") }
    var unproven = flaws.count
    let unknown = names.filter { course.lesson($0) == nil && course.exercise($0) == nil }
    if let first = unknown.first { throw Failure(2, "there is no \"\(first)\" in the course") }
    func isWanted(_ id: String) -> Bool { names.isEmpty || names.contains(id) }
    let prover = Prover { exercise in
      ClusterScene.boot(
        Blueprint.named(exercise.cluster) ?? .kubeadm, seed: seed, start: exercise.start,
        checks: exercise.checks)
    }
    for exercise in course.exercises where isWanted(exercise.id) {
      unproven += tell("exercise \(exercise.id)", prover.failures(of: exercise))
    }
    for lesson in course.lessons where isWanted(lesson.id) {
      let failures = prover.failures(of: lesson) {
        ClusterScene.boot(
          Blueprint.named(lesson.cluster) ?? .kubeadm, seed: seed, start: lesson.start,
          checks: lesson.pages.flatMap(\.checks))
      }
      unproven += tell("lesson \(lesson.id)", failures)
    }
    if unproven > 0 { throw Failure(1, "\(unproven) not proven") }
  }

  /// 1 when there are failures, else 0.
  private func tell(_ name: String, _ failures: [String]) -> Int {
    Output.write("\(failures.isEmpty ? "✔" : "✘") \(name)\n")
    for failure in failures { Output.write("    \(failure)\n") }
    return failures.isEmpty ? 0 : 1
  }
}
