import Documents

/// YAML and JSON texts of one or more documents, read as kubectl reads files.
enum ManifestText {
  /// Every document that is not empty; throws the first problem.
  static func documents(_ bytes: [UInt8]) throws -> [Value] {
    let (documents, problem) = read(bytes)
    if let problem { throw CommandError.text(problem) }
    return documents
  }

  /// The documents before the first problem, and the problem in kubectl's words.
  static func read(_ bytes: [UInt8]) -> (documents: [Value], problem: String?) {
    var documents: [Value] = []
    var offset = 0
    do throws(Problem) {
      while let value = try JSON.next(in: bytes, from: &offset) { documents.append(value) }
    } catch {
      return (documents, error.message)
    }
    return (documents, nil)
  }
}
