import Documents
import KubeAPIServer
import Linux
import Shell
import Simulation

/// The kubelet's end of an exec or attach: bytes to and from a process, and how it ended.
final class ContainerConsole: StreamConnection, TerminalConnection {
  var onReady: (() -> Void)?
  private(set) var isEnded = false
  /// What reads what the client sends: a terminal, or plain bytes.
  let terminal: Terminal?
  let input: ConsoleInput?
  var farEnd: (any ControllingTerminal)? { isEnded ? nil : terminal }
  /// The client went away.
  var onCancel: (() -> Void)?

  private var queue: [(channel: UInt8, bytes: [UInt8])] = []
  private var queued = 0
  private var writers: [Waiter] = []
  private var leavesEditing = false
  /// So much waits for a slow client before the process has to.
  private static let capacity = 1 << 20

  init(terminal: Terminal?, input: ConsoleInput?) {
    self.terminal = terminal
    self.input = input
  }

  /// A conversation that the kubelet refused after the API server had agreed to it: WebSockets are
  /// opened before the kubelet is asked (apiserver's StreamTranslatorHandler).
  static func refused(_ reason: String) -> ContainerConsole {
    let console = ContainerConsole(terminal: nil, input: nil)
    console.finish(.failure(reason))
    return console
  }

  // MARK: the client's side

  func take() -> [(channel: UInt8, bytes: [UInt8])] {
    defer {
      queue = []
      queued = 0
      let waking = writers
      writers = []
      for waiter in waking { waiter.wake() }
    }
    return queue
  }

  func send(_ bytes: [UInt8], channel: UInt8) {
    guard !isEnded else { return }
    switch channel {
    case 0:
      if let terminal {
        sendKeys(bytes, to: terminal)
      } else {
        input?.put(bytes)
      }
    case 4:
      guard let size = try? JSON.parse(bytes), let width = size["Width"]?.int,
        let height = size["Height"]?.int
      else { return }
      terminal?.size = (Int(clamping: width), Int(clamping: height))
    default: break
    }
  }

  private func sendKeys(_ bytes: [UInt8], to terminal: Terminal) {
    guard leavesEditing else { return terminal.press(bytes) }
    switch bytes {
    case [0x03]: terminal.interrupt()
    case [0x04]: terminal.endInput()
    default: terminal.type(String(decoding: bytes, as: UTF8.self))
    }
  }

  func closeInput(channel: UInt8) {
    guard channel == 0 else { return }
    terminal?.endInput()
    input?.close()
  }

  func leaveEditingToClient() { leavesEditing = true }

  func cancel() {
    guard !isEnded else { return }
    isEnded = true
    queue = []
    wakeWriters()
    onCancel?()
    onCancel = nil
  }

  // MARK: the container's side

  /// Hands output to the client; a terminal's lines end as a terminal's do.
  func put(_ bytes: [UInt8], channel: UInt8) {
    guard !isEnded, !bytes.isEmpty else { return }
    let shown = terminal != nil && !leavesEditing ? Self.returned(bytes) : bytes
    if let last = queue.last, last.channel == channel, last.bytes.count < 4096 {
      queue[queue.count - 1].bytes += shown
    } else {
      queue.append((channel, shown))
    }
    queued += shown.count
    onReady?()
  }

  /// Waits for room; throws when the client has gone.
  func write(_ bytes: [UInt8], channel: UInt8) async throws {
    if isEnded { throw HostError.brokenPipe }
    put(bytes, channel: channel)
    while queued > Self.capacity, !isEnded {
      let process = Linux.Process.current
      let waiter = process?.waiter ?? Waiter()
      writers.append(waiter)
      defer { writers.removeAll { $0 === waiter } }
      if let process { try await process.wait() } else { try await waiter.wait() }
    }
  }

  /// Ends the conversation with a status.
  func finish(_ ending: ConsoleEnding) {
    guard !isEnded else { return }
    queue.append((3, Array(JSON.text(ending.status).utf8)))
    isEnded = true
    onCancel = nil
    wakeWriters()
    onReady?()
  }

  private func wakeWriters() {
    let waking = writers
    writers = []
    for waiter in waking { waiter.wake() }
  }

  private static func returned(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x0A) else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + 8)
    var last: UInt8 = 0
    for byte in bytes {
      if byte == 0x0A, last != 0x0D { out.append(0x0D) }
      out.append(byte)
      last = byte
    }
    return out
  }
}

/// The Status that ends a conversation.
enum ConsoleEnding {
  case exit(ExitStatus, [String])
  case failure(String)

  var status: Value {
    switch self {
    case .exit(0, _): return ["metadata": [:], "status": "Success"]
    case .exit(let code, let command):
      return [
        "metadata": [:], "status": "Failure",
        "message": .string(
          "command terminated with non-zero exit code: error executing command "
            + "[\(command.joined(separator: " "))], exit code \(code)"),
        "reason": "NonZeroExitCode",
        "details": ["causes": [["reason": "ExitCode", "message": .string("\(code)")]]],
      ]
    case .failure(let message):
      return [
        "metadata": [:], "status": "Failure",
        "message": .string("Internal error occurred: " + message), "reason": "InternalError",
        "details": ["causes": [["message": .string(message)]]], "code": 500,
      ]
    }
  }
}
