/// A PID namespace: the processes that see each other by their ids, of one machine or of several
/// containers that share it.
package final class ProcessTable {
  /// Running processes by id.
  package internal(set) var processes: [Int: Process] = [:]
  /// The processes of containers on the machine, by the ids that they have here.
  package var guests: (() -> [ProcessEntry])?
  /// Starts what serves in those containers and was only thought to run; whether something did.
  package var awakenGuests: (() -> Bool)?
  private var last = 0

  package init() {}

  /// All of them, by id.
  package var ordered: [Process] { processes.keys.sorted().compactMap { processes[$0] } }

  func takeID() -> Int {
    last += 1
    return last
  }

  /// Counts from the beginning, as after a boot; only an empty table does.
  func restart() { if processes.isEmpty { last = 0 } }

  /// Lets ids go on after those of an invented boot.
  package func reserveIDs(through id: Int) { last = max(last, id) }
}
