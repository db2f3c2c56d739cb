import Curriculum
import Documents
import Etcd
import KubeAPIServer
package import KubeCluster
package import LearnerRecord
import Linux
import Simulation

extension Session {
  /// Makes the cluster of the record anew from its seed, start state and journal.
  func restore() throws(LogbookError) {
    let journal = try book.journal(of: record)
    var replay = Replay(beginning: record)
    scene = ClusterScene(replay.cluster, remembering: checksHere.flatMap(\.remembered))
    replay.play(JournalEntry.effective(journal))
    cluster = replay.cluster
    desk = replay.desk
    cluster.shell.onOutput = { [weak self] channel, bytes in
      self?.onOutput?(bytes, channel == .errors)
    }
    conversations = replay.clients.count
    try replay.clients.dismiss(in: cluster) { act throws(LogbookError) in try keep(act) }
    // Killed while a command ran: the command is ended, as a closed terminal ends it.
    if cluster.shell.isRunning, let last = replay.runningEntry {
      try note(.hangUp)
      cluster.shell.hangUp(cluster.timeline.settle)
      try book.finish(
        last, of: record, at: cluster.timeline.now, status: cluster.shell.exitStatus,
        changed: true)
    }
  }

  /// All that may be asked of this cluster.
  private var checksHere: [PlannedCheck] {
    switch record.purpose {
    case .free, .exam: []
    case .lesson: course.lesson(record.subject)?.pages.flatMap(\.checks) ?? []
    case .card: drillHere?.checks ?? []
    case .exercise: currentExercise?.checks ?? []
    }
  }

  /// Marks a copy of the cluster as it is now: checks break things to see whether they survive.
  func marking(_ checks: [PlannedCheck]) throws(LogbookError) -> Marking {
    // Replaying costs a boot and all that was ever typed, a fork some milliseconds.
    if surroundings.mayFork, let found = Fork.run({ markingHere(checks) }) { return found }
    let journal = try book.journal(of: record)
    // The line that asks to be marked is still running and is not part of what is marked.
    let done = JournalEntry.effective(journal).prefix { $0.ordinal != runningEntry }
    return Marking(
      checks,
      in: Replay.scene(
        of: record, playing: Array(done), checks: checks, until: cluster.timeline.now))
  }

  /// Marks the cluster itself, in a copy of this process.
  private func markingHere(_ checks: [PlannedCheck]) -> Marking {
    cluster.shell.onOutput = nil
    cluster.shell.hangUp(cluster.timeline.settle)
    return Marking(checks, in: scene)
  }
}

