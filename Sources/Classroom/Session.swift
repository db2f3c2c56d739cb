package import Curriculum
import KubeAPIServer
package import KubeCluster
package import LearnerRecord
import Linux
package import Simulation

/// One learner's place: a cluster, what came into it, and the lesson or exercise it is for.
///
/// All doors go through here. One thread owns a session; whatever it does is journaled before it is
/// shown, so that a session can be killed at any moment and comes back by replaying its journal.
package final class Session {
  package let course: Course
  let book: Logbook
  let surroundings: Surroundings
  let seat: Seat
  /// Everything that the learner is shown.
  package var onOutput: (([UInt8], _ isError: Bool) -> Void)?

  package internal(set) var record: SessionRecord
  package internal(set) var cluster: Cluster { didSet { toldSize = nil } }
  /// The terminal's size that the cluster was told last; `stty` may have said another since.
  private var toldSize: (columns: Int, rows: Int)?
  /// The cluster as checks see it, with what it was when it was begun.
  var scene: ClusterScene
  var desk = Desk()
  /// How many conversations with Pods clients of the opened API asked for.
  package internal(set) var conversations = 0
  /// The journal's number of the running line.
  var runningEntry: Int?
  /// What a word asked for that must wait until its line has ended.
  var afterLine: (() throws(LogbookError) -> Void)?
  private var changesBefore = 0
  /// Whether the running line is a `skip`.
  private(set) var skipsRunning = false

  /// Opens the cluster that the learner was last in, or a first one.
  package init(
    book: Logbook, course: Course, surroundings: Surroundings, seat: Seat = .own
  ) throws(LogbookError) {
    self.book = book
    self.course = course
    self.surroundings = surroundings
    self.seat = seat
    let now = surroundings.realTime()
    let fresh = Session.plan(.free, blueprint: surroundings.blueprint, start: now)
    cluster = Cluster(.apiserver, seed: 0, start: Moment(seconds: 0))
    scene = ClusterScene(cluster, remembering: [])
    switch seat {
    case .reader: record = fresh
    case .guest: record = try book.begin(fresh, real: now, asGuest: true)
    case .own:
      if let current = try book.currentSession() {
        record = current
      } else {
        record = try book.begin(fresh, real: now)
      }
    }
    if seat != .reader { try restore() }
  }

  static func plan(
    _ purpose: SessionRecord.Purpose, subject: String = "", blueprint: String = "kubeadm",
    seed: UInt64 = 1, setup: String = "", start: Moment
  ) -> SessionRecord {
    SessionRecord(
      purpose: purpose, subject: subject, seed: seed, blueprint: blueprint,
      start: Moment(seconds: start.seconds), setup: setup)
  }

  package var prompt: String { cluster.shell.prompt }
  package var isRunning: Bool { cluster.shell.isRunning }

  /// The prompt with which to go on when `text` is not a whole command yet.
  package func continuation(of text: String) -> String? { cluster.shell.continuation(of: text) }

  package func completions(
    of text: String
  ) -> (wordStart: String.Index, candidates: [String]) { cluster.shell.completions(of: text) }

  /// Runs a line; drive the session until `isRunning` is false.
  package func submit(_ typed: String) throws(LogbookError) {
    let line = try isAnswer(typed) ? "\(Word.answer.rawValue) \(typed)" : typed
    if try isHeldByPause(line) {
      return show("The exam is paused: nothing is done meanwhile. `exam resume` goes on.\n")
    }
    runningEntry = try book.append(
      .line(line), at: cluster.timeline.now, to: record, real: surroundings.realTime())
    changesBefore = cluster.clientWrites
    skipsRunning = line.split(whereSeparator: \.isWhitespace).first == "skip"
    cluster.shell.start(line)
  }

  /// What was typed while a command runs.
  package func type(_ bytes: [UInt8]) throws(LogbookError) {
    try note(.input(bytes))
    cluster.shell.type(bytes)
  }

  package func endInput() throws(LogbookError) {
    try note(.endOfInput)
    cluster.shell.endInput()
  }

  package func interrupt() throws(LogbookError) {
    guard isRunning else { return }
    try note(.interrupt)
    cluster.shell.interrupt()
  }

  /// Tells programs how large the learner's terminal is.
  package func resize(columns: Int, rows: Int) throws(LogbookError) {
    if toldSize ?? cluster.shell.size != (columns, rows) {
      try note(.size(columns: columns, rows: rows))
      cluster.shell.size = (columns, rows)
    }
    toldSize = (columns, rows)
  }

  /// Lets the cluster do what is due within `span`; stops early when the running line ends, when a
  /// file waits to be edited, or after a bounded amount of work. Returns the time not used.
  package func drive(_ span: Span) throws(LogbookError) -> Span {
    let limit = cluster.timeline.now + span
    let wasRunning = isRunning
    let begun = surroundings.realTime()
    var work = 0
    repeat {
      cluster.timeline.settle()
      try answerCalls()
      if wasRunning, !isRunning {
        try finishLine()
        return limit - cluster.timeline.now
      }
      if fileToEdit != nil || serveWish != nil { return .zero }
      work += 1
      // Where it pauses changes nothing but how soon Ctrl-C is heard.
      if work > Self.workLimit || surroundings.realTime() - begun > Self.turn {
        return limit - cluster.timeline.now
      }
    } while cluster.timeline.step(until: limit)
    cluster.timeline.advance(to: limit)
    return .zero
  }

  /// So much is done before the door is heard again, about a tenth of a second's work.
  private static let workLimit = 5000
  private static let turn = Span.milliseconds(50)

  private func finishLine() throws(LogbookError) {
    guard let entry = runningEntry else { return }
    runningEntry = nil
    try book.finish(
      entry, of: record, at: cluster.timeline.now, status: cluster.shell.exitStatus,
      changed: cluster.clientWrites != changesBefore)
    if let action = afterLine {
      afterLine = nil
      try action()
    } else {
      try noticePageDone()
    }
  }

  func note(_ kind: JournalEntry.Kind) throws(LogbookError) {
    try book.append(kind, at: cluster.timeline.now, to: record, real: surroundings.realTime())
  }

  func show(_ text: String) { onOutput?(Array(text.utf8), false) }
}
