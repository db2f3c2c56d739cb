import Glibc

/// Files beside the tests, read without Foundation.
enum Fixture {
  struct Missing: Error {
    var path: String
  }

  static func bytes(_ name: String, from test: String = #filePath) throws -> [UInt8] {
    let folder = test.split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(folder)/Fixtures/\(name)"
    guard let file = fopen(path, "r") else { throw Missing(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}

extension String {
  /// The parts between a separator, empty ones too.
  func components(behind separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let next = rest.firstRange(of: separator) {
      parts.append(String(rest[..<next.lowerBound]))
      rest = rest[next.upperBound...]
    }
    return parts + [String(rest)]
  }
}

extension Substring {
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
