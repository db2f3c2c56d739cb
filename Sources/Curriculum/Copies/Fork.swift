import Foundation
import Glibc

/// A copy of this process that does one thing and is gone: a running cluster's coroutines cannot be
/// copied in any other way.
///
/// Only for a process with nothing else under way: a fork has but one thread.
package enum Fork {
  private static let answerLimit = 64 << 20

  /// Runs `body` in a copy of this process and brings back what it finds; nil when the copy ended
  /// without an answer. Nothing that `body` changes is changed here.
  package static func run<Answer: Codable>(_ body: () -> Answer) -> Answer? {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    let child = fork()
    if child == 0 {
      close(ends[0])
      write((try? JSONEncoder().encode(body())) ?? Data(), to: ends[1])
      _exit(0)
    }
    close(ends[1])
    defer { close(ends[0]) }
    guard child > 0 else { return nil }
    let bytes = read(ends[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? try? JSONDecoder().decode(Answer.self, from: bytes) : nil
  }

  private static func write(_ data: Data, to file: Int32) {
    var rest = Array(data)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { _exit(1) }
      rest = rest.dropFirst(count)
    }
  }

  private static func read(_ file: Int32) -> Data {
    var all = Data()
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while all.count < answerLimit {
      let count = Glibc.read(file, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      all += part[..<count]
    }
    return all
  }
}
