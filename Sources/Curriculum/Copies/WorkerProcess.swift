import Foundation

/// One of the processes that share work: it is asked line by line, and answers each with a line.
package enum WorkerProcess {
  /// Answers what standard input asks until it ends, or asks what has no answer.
  package static func serve(_ answer: @escaping @Sendable (_ request: String) -> [UInt8]?) {
    WorkerPool.onThreads(1) {
      while let line = readLine(strippingNewline: true) {
        guard let line = answer(line) else { return }
        FileHandle.standardOutput.write(Data(line + [0x0A]))
      }
    }
  }

  /// Asks such processes, one at a time; one that dies is replaced.
  final class Desk {
    private let command: [String]
    private var client: Client?

    init(_ command: [String]) { self.command = command }

    enum Answer {
      case line([UInt8])
      /// It ended two of them: that is not tried again, least of all in this process.
      case deadly
      /// No process can be started.
      case nobody
    }

    func ask(_ request: [UInt8]) -> Answer {
      for _ in 0..<2 {
        guard let client = client ?? (try? Client(command)) else { return .nobody }
        self.client = client
        if let line = client.ask(request) { return .line(line) }
        self.client = nil
      }
      return .deadly
    }
  }

  /// Such a process, as whoever hands out work sees it.
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
    func ask(_ request: [UInt8]) -> [UInt8]? {
      guard (try? input.fileHandleForWriting.write(contentsOf: request + [0x0A])) != nil
      else { return nil }
      while true {
        if let end = buffer.firstIndex(of: 0x0A) {
          let line = Array(buffer[..<end])
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
