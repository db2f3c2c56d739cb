package import Simulation

/// What a container printed, line by line with the moment of each, within a budget of bytes.
package final class ContainerLog {
  package struct Line {
    package var moment: Moment
    package var isError: Bool
    /// Without the newline.
    package var text: [UInt8]
  }

  package private(set) var lines: [Line] = []
  /// How many lines rotation has dropped from the front.
  package private(set) var dropped = 0
  /// Called after each new line, for `logs -f`.
  package var followers: [Int: () -> Void] = [:]
  private var nextFollower = 0
  package private(set) var size = 0
  private var partial: [Bool: [UInt8]] = [:]
  private var listeners: [Int: ([UInt8], Bool) -> Void] = [:]
  /// The kubelet's containerLogMaxSize.
  private static let budget = 10 << 20
  private static let longestLine = 64 << 10

  package init() {}

  package func write(_ bytes: [UInt8], isError: Bool, at moment: Moment) {
    var line = partial.removeValue(forKey: isError) ?? []
    for byte in bytes {
      if byte == 0x0A || line.count >= Self.longestLine {
        append(line, isError, moment)
        line = byte == 0x0A ? [] : [byte]
      } else {
        line.append(byte)
      }
    }
    if !line.isEmpty { partial[isError] = line }
    for key in listeners.keys.sorted() { listeners[key]?(bytes, isError) }
  }

  /// Hears every byte as it is written, for attach; the answer ends it (`stopListening`).
  func listen(_ action: @escaping ([UInt8], _ isError: Bool) -> Void) -> Int {
    nextFollower += 1
    listeners[nextFollower] = action
    return nextFollower
  }

  func stopListening(_ number: Int) { listeners[number] = nil }

  /// All that is kept, unfinished lines last.
  var everything: [(isError: Bool, bytes: [UInt8])] {
    lines.map { ($0.isError, $0.text + [0x0A]) }
      + [false, true].compactMap { isError in partial[isError].map { (isError, $0) } }
  }

  /// A prompt, as a rule.
  var unfinishedLine: [UInt8] { partial[false] ?? partial[true] ?? [] }

  /// Lets followers see that the container has ended.
  func notifyFollowers() {
    for key in followers.keys.sorted() { followers[key]?() }
  }

  /// Ends an unfinished last line, when the process ends.
  package func finish(at moment: Moment) {
    for isError in [false, true] {
      if let line = partial.removeValue(forKey: isError) { append(line, isError, moment) }
    }
  }

  package func follow(_ action: @escaping () -> Void) -> Int {
    nextFollower += 1
    followers[nextFollower] = action
    return nextFollower
  }

  private func append(_ text: [UInt8], _ isError: Bool, _ moment: Moment) {
    lines.append(Line(moment: moment, isError: isError, text: text))
    size += text.count + 48
    if size > Self.budget {
      // Half at a time, so that a chatty container costs no more than it writes.
      let count = lines.count / 2
      size -= lines.prefix(count).reduce(0) { $0 + $1.text.count + 48 }
      lines.removeFirst(count)
      dropped += count
    }
    notifyFollowers()
  }
}
