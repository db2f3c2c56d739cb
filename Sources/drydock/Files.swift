import Foundation

/// Files that the user names, written whole or not at all.
enum Files {
  static func write(_ bytes: [UInt8], to file: String) throws {
    try Data(bytes).write(to: URL(filePath: file), options: .atomic)
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  static func name(of path: String) -> String { URL(filePath: path).lastPathComponent }
}
