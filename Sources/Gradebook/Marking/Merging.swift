import Foundation

/// Joins the parts that several machines marked into the file that one would have written.
package enum Merging {
  /// Parts are files that a shard wrote, or folders that it wrote them into.
  package static func merge(_ named: [String], into output: String) throws {
    let parts = named.flatMap(files)
    var heads: [MarksHead] = []
    var places: [(file: String, part: Int, place: Range<UInt64>)] = []
    for (number, part) in parts.enumerated() {
      var count = 0
      try LineFile(path: part).read { line, place in
        count += 1
        if count == 1 {
          guard let head = Coding.decode(MarksHead.self, line) else {
            throw PackError("\(part) holds no marks")
          }
          heads.append(head)
        } else if let record = Coding.decode(Name.self, line) {
          places.append((record.file, number, place))
        } else {
          throw PackError("\(part) is damaged in line \(count)")
        }
      }
      guard heads.count == number + 1, count == heads[number].submissions + 1 else {
        throw PackError("\(part) is not whole")
      }
    }
    try check(heads, parts)
    places.sort { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
    guard var head = heads.first else { throw PackError("there is nothing to merge") }
    (head.shard, head.shards, head.submissions) = (0, 1, places.count)
    let writer = try FileWriter(output)
    try writer.write(try head.line + [0x0A])
    for place in places {
      for line in try LineFile(path: parts[place.part]).lines([place.place]) {
        try writer.write(line + [0x0A])
      }
    }
    try writer.close()
  }

  private static func files(of path: String) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return [path] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasPrefix("part-") && $0.hasSuffix(".jsonl") }.sorted().map {
      "\(path)/\($0)"
    }
  }

  private struct Name: Decodable { var file: String }

  private static func check(_ heads: [MarksHead], _ parts: [String]) throws(PackError) {
    guard let first = heads.first else { throw PackError("there is nothing to merge") }
    var seen: [Int: String] = [:]
    for (head, part) in zip(heads, parts) {
      guard head.pack == first.pack, head.digest == first.digest, head.shards == first.shards else {
        throw PackError("\(part) was marked with another pack, or cut otherwise, than \(parts[0])")
      }
      if let other = seen.updateValue(part, forKey: head.shard) {
        throw PackError("\(other) and \(part) are the same shard \(head.shard)/\(head.shards)")
      }
    }
    for shard in 0..<first.shards where seen[shard] == nil {
      throw PackError("shard \(shard)/\(first.shards) is missing")
    }
  }
}
