import Curriculum
import Foundation
import KubeCluster

/// Marks many submissions at once and writes one line for each into `marks.jsonl`, in the order of
/// their names: the same bytes for any number of jobs.
package struct MarkingRun: Sendable {
  package struct Shard: Hashable, Sendable {
    /// Counted from 0, as an Indexed Job counts.
    package var index: Int
    package var count: Int

    package static let whole = Shard(index: 0, count: 1)

    package init(index: Int, count: Int) {
      self.index = index
      self.count = count
    }

    /// Reads `I/N`.
    package init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let index = parts[0], let count = parts[1], count > 0,
        count <= 100_000, (0..<count).contains(index)
      else { return nil }
      self.init(index: index, count: count)
    }
  }

  package static let fileName = "marks.jsonl"

  private let marker: Marker
  private let shard: Shard
  /// The program and arguments that call `serve` for this pack; empty to mark on
  /// threads of this process.
  private let worker: [String]

  package init(_ pack: PackSource, shard: Shard = .whole, worker: [String] = []) {
    marker = Marker(pack)
    self.shard = shard
    self.worker = worker
  }

  /// The files meant by names of files and folders, sorted by the names they are reported under.
  package static func files(_ names: [String]) throws(PackError) -> [(name: String, path: String)] {
    let manager = FileManager.default
    var found: [String: String] = [:]
    for name in names {
      var isFolder: ObjCBool = false
      guard manager.fileExists(atPath: name, isDirectory: &isFolder) else {
        throw PackError("there is no \(name)")
      }
      var inside = [(URL(filePath: name).lastPathComponent, name)]
      if isFolder.boolValue {
        let below = manager.enumerator(atPath: name)?.compactMap { $0 as? String } ?? []
        inside = below.filter { path in
          var isFolder: ObjCBool = false
          return manager.fileExists(atPath: "\(name)/\(path)", isDirectory: &isFolder)
            && !isFolder.boolValue && path.split(separator: "/").allSatisfy { !$0.hasPrefix(".") }
        }.map { ($0, "\(name)/\($0)") }
      }
      for (short, path) in inside {
        guard found.updateValue(path, forKey: short) == nil else {
          throw PackError("two submissions are called \(short); give their common folder instead")
        }
      }
    }
    return found.map { (name: $0.key, path: $0.value) }.sorted {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
  }

  /// Marks this shard's part of `files` into `output`; `progress` hears how many are done.
  package func mark(
    _ files: [(name: String, path: String)], into output: String, jobs: Int,
    progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws {
    let own = files.enumerated().filter { $0.offset % shard.count == shard.index }.map(\.element)
    let writer = try FileWriter(output)
    let head = MarksHead(
      pack: marker.pack.plan.id, version: marker.pack.plan.version, digest: marker.pack.digest,
      shard: shard.index, shards: shard.count, submissions: own.count)
    try writer.write(try head.line + [0x0A])
    // The writer is only used where answers are told, by one thread at a time.
    nonisolated(unsafe) let out = writer
    let marker = marker
    let work = WorkerPool.Work<[UInt8]>(
      count: own.count, request: { Self.request(own[$0]) }, answer: { $0 },
      loss: { MarkRecord(file: own[$0].name, refusal: "marking it ended the program").line },
      local: { Self.line(marker, own[$0]) })
    do {
      try WorkerPool(jobs: jobs, command: worker).run(work) { index, line in
        try out.write(line + [0x0A])
        progress(index + 1, own.count)
      }
    } catch { throw PackError("cannot write: \(error)") }
    try writer.close()
  }

  /// What one of the processes that mark is asked.
  private struct Request: Codable {
    var name: String
    var path: String
  }

  private static func request(_ file: (name: String, path: String)) -> [UInt8] {
    Array((try? Coding.encoder.encode(Request(name: file.name, path: file.path))) ?? Data())
  }

  /// Marks what standard input names, as one of the processes of a run.
  package static func serve(_ pack: PackSource) {
    let marker = Marker(pack, copies: ClusterCopies())
    WorkerProcess.serve { line in
      Coding.decode(Request.self, Array(line.utf8)).map { Self.line(marker, ($0.name, $0.path)) }
    }
  }

  private static func line(_ marker: Marker, _ file: (name: String, path: String)) -> [UInt8] {
    let size = (try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? Int
    let record: MarkRecord
    if let size, size > Submission.Limits.file {
      record = MarkRecord(
        file: file.name, refusal: "it is larger than \(Submission.Limits.file >> 20) MiB")
    } else if let bytes = FileManager.default.contents(atPath: file.path) {
      record = marker.mark(Array(bytes), file: file.name)
    } else {
      record = MarkRecord(file: file.name, refusal: "it cannot be read")
    }
    return record.line
  }
}

/// The first line of a marks file.
package struct MarksHead: Codable, Hashable, Sendable {
  var pack: String
  var version: String
  var digest: String
  var shard: Int
  var shards: Int
  var submissions: Int

  var line: [UInt8] {
    get throws { Array(try Coding.encoder.encode(self)) }
  }
}

extension MarkRecord {
  /// A line of `marks.jsonl`.
  var line: [UInt8] { Array((try? Coding.encoder.encode(self)) ?? Data()) }
}

/// JSON with sorted names, so that equal marks are equal bytes.
enum Coding {
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  static func decode<Thing: Decodable>(_ type: Thing.Type, _ bytes: [UInt8]) -> Thing? {
    try? JSONDecoder().decode(type, from: Data(bytes))
  }
}
