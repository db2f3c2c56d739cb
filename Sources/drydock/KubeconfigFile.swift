import Foundation
import Glibc
import LearnerRecord

/// Where kubeconfigs of opened clusters are written.
enum KubeconfigFile {
  /// The line that points a shell's kubectl at it.
  static func export(_ file: String) -> String {
    "export KUBECONFIG='\(file.replacing("'", with: "'\\''"))'"
  }

  /// The learner's own folder, made where it is not there yet.
  static func folder() throws -> String {
    guard let folder = DataFolder(environment: Environment.variables)?.path else {
      throw Failure(1, "no folder is known; set DRYDOCK_HOME")
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch { throw Failure(1, "cannot make \(folder)") }
    return folder
  }

  /// Whole or not at all, and for the user's eyes only.
  static func write(_ text: String, to file: String) throws {
    var draft = Array("\(file).XXXXXX".utf8CString)
    let descriptor = mkstemp(&draft)
    guard descriptor >= 0 else { throw Failure(1, "cannot write \(file)") }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure(1, "cannot write \(file)") }
      rest = rest.dropFirst(count)
    }
    guard rename(draft, file) == 0 else { throw Failure(1, "cannot write \(file)") }
  }
}
