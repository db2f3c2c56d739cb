import ArgumentParser
import Classroom
import LearnerRecord
import Terminal

/// What every command that meets the learner takes.
struct LearnerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder with Lessons and Exercises.", valueName: "folder"))
  var course: String?

  @Flag(help: "Text only: no colours, no drawn lines; good for screen readers.")
  var plain = false

  var screen: Screen { Screen(environment: Environment.variables, plain: plain) }

  var book: Logbook {
    get throws {
      guard let folder = DataFolder(environment: Environment.variables) else {
        throw Failure(1, "no folder for your progress is known; set DRYDOCK_HOME")
      }
      do {
        let (book, notices) = try Logbook.open(in: folder)
        for notice in notices { Output.complain(notice) }
        return book
      } catch { throw Failure(1, error.description) }
    }
  }

  /// What a word answers without opening anything.
  func tell(_ answer: (Session) throws -> String) throws { Output.write(try ask(answer)) }

  func ask(_ question: (Session) throws -> String) throws -> String {
    do {
      return try question(try session(.reader))
    } catch let error as LogbookError { throw Failure(1, error.description) }
  }

  func session(_ seat: Seat) throws -> Session {
    let screen = screen
    let surroundings = Surroundings(
      realTime: { Environment.now },
      draw: { Markdown($0).drawn(width: screen.width, screen.styling) })
    do {
      return try Session(
        book: try book, course: try CourseFinder.course(course), surroundings: surroundings,
        seat: seat)
    } catch let error as LogbookError { throw Failure(1, error.description) }
  }
}
