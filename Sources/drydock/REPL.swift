import Classroom
import Glibc
import LearnerRecord
import Simulation
import Terminal

/// A person at a terminal, or lines from a pipe, and the session behind them.
struct REPL {
  private let home: SessionHome
  private let screen: Screen
  /// Held while this is the drydock that the learner comes back to.
  private let presence: Presence?
  /// A line that is run before the first one typed.
  private let first: String?
  /// How many times faster the cluster's clock goes while a command waits.
  private static let pace: Int64 = 10
  /// What takes longer in virtual time, with nobody to press Ctrl-C, is taken for endless.
  private static let patience = Span.hours(24)

  init(_ learner: LearnerOptions, first: String?, cluster: String? = nil) throws {
    self.first = first
    screen = learner.screen
    presence = (try? learner.folder).flatMap { Presence(in: $0) }
    let session = try learner.session(
      presence == nil ? .guest : .own, opensPorts: screen.isInteractive)
    home = SessionHome(session)
    session.onOutput = { bytes, isError in Output.write(bytes, toError: isError) }
    if let cluster {
      do { try session.open(blueprint: cluster) } catch { throw Failure(1, "\(error)") }
    }
  }

  func run() throws {
    do {
      if screen.isInteractive {
        try converse()
      } else {
        try runInput()
      }
    } catch let error as LogbookError { throw Failure(1, error.description) }
  }

  private func converse() throws {
    guard let editor = LineEditor(program: "drydock") else {
      throw Failure(1, "this terminal cannot be used; try: drydock shell")
    }
    editor.recall(try home.on { try $0.pastLines() })
    if presence == nil {
      Output.complain("another drydock is open; this one has a cluster of its own")
    }
    Output.write(try home.on { try $0.greeting() })
    if let first {
      try execute(first)
    }
    var clock = Environment.ticks
    /// Lets the cluster live while the learner thinks.
    func tick() throws -> String? {
      let now = Environment.ticks
      let span = now - clock
      clock = now
      let (news, countdown) = try home.on { session in
        var news: [UInt8] = []
        let show = session.onOutput
        session.onOutput = { bytes, _ in news += bytes }
        defer { session.onOutput = show }
        _ = try session.drive(span)
        if let alert = try session.examNews() { news += Array(alert.utf8) }
        return (news, session.countdown)
      }
      editor.rightPrompt = screen.styling == .plain ? "" : countdown ?? ""
      return news.isEmpty ? nil : String(decoding: news, as: UTF8.self)
    }
    var failure: (any Error)?
    editor.onIdle = {
      do { return try tick() } catch {
        failure = error
        return nil
      }
    }
    editor.completer = { line, cursor in complete(line, cursor) }
    while let line = try readCommand(editor) {
      if let failure { throw failure }
      if let news = try tick() { Output.write(news) }
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      editor.remember(line)
      try home.on { try $0.remember(line) }
      if ["exit", "logout"].contains(line.trimmed) { break }
      try execute(line)
      if let news = try home.follow() { Output.write(news) }
      if try home.on({ $0.hasExited }) { break }
      clock = Environment.ticks
    }
  }

  /// A whole command, continued over several lines where it must be; nil at the end.
  private func readCommand(_ editor: LineEditor) throws -> String? {
    var text = ""
    var prompt = try Prompt(marked: home.on { $0.prompt }, screen.styling)
    while true {
      switch editor.read(prompt) {
      case .interrupted:
        text = ""
        prompt = try Prompt(marked: home.on { $0.prompt }, screen.styling)
      case .end:
        if text.isEmpty {
          Output.write("exit\n")
          return nil
        }
        Output.write("\n")
        return text
      case .line(let line):
        text += line
        guard let more = try home.on({ $0.continuation(of: text) }) else { return text }
        text += "\n"
        prompt = Prompt(marked: more, screen.styling)
      }
    }
  }

  /// Runs one command to its end, with Ctrl-C, typed input and the learner's own editor.
  private func execute(_ line: String) throws {
    try home.on { try $0.submit(line) }
    var clock = Environment.ticks
    var left = try home.on { try $0.drive(.zero) }
    var waited = Span.zero
    while true {
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
      let isHurrying = left > .zero || now.isSkipping
      if now.isAwaitingInput, !screen.isInteractive {
        try home.on { try $0.endInput() }
      } else if !isHurrying, now.isAwaitingInput {
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

  /// How the running line stands.
  private struct Standing {
    var isRunning: Bool
    var isAwaitingInput: Bool
    var isSkipping: Bool
    var fileToEdit: (path: String, contents: [UInt8])?
    var asksForDoor: Bool

    init(_ session: Session) {
      isRunning = session.isRunning
      isAwaitingInput = session.isAwaitingInput
      isSkipping = session.isSkipping
      fileToEdit = session.fileToEdit
      asksForDoor = session.serveWish != nil
    }
  }

  /// One line from the terminal, which its driver has edited and echoed.
  private func takeTyped() throws {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(0, &buffer, buffer.count)
    if count > 0 {
      try home.on { try $0.type(Array(buffer[..<count])) }
    } else if count == 0 {
      try home.on { try $0.endInput() }
    }
  }

  /// Lines from a pipe: no prompt, and no waiting for a clock.
  private func runInput() throws {
    if let first { try execute(first) }
    var text = ""
    while let line = readLine(strippingNewline: false) {
      text += line
      let command = text.hasSuffix("\n") ? String(text.dropLast()) : text
      if try home.on({ $0.continuation(of: command) }) != nil { continue }
      text = ""
      guard command.contains(where: { !$0.isWhitespace }) else { continue }
      if ["exit", "logout"].contains(command.trimmed) { return }
      try execute(command)
    }
    if !text.isEmpty { try execute(text) }
    let status = try home.on { $0.exitStatus }
    if status != 0 { throw Failure(status) }
  }

  private func complete(_ line: String, _ cursor: Int) -> Completion {
    let typed = String(decoding: line.utf8.prefix(cursor), as: UTF8.self)
    guard let (start, candidates) = try? home.on({ $0.completions(of: typed) }) else {
      return Completion(word: "", candidates: [], suffix: "")
    }
    // The candidates bring the blank that follows them.
    return Completion(word: String(typed[start...]), candidates: candidates, suffix: "")
  }
}

extension String {
  fileprivate var trimmed: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
