import ArgumentParser
import Curriculum
import Dispatch
import Foundation
import Synchronization

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

  func run() throws {
    let folder = try CourseFinder.folder(course)
    let (course, flaws) = Course.read(in: folder)
    for flaw in flaws { Output.write("✘ \(flaw)\n") }
    let wanted = try wantedNames(in: course)
    let claims = Claim.all(of: course, variants: variants, seed: seed) {
      wanted.isEmpty || wanted.contains($0)
    }
    let unproven = flaws.count + Self.prove(claims, jobs: jobs)
    if unproven > 0 { throw Failure(1, "\(unproven) not proven") }
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

  /// Proves claims on several threads, each with clusters of its own; prints in the order given.
  /// Returns how many do not hold.
  private static func prove(_ claims: [Claim], jobs: Int?) -> Int {
    let board = Mutex(Board(waiting: claims.count))
    let workers = max(1, min(jobs ?? ProcessInfo.processInfo.activeProcessorCount, 64))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while let index = board.withLock({ $0.take() }) {
        let failures = claims[index].failures
        board.withLock { board in
          for (done, failures) in board.put(failures, at: index) {
            Output.write("\(failures.isEmpty ? "✔" : "✘") \(claims[done])\n")
            for failure in failures { Output.write("    \(failure)\n") }
          }
        }
      }
    }
    return board.withLock { $0.failed }
  }

  /// What is proven and what waits, in the order of the course.
  private struct Board {
    private var next = 0
    private var told = 0
    private var found: [[String]?]
    private(set) var failed = 0

    init(waiting count: Int) { found = Array(repeating: nil, count: count) }

    mutating func take() -> Int? {
      guard next < found.count else { return nil }
      next += 1
      return next - 1
    }

    /// Returns what may be told now.
    mutating func put(_ failures: [String], at index: Int) -> [(Int, [String])] {
      found[index] = failures
      if !failures.isEmpty { failed += 1 }
      var news: [(Int, [String])] = []
      while told < found.count, let failures = found[told] {
        news.append((told, failures))
        told += 1
      }
      return news
    }
  }
}
