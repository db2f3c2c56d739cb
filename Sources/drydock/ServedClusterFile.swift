import Documents
import Foundation
import Glibc
import SecureServing
import Simulation

/// A cluster that `serve --persist NAME` keeps: what it was made of, and its journal.
final class ServedClusterFile: ServingJournal {
  let blueprint: String
  let seed: UInt64
  let start: Moment
  let lines: [[UInt8]]
  /// Where it was served last, as the kubeconfigs of its users have it.
  let port: Int?
  private let descriptor: Int32

  /// Opens the file, or begins one with the given cluster.
  init(path: String, blueprint: String, seed: UInt64, start: Moment) throws {
    let kept = Environment.contents(of: path) ?? []
    var lines = kept.split(separator: UInt8(ascii: "\n")).map(Array.init)
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(1, "cannot write \(path)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw Failure(1, "another drydock serves this cluster")
    }
    if lines.isEmpty {
      (self.blueprint, self.seed, self.start) = (blueprint, seed, Moment(seconds: start.seconds))
      self.lines = []
      port = nil
      append(
        JSON.bytes([
          "cluster": .string(blueprint), "seed": .string("\(seed)"),
          "start": .int(start.seconds),
        ]) + [UInt8(ascii: "\n")])
      return
    }
    guard let heading = try? JSON.parse(lines.removeFirst()),
      let name = heading["cluster"]?.string,
      let number = heading["seed"]?.string.flatMap({ UInt64($0) }),
      let seconds = heading["start"]?.int
    else { throw Failure(3, "\(path) is damaged; move it away to begin afresh") }
    (self.blueprint, self.seed, self.start) = (name, number, Moment(seconds: seconds))
    self.lines = lines
    port = lines.last { $0.starts(with: Self.portMark.utf8) }
      .flatMap { try? JSON.parse($0) }?["port"]?.int.flatMap { Int(exactly: $0) }
    // What a power cut left of a last line would spoil the next one.
    if kept.last != UInt8(ascii: "\n") { append([UInt8(ascii: "\n")]) }
  }

  deinit { close(descriptor) }

  private static let portMark = #"{"port":"#

  /// Remembers where it is served now.
  func keep(port: Int) {
    guard port != self.port else { return }
    append(Array("\(Self.portMark)\(port)}\n".utf8))
  }

  func append(_ entry: ServingEntry) { append(entry.line) }

  private func append(_ line: [UInt8]) {
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        return Output.complain(
          "the served cluster could not be kept: \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(count)
    }
  }
}
