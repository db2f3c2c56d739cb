import Classroom
import Glibc
import LearnerRecord
import Simulation
import Terminal

/// A person at a terminal, or lines from a pipe, and the session behind them.
final class REPL {
  let home: SessionHome
  let screen: Screen
  /// Held while this is the drydock that the learner comes back to.
  private let presence: Presence?
  /// A line that is run before the first one typed.
  private let first: String?
  /// nil where nobody types.
  private(set) var editor: LineEditor?
  /// When the cluster was last given the time that passed for the person.
  var clock = Environment.ticks
  /// What the terminal's last line shows already, a program's prompt perhaps.
  var unfinished = UnfinishedLine()
  /// What went wrong while a line was typed.
  private(set) var failure: (any Error)?

  init(_ learner: LearnerOptions, first: String?, cluster: String? = nil) throws {
    self.first = first
    screen = learner.screen
    presence = (try? learner.folder).flatMap { Presence(in: $0) }
    let session = try learner.session(
      presence == nil ? .guest : .own, opensPorts: screen.isInteractive)
    home = SessionHome(session)
    session.onOutput = { [weak self] bytes, isError in
      Output.write(bytes, toError: isError)
      self?.unfinished.take(bytes)
    }
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
    self.editor = editor
    if let past = LineHistory(try home.on { try $0.pastLines() }) { editor.past = past }
    if presence == nil {
      Output.complain("another drydock is open; this one has a cluster of its own")
    }
    Output.write(try home.on { try $0.greeting() })
    if let first {
      try execute(first)
    }
    clock = Environment.ticks
    editor.completer = { [unowned self] line, cursor in complete(line, cursor) }
    editor.onIdle = idle { true }
    while let line = try readCommand(editor) {
      if let failure { throw failure }
      if let news = try tick() { Output.write(news) }
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      editor.past.remember(line)
      try home.on { try $0.remember(line) }
      if ["exit", "logout"].contains(line.trimmed) { break }
      try execute(line)
      if let news = try home.follow() { Output.write(news) }
      if try home.on({ $0.hasExited }) { break }
      clock = Environment.ticks
    }
  }

  /// Lets the cluster live while the learner thinks; returns what it says.
  func tick() throws -> String? {
    let now = Environment.ticks
    let span = now - clock
    clock = now
    let size = screen.size
    let (news, countdown) = try home.on { session in
      var news: [UInt8] = []
      let show = session.onOutput
      session.onOutput = { bytes, _ in news += bytes }
      defer { session.onOutput = show }
      try session.resize(columns: size.columns, rows: size.rows)
      _ = try session.drive(span)
      if let alert = try session.examNews() { news += Array(alert.utf8) }
      return (news, session.countdown)
    }
    editor?.rightPrompt = screen.styling == .plain ? "" : countdown ?? ""
    return news.isEmpty ? nil : String(decoding: news, as: UTF8.self)
  }

  /// What an editor does while no key is pressed, as long as somebody waits for its line.
  func idle(while isWanted: @escaping () throws -> Bool) -> () -> String? {
    { [unowned self] in
      do {
        let news = try tick()
        if try !isWanted() { editor?.giveUp() }
        return news
      } catch {
        failure = error
        return nil
      }
    }
  }

  /// A whole command, continued over several lines where it must be; nil at the end.
  private func readCommand(_ editor: LineEditor) throws -> String? {
    var text = ""
    var prompt = try Prompt(marked: home.on { $0.prompt }, screen.styling)
    while true {
      switch editor.read(prompt) {
      case .interrupted, .givenUp:
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
