import Foundation

/// The user's own editor, on a copy of a file of the simulated workstation.
enum OutsideEditor {
  /// The new contents, or nil when nothing was changed or the editor could not run.
  static func edit(_ contents: [UInt8], path: String) -> [UInt8]? {
    let name = path.split(separator: "/").last.map(String.init) ?? "file"
    let folder = NSTemporaryDirectory() + "/drydock-\(UUID().uuidString)"
    let copy = "\(folder)/\(name)"
    let files = FileManager.default
    defer { try? files.removeItem(atPath: folder) }
    do {
      try files.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      try Data(contents).write(to: URL(fileURLWithPath: copy))
    } catch {
      Output.complain("cannot make a copy to edit in \(folder); set TMPDIR to another folder")
      return nil
    }
    guard run(command, copy) == 0, let edited = Environment.contents(of: copy) else {
      Output.complain("\"\(command)\" did not end well; set VISUAL or EDITOR to your editor")
      return nil
    }
    return edited == contents ? nil : edited
  }

  private static var command: String {
    for name in ["VISUAL", "EDITOR"] {
      if let editor = Environment.variables[name], !editor.isEmpty { return editor }
    }
    return "vi"
  }

  /// Through the user's shell, since EDITOR may hold arguments. The editor has the terminal.
  private static func run(_ editor: String, _ file: String) -> Int32 {
    // `system` leaves Ctrl-C to the editor, as a shell does.
    let quoted = "'" + file.replacing("'", with: "'\\''") + "'"
    return system("\(editor) \(quoted)")
  }
}
