import ArgumentParser
import Gradebook
import LearnerRecord

/// Everything about an instructor's pack.
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Write, prove, build, sign and install packs of exercises.",
    discussion: """
      Examples:
        drydock pack new week-3               a folder to begin with
        drydock pack lint week-3              tell every mistake
        drydock pack prove week-3             show that it marks as it promises
        drydock pack rehearse week-3          an invented class, to try marking with
        drydock pack build week-3             one file for learners
        drydock pack sign week-3-1.0.0.tar    with your own key
        drydock pack install week-3-1.0.0.tar what a learner does with it
      """,
    subcommands: [
      PackNewCommand.self, PackLintCommand.self, PackProveCommand.self,
      PackRehearseCommand.self, PackBuildCommand.self,
      PackSignCommand.self, PackVerifyCommand.self, PackInstallCommand.self,
      PackListCommand.self, PackRemoveCommand.self, PackKeyCommand.self,
    ])
}

/// What the commands about packs do alike.
enum Packs {
  static var home: DataFolder {
    get throws {
      guard let folder = DataFolder(environment: Environment.variables) else {
        throw Failure(1, "no data folder is known; set DRYDOCK_HOME")
      }
      return folder
    }
  }

  static var shelf: PackShelf { get throws { PackShelf(try home) } }

  /// Runs something of the gradebook; what is wrong ends the program with that status.
  static func attempt<Answer>(_ status: Int32 = 3, _ body: () throws -> Answer) throws -> Answer {
    do { return try body() } catch let error as PackError {
      throw Failure(status, error.description)
    } catch let error as LogbookError { throw Failure(1, error.description) }
  }

  static func archive(_ file: String) throws -> PackArchive {
    guard let bytes = Environment.contents(of: file) else {
      throw Failure(3, "cannot read \(file)")
    }
    return try attempt { try PackArchive(reading: bytes, drydock: Drydock.version) }
  }

  /// The key given, or nil when none is.
  static func publicKey(_ file: String?) throws -> InstructorPublicKey? {
    guard let file else { return nil }
    guard let bytes = Environment.contents(of: file),
      let key = InstructorPublicKey(text: String(decoding: bytes, as: UTF8.self))
    else { throw Failure(3, "\(file) is no instructor's public key; drydock pack key writes one") }
    return key
  }

  /// The secret key given, or the own one.
  static func secretKey(_ file: String?) throws -> InstructorKey {
    guard let file else { return try attempt(1) { try InstructorKey.own(in: try home.path) } }
    guard let bytes = Environment.contents(of: file),
      let key = InstructorKey(text: String(decoding: bytes, as: UTF8.self))
    else { throw Failure(3, "\(file) is no instructor's secret key") }
    return key
  }

  static func installed(_ id: String) throws -> PackShelf.Installed {
    guard let found = try shelf.find(id) else {
      throw Failure(2, "no pack \"\(id)\" is installed; drydock pack list tells those that are")
    }
    return found
  }

  static func write(_ bytes: [UInt8], to file: String) throws {
    do { try Files.write(bytes, to: file) } catch { throw Failure(1, "cannot write \(file)") }
  }
}
