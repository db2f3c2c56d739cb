package import Curriculum
import Documents
import Foundation

/// The folder in which an author writes a pack, in the same form as drydock's own course.
package struct PackFolder: Sendable {
  package let path: String
  /// The texts of its files by their paths, sorted.
  private let files: [TarArchive.Entry]

  private static let tops = ["Lessons", "Exercises"]

  package static func read(_ path: String) throws(PackError) -> PackFolder {
    let manager = FileManager.default
    guard manager.fileExists(atPath: "\(path)/\(PackPlan.fileName)") else {
      throw PackError("\(path) holds no \(PackPlan.fileName); drydock pack new makes a pack")
    }
    var paths = [PackPlan.fileName]
    for top in tops {
      let found = manager.enumerator(atPath: "\(path)/\(top)")?.compactMap { $0 as? String } ?? []
      paths += found.filter { $0.hasSuffix(".md") && !$0.hasSuffix("README.md") }.map {
        "\(top)/\($0)"
      }
    }
    var files: [TarArchive.Entry] = []
    for name in paths.sorted() {
      // A link would put a file of the author's machine into the pack.
      let kind = (try? manager.attributesOfItem(atPath: "\(path)/\(name)"))?[.type]
      guard kind as? FileAttributeType == .typeRegular,
        let bytes = manager.contents(atPath: "\(path)/\(name)")
      else { throw PackError("\(path)/\(name) is no plain file that can be read") }
      files.append(TarArchive.Entry(path: name, bytes: Array(bytes)))
    }
    return PackFolder(path: path, files: files)
  }

  /// Everything in it, hidden checks included.
  package var course: (Course, [Course.Flaw]) {
    Course.read(files.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
  }

  /// What happens to the hidden checks, and to solutions that learners must not see.
  package enum Hidden: Sendable {
    case sealed(InstructorPublicKey)
    case leftOut
  }

  /// The learner's build; the same folder gives the same bytes, but for the sealed part.
  package func build(_ hidden: Hidden) throws(PackError) -> PackArchive {
    let (course, flaws) = course
    guard let plan = course.plan, flaws.isEmpty else {
      throw PackError("the pack has mistakes:\n" + flaws.map { "  \($0)" }.joined(separator: "\n"))
    }
    let inExams = Set(plan.exams.flatMap(\.tasks))
    var entries: [TarArchive.Entry] = []
    var parts: [String: String] = [:]
    for file in files {
      guard file.path.hasPrefix("Exercises/") else {
        entries.append(file)
        continue
      }
      let id = String(file.path.split(separator: "/").last?.dropLast(3) ?? "")
      let text = String(decoding: file.bytes, as: UTF8.self)
      let split = Withholding(
        of: text, keepingSolutions: plan.keepsSolutions && !inExams.contains(id))
      try Self.check(split, of: course.exercise(id), id)
      if !split.kept.isEmpty { parts[file.path] = split.kept }
      entries.append(.init(path: file.path, bytes: Array(split.learner.utf8)))
    }
    if case .sealed(let key) = hidden, !parts.isEmpty {
      entries.append(.init(path: Sealing.fileName, bytes: try Sealing.seal(parts, to: key)))
    }
    do { return try PackArchive(TarArchive(entries)) } catch let error as PackError {
      throw error
    } catch { throw PackError("\(error)") }
  }

  /// That the learner's part can be read, shows nothing hidden, and gives back the whole.
  private static func check(
    _ split: Withholding, of exercise: Exercise?, _ id: String
  ) throws(PackError) {
    guard let exercise else { return }
    let (open, flaws) = Exercise.read(split.learner, id: id)
    let expected = exercise.checks.map(\.id).filter { !exercise.sealed.contains($0) }
    let (whole, _) = Exercise.read(Withholding.rejoin(split.learner, split.kept), id: id)
    guard flaws.isEmpty, open.sealed.isEmpty, open.mistakes.isEmpty,
      open.checks.map(\.id) == expected, whole.checks.map(\.id) == exercise.checks.map(\.id)
    else {
      throw PackError(
        "the hidden fields of \(id) cannot be told from the others; "
          + "write sealed, mistakes and solutions as fields of their own, beginning at the margin")
    }
  }
}
