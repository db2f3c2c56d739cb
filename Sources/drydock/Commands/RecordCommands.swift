import ArgumentParser
import Documents
import Foundation
import LearnerRecord

/// Writes the learner's record to a file.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write your record to a file, to take it elsewhere.",
    discussion: "Example:\n  drydock export record.json")

  @Argument(help: "The file; standard output when not given.") var file: String?
  @OptionGroup var learner: LearnerOptions

  func run() throws {
    let text: String
    do { text = JSON.text(try learner.book.exported()) + "\n" } catch let error as LogbookError {
      throw Failure(1, error.description)
    }
    guard let file else { return Output.write(text) }
    do { try Data(text.utf8).write(to: URL(filePath: file), options: .atomic) } catch {
      throw Failure(1, "cannot write \(file)")
    }
  }
}

/// Merges an exported record into the learner's.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Merge a record from elsewhere into yours; nothing is lost.",
    discussion: "Example:\n  drydock import record.json")

  @Argument(help: "A file made by drydock export.") var file: String
  @OptionGroup var learner: LearnerOptions

  func run() throws {
    guard let bytes = Environment.contents(of: file) else {
      throw Failure(3, "cannot read \(file)")
    }
    guard let document = try? JSON.parse(bytes) else {
      throw Failure(3, "\(file) is no exported record; make one with: drydock export FILE")
    }
    do {
      let count = try learner.book.merge(document)
      Output.write("\(count) entries were new.\n")
    } catch let error as LogbookError { throw Failure(3, error.description) }
  }
}
