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

  /// Such a process, as whoever hands out files sees it.
  final class Client {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer: [UInt8] = []

    /// `command` is a program and its arguments; they make it call `serve`.
    init(_ command: [String]) throws {
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
