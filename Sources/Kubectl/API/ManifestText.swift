import Documents

/// YAML and JSON texts of one or more documents, read as kubectl reads files.
enum ManifestText {
  /// Every document that is not empty; throws the first problem.
  static func documents(_ bytes: [UInt8], truth: YAML.Truth = .words) throws -> [Value] {
    let (documents, problem) = read(bytes, truth: truth)
    if let problem { throw CommandError.text(problem) }
    return documents
  }

  /// The documents before the first problem, and the problem in kubectl's words.
  static func read(
    _ bytes: [UInt8], truth: YAML.Truth = .words
  ) -> (documents: [Value], problem: String?) {
    let manifest = Documents.Manifest(bytes, truth: truth)
    guard let problem = manifest.problems.first else {
      return (manifest.documents.map(\.value), nil)
    }
    return (
      manifest.documents.filter { $0.line < problem.line }.map(\.value), problem.message
    )
  }
}
