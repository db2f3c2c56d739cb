/// Value trees as YAML text, read and written as kubectl and the API server do.
package enum YAML {
  /// Reads the first document, as the API server reads a body; no document is null. The problem's
  /// message is go-yaml's, such as `yaml: line 2: mapping values are not allowed in this context`.
  package static func parse(_ bytes: [UInt8]) throws(Problem) -> Value {
    var duplicates: [String] = []
    return try parse(bytes, duplicates: &duplicates)
  }

  package static func parse(_ text: String) throws(Problem) -> Value {
    try parse(Array(text.utf8))
  }

  /// Reads the first document and words each member that is given twice as go-yaml does:
  /// `line 4: key "a" already set in map`. The last counts.
  package static func parse(_ bytes: [UInt8], duplicates: inout [String]) throws(Problem) -> Value {
    let reading = read(bytes, 0..<bytes.count, line: 1)
    duplicates += reading.duplicates
    return try reading.outcome.get()
  }

  struct Reading {
    var outcome: Result<Value, Problem>
    var duplicates: [String] = []
    var place: Place?
  }

  /// Which plain words are truth values.
  package enum Truth: Sendable {
    /// YAML 1.1's, `y`, `no` and `on` among them, as Kubernetes reads manifests.
    case words
    /// YAML 1.2's: true and false.
    case trueAndFalse
  }

  /// Reads the document in a part of a text that begins at `line`, looking out for a path.
  static func read(
    _ bytes: [UInt8], _ range: Range<Int>, line: Int, truth: Truth = .words,
    target: [PathStep]? = nil
  ) -> Reading {
    bytes.withUnsafeBufferPointer { buffer in
      var reader = YAMLReader(
        UnsafeBufferPointer(rebasing: buffer[range]), truth: truth, target: target)
      var reading: Reading
      do throws(YAMLReader.Failure) {
        let value = try reader.read()
        reading = Reading(outcome: .success(value), duplicates: reader.duplicates)
      } catch {
        let problem = Problem(error.message, line: error.line + line - 1, column: error.column)
        reading = Reading(outcome: .failure(problem))
      }
      reading.place = reader.found.map { Place(line: $0.line + line - 1, column: $0.column) }
      return reading
    }
  }
}

/// A line and a column of a text, both counted from 1.
package struct Place: Hashable, Sendable {
  package var line: Int
  package var column: Int
}

/// One step down a value tree.
package enum PathStep: Hashable, Sendable {
  case member(String)
  case element(Int)
}

extension PathStep {
  /// The steps of a field path as the API server writes it: `spec.containers[0].image`,
  /// `metadata.labels[app]`.
  package static func steps(ofField path: String) -> [PathStep] {
    var steps: [PathStep] = []
    var name = ""
    var inBrackets = false
    func finish() {
      if !name.isEmpty { steps.append(.member(name)) }
      name = ""
    }
    for character in path {
      switch character {
      case "." where !inBrackets: finish()
      case "[" where !inBrackets:
        finish()
        inBrackets = true
      case "]" where inBrackets:
        if let index = Int(name) {
          steps.append(.element(index))
        } else {
          steps.append(.member(name))
        }
        name = ""
        inBrackets = false
      default: name.append(character)
      }
    }
    finish()
    return steps
  }
}
