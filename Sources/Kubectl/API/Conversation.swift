import Documents
import KubeAPIServer
import KubeObjects
import Linux

/// A talk with a container through its kubelet: what is typed goes in, what it prints comes out.
struct Conversation {
  let call: Invocation
  var hasInput = false
  /// A terminal at both ends: Ctrl-C goes to the far one.
  var isTerminal = false
  /// Takes output instead of printing it.
  var onOutput: (([UInt8]) -> Void)?
  /// Takes errors instead of printing them.
  var onErrors: (([UInt8]) -> Void)?
  /// Shows nothing of what comes.
  var isQuiet = false

  /// Runs until the far side ends; a failure there is thrown, an exit status as such.
  func run(_ stream: any StreamConnection) async throws {
    try await call.flush()
    let surroundings = call.surroundings
    stream.onReady = { surroundings.wake() }
    var stop: (() -> Void)?
    if isTerminal {
      stream.leaveEditingToClient()
      surroundings.follow((stream as? any TerminalConnection)?.farEnd)
      let tellSize = {
        guard let size = surroundings.terminalSize else { return }
        let (width, height) = (Int64(size.columns), Int64(size.rows))
        stream.send(JSON.bytes(["Width": .int(width), "Height": .int(height)]), channel: 4)
      }
      tellSize()
      surroundings.takeSignals { signal in
        if signal == Signal.interrupt { stream.send([0x03], channel: 0) } else { tellSize() }
      }
    }
    if hasInput {
      stop = surroundings.pumpInput(beyondEnd: isTerminal) { [isTerminal] bytes in
        // In raw mode Ctrl-D is a key like others: what it ends is the far terminal's affair.
        if bytes.isEmpty, isTerminal { return stream.send([0x04], channel: 0) }
        if bytes.isEmpty { stream.closeInput(channel: 0) } else { stream.send(bytes, channel: 0) }
      }
    }
    var ending: Value?
    defer {
      stop?()
      if isTerminal {
        surroundings.takeSignals(nil)
        surroundings.follow(nil)
      }
      stream.cancel()
    }
    while true {
      for (channel, bytes) in stream.take() {
        switch channel {
        case 1 where isQuiet, 2 where isQuiet: break
        case 1:
          if let onOutput { onOutput(bytes) } else { try await surroundings.write(bytes) }
        case 2:
          if let onErrors { onErrors(bytes) } else { try await surroundings.writeError(bytes) }
        case 3: ending = try? JSON.parse(bytes)
        default: break
        }
      }
      if stream.isEnded { break }
      try await surroundings.pause()
    }
    try Self.check(ending)
  }

  /// The final Status: success, an exit status, or another failure.
  private static func check(_ status: Value?) throws {
    guard let status, status["status"]?.string != "Success" else { return }
    if status["reason"]?.string == "NonZeroExitCode" {
      let causes = status[path: "details", "causes"]?.array ?? []
      let text = causes.first { $0["reason"]?.string == "ExitCode" }?["message"]?.string ?? "1"
      throw CommandError.told(
        "command terminated with exit code \(text)", Int32(text) ?? 1)
    }
    throw CommandError.text(status["message"]?.string ?? "the connection ended")
  }
}
