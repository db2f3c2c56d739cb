import Classroom
import Foundation
import Glibc
import KubeCluster
import LearnerRecord

/// Clusters that are up, of which every work gets a copy: the process forks, and the child has it.
///
/// Booting costs more than playing most works, and a running cluster's coroutines cannot be copied
/// in any other way. Only for a process with nothing else under way: a fork has but one thread.
final class ClusterCopies: @unchecked Sendable {
  /// Newest last.
  private var berths: [(record: SessionRecord, cluster: Cluster)] = []
  /// A class on one day needs one for each blueprint.
  private static let most = 4
  private static let answerLimit = 64 << 20

  /// Runs `body` with a copy of the record's cluster and brings back what it finds; nil when the
  /// child ended without an answer.
  func run<Answer: Codable>(_ record: SessionRecord, _ body: (Cluster) -> Answer) -> Answer? {
    let cluster = berth(for: record)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    let child = fork()
    if child == 0 {
      close(ends[0])
      Self.write((try? JSONEncoder().encode(body(cluster))) ?? Data(), to: ends[1])
      _exit(0)
    }
    close(ends[1])
    defer { close(ends[0]) }
    guard child > 0 else { return nil }
    let bytes = Self.read(ends[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? Coding.decode(Answer.self, bytes) : nil
  }

  private func berth(for record: SessionRecord) -> Cluster {
    let same = berths.firstIndex {
      $0.record.blueprint == record.blueprint && $0.record.seed == record.seed
        && $0.record.start == record.start
    }
    let found =
      same.map { berths.remove(at: $0) } ?? (record: record, cluster: Replay.berth(for: record))
    if berths.count >= Self.most { berths.removeFirst() }
    berths.append(found)
    return found.cluster
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

  private static func read(_ file: Int32) -> [UInt8] {
    var all: [UInt8] = []
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
