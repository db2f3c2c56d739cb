import Documents
package import KubeCluster
package import Simulation

/// Keeps the journal of a served cluster; the door gives it, as nothing here writes to disk.
package protocol ServingJournal: Sendable {
  /// What was kept, line by line.
  var lines: [[UInt8]] { get }
  /// How many conversations were begun before, of which the lines do not tell.
  var conversations: Int { get }
  func append(_ entry: ServingEntry)
}

extension ServingJournal {
  package var conversations: Int { 0 }
}

/// What a client did, and when; without an act, only time passed.
package struct ServingEntry {
  package var moment: Moment
  package var act: ClientAct?

  package init(moment: Moment, act: ClientAct?) {
    self.moment = moment
    self.act = act
  }

  /// Nil for a line that is damaged, as the last one may be after a power cut.
  package init?(_ line: [UInt8]) {
    guard let value = try? JSON.parse(line), let at = value["at"]?.int else { return nil }
    act = ClientAct(value)
    if act == nil, value.object?.count != 1 { return nil }
    moment = Moment(nanoseconds: at)
  }

  package var line: [UInt8] {
    var value = act?.value ?? .emptyObject
    value["at"] = .int(moment.nanoseconds)
    return JSON.bytes(value) + [UInt8(ascii: "\n")]
  }
}
