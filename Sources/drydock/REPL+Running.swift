import Classroom
import Glibc
import LearnerRecord
import Linux
import Simulation
import Terminal

extension REPL {
  /// How many times faster the cluster's clock goes while a command waits.
  private static let pace: Int64 = 10
  /// What takes longer in virtual time, with nobody to press Ctrl-C, is taken for endless.
  private static let patience = Span.hours(24)

  /// Runs one command to its end, with Ctrl-C, typed input and the learner's own editor.
  func execute(_ line: String) throws {
    try tellSize()
    try home.on { try $0.submit(line) }
    unfinished = UnfinishedLine()
    defer { if editor != nil { Screen.echo(true) } }
    clock = Environment.ticks
    var left = try home.on { try $0.drive(.zero) }
    var waited = Span.zero
    while true {
      try tellSize()
      let now = try home.on { Standing($0) }
      guard now.isRunning else { return }
      if Interrupts.take() {
        // As bash does, so that the prompt does not stand behind the terminal's "^C".
        Output.write("\n")
        try home.on { try $0.interrupt() }
      }
      if let file = now.fileToEdit {
        let edited = OutsideEditor.edit(file.contents, path: file.path)
        try home.on { try $0.finishEditing(edited) }
        clock = Environment.ticks
        left = try home.on { try $0.drive(.zero) }
        continue
      }
      if now.asksForDoor { try home.serve() }
      if editor != nil, let shell = now.shell {
        try typeInside(to: shell)
        continue
      }
      let isHurrying = left > .zero || now.isSkipping
      if now.isAwaitingInput, !screen.isInteractive {
        try home.on { try $0.endInput() }
      } else if !isHurrying, now.isAwaitingInput {
        Screen.echo(now.showsTyping)
        if Interrupts.waitForInput(milliseconds: 20) { try takeTyped() }
      } else if !isHurrying, screen.isInteractive {
        usleep(20_000)
      }
      let ticks = Environment.ticks
      let passed =
        screen.isInteractive
        ? Span(nanoseconds: (ticks - clock).nanoseconds * Self.pace) : .seconds(1)
      clock = ticks
      left = try home.on { try $0.drive($0.isSkipping ? .hours(24) : passed + left) }
      waited = waited + passed
      if !screen.isInteractive, waited > Self.patience {
        Output.complain("the command took more than a day of virtual time and was ended")
        try home.on { try $0.interrupt() }
        waited = .zero
      }
    }
  }

  private func tellSize() throws {
    guard screen.isInteractive else { return }
    let (columns, rows) = screen.size
    try home.on { try $0.resize(columns: columns, rows: rows) }
  }

  /// One line to a shell inside a conversation, edited as the workstation's are and found again
  /// among that shell's own.
  private func typeInside(to shell: any PromptingShell) throws {
    guard let editor else { return }
    let (past, idle) = (editor.past, editor.onIdle)
    defer { (editor.past, editor.onIdle) = (past, idle) }
    if let inner = LineHistory(try home.on { _ in shell.pastLines }) { editor.past = inner }
    editor.onIdle = self.idle { [home] in try home.on { $0.promptingShell === shell } }
    let event = editor.read(inPlaceOf: unfinished)
    unfinished = UnfinishedLine()
    if let failure { throw failure }
    if let news = try tick() { Output.write(news) }
    switch event {
    case .line(let line): try home.on { try $0.type(Array((line + "\n").utf8)) }
    case .interrupted: try home.on { try $0.interrupt() }
    case .end: try home.on { try $0.endInput() }
    case .givenUp: break
    }
    _ = try home.on { try $0.drive(.zero) }
  }

  /// How the running line stands.
  private struct Standing {
    var isRunning: Bool
    var isAwaitingInput: Bool
    var isSkipping: Bool
    var fileToEdit: (path: String, contents: [UInt8])?
    var asksForDoor: Bool
    var shell: (any PromptingShell)?
    var showsTyping: Bool

    init(_ session: Session) {
      isRunning = session.isRunning
      isAwaitingInput = session.isAwaitingInput
      isSkipping = session.isSkipping
      fileToEdit = session.fileToEdit
      asksForDoor = session.serveWish != nil
      shell = session.promptingShell
      showsTyping = session.showsTyping
    }
  }

  /// One line from the terminal, which its driver has edited and echoed.
  private func takeTyped() throws {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(0, &buffer, buffer.count)
    unfinished = UnfinishedLine()
    if count > 0 {
      try home.on { try $0.type(Array(buffer[..<count])) }
    } else if count == 0 {
      try home.on { try $0.endInput() }
    }
  }
}
