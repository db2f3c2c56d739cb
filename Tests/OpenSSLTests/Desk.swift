import Foundation
import OpenSSL
import Simulation

@testable import Linux

/// A machine with openssl, and the real openssl to compare with.
final class Desk {
  let machine: Machine
  private let timeline: Timeline

  init(seed: UInt64 = 7) {
    timeline = Timeline(now: Moment(seconds: 1_780_304_400))
    machine = Machine(hostName: "desk", timeline: timeline, seed: seed)
    machine.programs["openssl"] = OpenSSL()
    try? StandardFiles.install(program: "openssl", into: machine.files)
  }

  /// Runs a line of the shell.
  func run(_ line: String, input: String = "") -> Machine.Outcome {
    var outcome: Machine.Outcome?
    machine.run(["bash", "-c", line], directory: "/root", input: input) { outcome = $0 }
    timeline.settle()
    return outcome ?? Machine.Outcome(status: -1, output: "", errors: "never ended")
  }

  /// What the real openssl prints, given the machine's files.
  func judge(_ line: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in try machine.files.names(in: "/root") where !name.hasPrefix(".") {
      let text = machine.files.text("/root/\(name)") ?? ""
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    let process = Foundation.Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = folder
    let pipe = Foundation.Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }

  /// Whether an openssl of 3.0 is here; 3.2 shows names otherwise.
  static let hasJudge: Bool = {
    (try? Desk().judge("openssl version"))?.hasPrefix("OpenSSL 3.0") == true
  }()
}
