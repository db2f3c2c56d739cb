import Foundation

/// One of the processes that mark: it is told files line by line, and answers with their records.
package enum MarkingWorker {
  private struct Request: Codable {
    var name: String
    var path: String
  }

  /// Marks what `standardInput` names until it ends.
  package static func serve(_ pack: PackSource) {
    let marker = Marker(pack, copies: ClusterCopies())
    Workers.run(1) {
      while let line = readLine(strippingNewline: true) {
        guard let request = Coding.decode(Request.self, Array(line.utf8)) else { return }
        let record = MarkingRun.line(marker, (request.name, request.path))
        FileHandle.standardOutput.write(Data(record))
      }
    }
  }

  /// Hands out files to such processes, one at a time; one that dies is replaced.
  final class Desk {
    private let command: [String]
    private var client: Client?

    init(_ command: [String]) { self.command = command }

    /// nil when no process can be started. What ends two of them is not tried again, least of all
    /// in this one.
    func line(_ file: (name: String, path: String)) -> [UInt8]? {
      for _ in 0..<2 {
        guard let client = client ?? (try? Client(command)) else { return nil }
        self.client = client
        if let line = client.line(file) { return line }
        self.client = nil
      }
      return MarkRecord(file: file.name, refusal: "marking it ended the program").line
    }
  }

  /// Such a process, as whoever hands out files sees it.
  private final class Client {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer: [UInt8] = []

    /// `command` is a program and its arguments; they make it call `serve`.
    init(_ command: [String]) throws {
      // Writing to one that has died is told by an error, not by a signal that ends the run.
      signal(SIGPIPE, SIG_IGN)
      process.executableURL = URL(filePath: command.first ?? "")
      process.arguments = Array(command.dropFirst())
      process.standardInput = input
      process.standardOutput = output
      try process.run()
    }

    deinit {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }

    /// nil when it is gone.
    func line(_ file: (name: String, path: String)) -> [UInt8]? {
      guard let request = try? Coding.encoder.encode(Request(name: file.name, path: file.path)),
        (try? input.fileHandleForWriting.write(contentsOf: request + [0x0A])) != nil
      else { return nil }
      while true {
        if let end = buffer.firstIndex(of: 0x0A) {
          let line = Array(buffer[...end])
          buffer.removeFirst(end + 1)
          return line
        }
        let part = output.fileHandleForReading.availableData
        if part.isEmpty { return nil }
        buffer += part
      }
    }
  }
}
