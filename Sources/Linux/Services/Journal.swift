package import Simulation

/// The journal of a machine: what its services printed and what became of them.
package final class Journal {
  package struct Entry: Hashable, Sendable {
    package var moment: Moment
    /// The unit concerned: kubelet.service.
    package var unit: String
    /// Who speaks: systemd, kubelet.
    package var identifier: String
    package var processID: Int
    package var text: String

    package init(
      moment: Moment, unit: String, identifier: String, processID: Int, text: String
    ) {
      self.moment = moment
      self.unit = unit
      self.identifier = identifier
      self.processID = processID
      self.text = text
    }
  }

  package private(set) var entries: [Entry] = []
  /// When the machine was switched on, the first time first.
  private(set) var boots: [(moment: Moment, id: String)] = []
  private var followers: [Int: () -> Void] = [:]
  private var nextFollower = 0
  /// How many entries rotation has dropped from the front.
  private(set) var dropped = 0
  private static let capacity = 20_000

  package init() {}

  package func write(_ entry: Entry) {
    entries.append(entry)
    if entries.count > Self.capacity {
      entries.removeFirst(Self.capacity / 2)
      dropped += Self.capacity / 2
    }
    for key in followers.keys.sorted() { followers[key]?() }
  }

  func noteBoot(at moment: Moment, _ id: String) { boots.append((moment, id)) }

  /// From when to when a boot lasted: 0 is this one, -1 the one before, 1 the first; nil: there is
  /// none such.
  func boot(_ number: Int) -> (from: Moment, until: Moment?)? {
    let index = number > 0 ? number - 1 : boots.count - 1 + number
    guard boots.indices.contains(index) else { return nil }
    return (boots[index].moment, boots.dropFirst(index + 1).first?.moment)
  }

  func follow(_ action: @escaping () -> Void) -> Int {
    nextFollower += 1
    followers[nextFollower] = action
    return nextFollower
  }

  func stopFollowing(_ number: Int) { followers[number] = nil }

  /// The entries from the one of that number on, numbers counting from the machine's start.
  func entries(from number: Int) -> ArraySlice<Entry> {
    entries.dropFirst(max(0, number - dropped))
  }

  var end: Int { dropped + entries.count }
}
