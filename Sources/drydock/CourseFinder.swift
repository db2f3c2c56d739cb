import Curriculum
import Foundation

/// Finds the folder with Lessons and Exercises.
enum CourseFinder {
  /// The folder given, DRYDOCK_COURSE, `../share/drydock` beside the program, or the checkout that
  /// the program was built in.
  static func folder(_ given: String?) throws -> String {
    if let given = given ?? Environment.variables["DRYDOCK_COURSE"], !given.isEmpty {
      guard isCourse(given) else {
        throw Failure(2, "\(given) holds no Lessons or Exercises; give another with --course")
      }
      return given
    }
    var program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    program.deleteLastPathComponent()
    var candidates = [program.appendingPathComponent("../share/drydock").standardized.path]
    for _ in 0..<5 {
      program.deleteLastPathComponent()
      candidates.append(program.path)
    }
    candidates.append(FileManager.default.currentDirectoryPath)
    guard let found = candidates.first(where: isCourse) else {
      throw Failure(2, "no Lessons and Exercises found; tell where they are with --course FOLDER")
    }
    return found
  }

  /// The course, with a warning for every file that is not right.
  static func course(_ given: String?) throws -> Course {
    let (course, flaws) = Course.read(in: try folder(given))
    for flaw in flaws { Output.complain("\(flaw)") }
    return course
  }

  private static func isCourse(_ folder: String) -> Bool {
    ["Lessons", "Exercises"].contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
  }
}
