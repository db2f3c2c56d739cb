/// A PID namespace: the processes that see each other by their ids, of one machine or of several
/// containers that share it.
package final class ProcessTable {
  /// Running processes by id.
  package internal(set) var processes: [Int: Process] = [:]
  private var last = 0

  package init() {}

  /// All of them, by id.
  package var ordered: [Process] { processes.keys.sorted().compactMap { processes[$0] } }

  func takeID() -> Int {
    last += 1
    return last
  }

  /// Lets ids go on after those of an invented boot.
  package func reserveIDs(through id: Int) { last = max(last, id) }
}
