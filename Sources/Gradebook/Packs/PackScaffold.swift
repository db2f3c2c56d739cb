import Foundation

/// The first files of a new pack: small, whole, and proven.
package enum PackScaffold {
  private static let files: [(path: String, bytes: [UInt8])] = [
    ("pack.yaml", PackageResources.pack_yaml),
    ("Exercises/services/warm-up.md", PackageResources.warm_up_md),
    ("Exercises/services/nobody-comes.md", PackageResources.nobody_comes_md),
  ]

  /// Writes them into a folder that must not be there yet; returns their paths.
  package static func write(in folder: String, id: String) throws(PackError) -> [String] {
    let manager = FileManager.default
    if manager.fileExists(atPath: folder) { throw PackError("\(folder) is there already") }
    for (path, bytes) in files {
      let file = URL(filePath: "\(folder)/\(path)")
      let text = String(decoding: bytes, as: UTF8.self).replacing("{ID}", with: id)
      do {
        try manager.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      } catch { throw PackError("cannot write \(file.path)") }
    }
    return files.map { "\(folder)/\($0.path)" }
  }
}