/// A cluster being made again from what came into it.
package struct Replay {
  package let cluster: Cluster
  let desk = Desk()
  /// Who is told of each line before it begins.
  private var film: Film?
  /// How many more things may happen before the replay gives up; nil for as many as there are.
  private var allowance: Int?
  /// Whether the journal asked for more than was allowed, so that not all of it was played.
  package private(set) var isExhausted = false
  fileprivate var clients = ClientReplay()
  /// The line that had not ended when the journal did.
  private(set) var runningEntry: Int?

  /// A cluster as a record's begins, before its start state.
  package static func berth(for record: SessionRecord) -> Cluster {
    let blueprint = Blueprint.named(record.blueprint) ?? .kubeadm
    return Cluster(blueprint, seed: record.seed, start: record.start)
  }

  /// Brings a cluster into its start state: one of its own, or a berth that nobody used.
  package init(beginning record: SessionRecord, in berth: Cluster? = nil) {
    cluster = berth ?? Self.berth(for: record)
    cluster.workstation.editor = desk
    for word in Word.allCases {
      if record.purpose != .exam, word.isProgram { continue }
      cluster.shell.add(ClassroomWord(name: word.rawValue, desk: desk))
    }
    if record.purpose != .exam { Session.install(on: cluster) }
    if !record.setup.isEmpty {
      _ = cluster.workstation.asScript {
        cluster.shell.run(record.setup, limit: StartState.patience)
      }
    }
    cluster.shell.isTerminal = true
  }

  /// A copy of a cluster as its journal leaves it, to be marked, and what it was when it was begun.
  static func scene(
    of record: SessionRecord, playing entries: [JournalEntry], checks: [PlannedCheck],
    until moment: Moment? = nil, watching film: Film? = nil
  ) -> ClusterScene {
    var replay = Replay(beginning: record)
    replay.film = film
    if let film { replay.cluster.shell.onOutput = { _, bytes in film.output(bytes) } }
    defer { replay.cluster.shell.onOutput = nil }
    let scene = ClusterScene(replay.cluster, remembering: checks.flatMap(\.remembered))
    replay.play(entries)
    replay.cluster.shell.hangUp { replay.settle() }
    if let moment { replay.cluster.timeline.advance(to: moment) }
    return scene
  }

  /// Plays a journal from outside: what it may cost is bounded, by counted work and not by a
  /// clock, so that it ends alike on every machine.
  package mutating func play(_ entries: [JournalEntry], within limits: ReplayLimits) {
    allowance = limits.events
    cluster.timeline.stepsLeft = limits.steps
    cluster.server.etcd.space.ceiling = limits.storage
    play(entries)
    cluster.shell.hangUp { settle() }
    if cluster.timeline.stepsLeft == 0 { isExhausted = true }
    // What is asked of it afterwards is not the learner's.
    cluster.timeline.stepsLeft = nil
  }

  mutating func play(_ entries: [JournalEntry]) {
    var finished: Moment?
    for entry in entries {
      if cluster.timeline.stepsLeft == 0 { isExhausted = true }
      if isExhausted { return }
      if case .line(let line) = entry.kind {
        end(at: finished)
        finished = entry.finished
        runningEntry = entry.ordinal
        advance(to: entry.moment)
        film?.line(line, at: entry.real)
        cluster.shell.start(line)
        settle()
      } else {
        advance(to: entry.moment)
        enter(entry.kind)
        settle()
      }
    }
    if finished != nil { end(at: finished) }
  }

  private mutating func enter(_ kind: JournalEntry.Kind) {
    switch kind {
    case .input(let bytes): cluster.shell.type(bytes)
    case .endOfInput: cluster.shell.endInput()
    case .interrupt: cluster.shell.interrupt()
    case .hangUp: cluster.shell.hangUp { settle() }
    case .answer(let status, let output):
      if let call = desk.calls.first { desk.resolve(call, .words(status: status, output: output)) }
    case .edit(_, let text):
      if let call = desk.calls.first { desk.resolve(call, .edited(text)) }
    case .client(let bytes):
      // What a log from outside holds may be anything.
      guard let value = try? JSON.parse(bytes), let act = ClientAct(value) else { return }
      clients.play(act, in: cluster)
    case .size(let columns, let rows): cluster.shell.size = (columns, rows)
    case .line, .undo: break
    }
  }

  /// Lets the running line go on to when it ended; one without an end is left behind.
  private mutating func end(at finished: Moment?) {
    if let finished { advance(to: finished) }
    cluster.shell.hangUp { settle() }
    runningEntry = nil
  }

  private mutating func settle() { advance(to: cluster.timeline.now) }

  private mutating func advance(to moment: Moment) {
    let timeline = cluster.timeline
    guard var left = allowance else { return timeline.advance(to: moment) }
    timeline.settle()
    while left > 0, timeline.step(until: moment) {
      left -= 1
      timeline.fibers.run()
    }
    allowance = left
    if left > 0 {
      timeline.advance(to: moment)
    } else {
      isExhausted = true
    }
  }
}

/// What replaying one cluster may cost.
package struct ReplayLimits: Sendable {
  /// Things that happen on its clock.
  package var events: Int
  /// Steps of all programs together, on workstation and nodes.
  package var steps: Int

  /// Bytes of etcd's database.
  package var storage: Int

  package init(
    events: Int = 1_000_000, steps: Int = 25_000_000, storage: Int = 512 << 20
  ) {
    self.events = events
    self.steps = steps
    self.storage = storage
  }
}
