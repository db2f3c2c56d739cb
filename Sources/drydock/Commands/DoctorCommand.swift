import ArgumentParser
import Curriculum
import LearnerRecord
import Terminal

/// Looks whether everything that drydock needs is there.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "See whether drydock finds all that it needs.")

  @Flag(help: "List the competencies of the curricula, and how many exercises each has.")
  var competencies = false
  @OptionGroup var learner: LearnerOptions

  func run() throws {
    if competencies { return try listCompetencies() }
    var isWell = true
    func tell(_ isRight: Bool, _ text: String) {
      isWell = isWell && isRight
      Output.tell("\(isRight ? "ok  " : "BAD ") \(text)\n")
    }
    tell(true, Drydock.configuration.version)
    do {
      let folder = try CourseFinder.folder(learner.course)
      let (course, flaws) = Course.read(in: folder)
      tell(
        flaws.isEmpty,
        "\(course.lessons.count) lessons, \(course.exercises.count) exercises and "
          + "\(course.banks.reduce(0) { $0 + $1.questions.count }) questions in \(folder)")
      for flaw in flaws { Output.tell("     \(flaw)\n") }
    } catch let failure as Failure { tell(false, failure.message) }
    if let folder = DataFolder(environment: Environment.variables) {
      do {
        let (_, notices) = try Logbook.open(in: folder)
        tell(notices.isEmpty, notices.first ?? "your record is in \(folder.path)")
      } catch { tell(false, error.description) }
    } else {
      tell(false, "no folder for your progress is known; set DRYDOCK_HOME")
    }
    let screen = learner.screen
    tell(true, "terminal: \(screen.isInteractive ? "yes" : "no"), \(screen.width) columns")
    if !isWell { throw Failure(1) }
  }

  private func listCompetencies() throws {
    let course = try CourseFinder.course(learner.course)
    var counts: [String: Int] = [:]
    for id in course.exercises.flatMap(\.competencies) { counts[id, default: 0] += 1 }
    for id in course.banks.flatMap(\.questions).map(\.competency) { counts[id, default: 0] += 1 }
    for certification in Certifications.all {
      for domain in certification.domains {
        Output.tell("\(domain.id)  \(domain.title), \(domain.weight) %\n")
        for competency in domain.competencies {
          Output.tell("  \(competency.id) (\(counts[competency.id] ?? 0))  \(competency.title)\n")
        }
      }
    }
  }
}
