package import Simulation

/// One thing that came into a cluster from outside, and when on the cluster's clock.
package struct JournalEntry: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// A command line, here-documents and continuations included.
    case line(String)
    /// A line typed to the running command, with its newline if it had one.
    case input([UInt8])
    /// Ctrl-D to the running command.
    case endOfInput
    /// What the learner's editor left of a file; nil when it left nothing.
    case edit(path: String, text: [UInt8]?)
    /// What one of drydock's own words (`check`, `hint`) said, so that replay need not ask again.
    case answer(status: Int32, output: [UInt8])
    /// Ctrl-C to the running command.
    case interrupt
    /// The terminal went away while a command ran.
    case hangUp
    /// What a program outside did through the cluster's opened API, as JSON.
    case client([UInt8])
    /// The learner's terminal has another size.
    case size(columns: Int, rows: Int)
    /// The entry of that ordinal, and what belongs to it, never happened.
    case undo(ordinal: Int)
  }

  package var ordinal: Int
  package var kind: Kind
  package var moment: Moment
  /// When the command ended; nil while it runs, and for ever when drydock was killed meanwhile.
  package var finished: Moment?
  package var status: Int32?
  /// Whether it changed the cluster or a file.
  package var changed: Bool
  /// When it came, on the wall's clock.
  package var real: Moment

  package init(
    ordinal: Int, kind: Kind, moment: Moment, finished: Moment? = nil, status: Int32? = nil,
    changed: Bool = false, real: Moment = Moment(nanoseconds: 0)
  ) {
    self.ordinal = ordinal
    self.kind = kind
    self.moment = moment
    self.finished = finished
    self.status = status
    self.changed = changed
    self.real = real
  }
}

extension JournalEntry {
  /// The entries that count: without what was undone, and without the undoing itself.
  package static func effective(_ entries: [JournalEntry]) -> [JournalEntry] {
    var undone: Set<Int> = []
    for case .undo(let ordinal) in entries.map(\.kind) { undone.insert(ordinal) }
    var inUndone = false
    return entries.filter { entry in
      switch entry.kind {
      case .undo: return false
      // Inputs, edits and interrupts belong to the line before them.
      case .line: inUndone = undone.contains(entry.ordinal)
      case .size: return true
      case .client: return !undone.contains(entry.ordinal)
      case .input, .endOfInput, .edit, .answer, .interrupt, .hangUp: break
      }
      return !inUndone
    }
  }
}

extension JournalEntry.Kind {
  /// A size as journals keep it: `COLUMNSxROWS`.
  package init?(size text: String) {
    let parts = text.split(separator: "x").compactMap { UInt16($0) }
    guard parts.count == 2 else { return nil }
    self = .size(columns: Int(parts[0]), rows: Int(parts[1]))
  }
}
