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
