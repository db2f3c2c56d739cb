import ArgumentParser
import Classroom
import Curriculum
import Gradebook
import LearnerRecord
import Terminal

/// What every command that meets the learner takes.
struct LearnerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder with Lessons and Exercises.", valueName: "folder"))
  var course: String?

  @Option(help: ArgumentHelp("Work in an installed pack.", valueName: "id")) var pack: String?

  @Flag(help: "Text only: no colours, no drawn lines; good for screen readers.")
  var plain = false

  var screen: Screen { Screen(environment: Environment.variables, plain: plain) }

  /// Where the record is: a pack has one of its own.
  var folder: DataFolder {
    get throws {
      if let pack { return try Packs.installed(pack).record }
      guard let folder = DataFolder(environment: Environment.variables) else {
        throw Failure(1, "no folder for your progress is known; set DRYDOCK_HOME")
      }
      return folder
    }
  }

  var book: Logbook {
    get throws {
      let folder = try folder
      do {
        let (book, notices) = try Logbook.open(in: folder)
        for notice in notices { Output.complain(notice) }
        return book
      } catch { throw Failure(1, error.description) }
    }
  }

  private var courseHere: Course {
    get throws {
      guard let pack else { return try CourseFinder.course(course) }
      return try CourseFinder.course(try Packs.installed(pack).course)
    }
  }

  /// What a word answers without opening anything.
  func tell(_ answer: (Session) throws -> String) throws { Output.write(try ask(answer)) }

  func ask<Answer>(_ question: (Session) throws -> Answer) throws -> Answer {
    do {
      return try question(try session(.reader))
    } catch let error as LogbookError { throw Failure(1, error.description) }
  }

  func session(_ seat: Seat, opensPorts: Bool = false) throws -> Session {
    let screen = screen
    var surroundings = Surroundings(
      realTime: { Environment.now },
      draw: { Markdown($0).drawn(width: screen.width, screen.styling) })
    surroundings.mayFork = true
    surroundings.opensPorts = opensPorts
    surroundings.drawsPictures = !plain
    do {
      return try Session(
        book: try book, course: try courseHere, surroundings: surroundings, seat: seat)
    } catch let error as LogbookError { throw Failure(1, error.description) }
  }
}
