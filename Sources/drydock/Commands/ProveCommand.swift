import ArgumentParser
import Curriculum
import Foundation

/// Shows that every exercise and lesson keeps its promises.
struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Show that exercises and lessons mark as they promise.",
    discussion: """
      An exercise is proven when its start state scores nothing, each of its solutions scores \
      everything in the time given, and each of its mistakes loses exactly the checks that it \
      names; an exercise with parameters, when that holds for several variants.

      Examples:
        drydock prove
        drydock prove expose-web --seed 7
        drydock prove Exercises/services Lessons/services.md
      """)

  @Argument(
    help: "Names, files or folders of lessons and exercises; all when none is given.")
  var names: [String] = []
  @Option(help: "The seed of the clusters.") var seed: UInt64 = 1
  @Option(help: "How many variants of each exercise with parameters.") var variants = 3
  @Option(help: "How many are proven at once; the number of processors when not given.")
  var jobs: Int?
  @Option(help: ArgumentHelp("The folder with Lessons and Exercises.", valueName: "folder"))
  var course: String?
  /// One of the processes of another `prove`.
  @Flag(help: .hidden) var work = false

  func run() throws {
    let folder = try CourseFinder.folder(course)
    let (course, flaws) = Course.read(in: folder)
    let wanted = try wantedNames(in: course)
    let claims = Claim.all(of: course, variants: variants, seed: seed) {
      wanted.isEmpty || wanted.contains($0)
    }
    if work { return Claim.serve(claims) }
    for flaw in flaws { Output.tell("✘ \(flaw)\n") }
    let failed = Claim.prove(
      claims, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, worker: worker(folder)
    ) { claim, failures in
      Output.tell("\(failures.isEmpty ? "✔" : "✘") \(claim)\n")
      for failure in failures { Output.tell("    \(failure)\n") }
    }
    let unproven = flaws.count + failed
    if unproven > 0 { throw Failure(1, "\(unproven) not proven") }
  }

  /// What makes another of this program prove for this one.
  private func worker(_ folder: String) -> [String] {
    guard let own = Bundle.main.executablePath else { return [] }
    return [own, "prove", "--work", "--course", folder, "--seed", "\(seed)"]
      + ["--variants", "\(variants)"] + names
  }

  /// The names meant by the arguments; a file or folder stands for what is in it.
  private func wantedNames(in course: Course) throws -> Set<String> {
    var found: Set<String> = []
    for name in names {
      var inside = [name]
      if FileManager.default.fileExists(atPath: name) {
        inside += FileManager.default.enumerator(atPath: name)?.compactMap { $0 as? String } ?? []
      }
      let ids = inside.map {
        let last = $0.split(separator: "/").last.map(String.init) ?? ""
        return last.hasSuffix(".md") ? String(last.dropLast(3)) : last
      }.filter { course.lesson($0) != nil || course.exercise($0) != nil }
      if ids.isEmpty { throw Failure(2, "there is no \"\(name)\" in the course") }
      found.formUnion(ids)
    }
    return found
  }
}
