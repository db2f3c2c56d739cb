/// The file that a shell keeps its history in: bash's ~/.bash_history, written at its end, and
/// BusyBox's ~/.ash_history, written line by line.
extension Interpreter {
  /// As many lines as bash keeps without a HISTFILESIZE.
  private static let fileLength = 500

  private var historyFile: String? {
    if let named = variables["HISTFILE"]?.scalar { return named.isEmpty ? nil : named }
    // An unset HISTFILE switches bash's saving off, and BusyBox then takes its own name.
    guard dialect.family == .ash, let home = variables["HOME"]?.scalar else { return nil }
    return home + "/.ash_history"
  }

  /// What an interactive shell does after its settings are read.
  package func beginHistory() async {
    if dialect.isBash {
      let home = variables["HOME"]?.scalar ?? ""
      for (name, value) in [
        ("HISTFILE", "\(home)/.bash_history"), ("HISTSIZE", "\(Self.fileLength)"),
        ("HISTFILESIZE", "\(Self.fileLength)"),
      ] where variables[name] == nil {
        variables[name] = Variable(content: .scalar(value))
      }
    }
    history = History()
    guard dialect.family != .dash else { return }
    await readHistory(from: 0)
  }

  /// What becomes of a line that was just run.
  package func keepHistoryOfLine() async {
    if dialect.family == .ash { await appendHistory() }
  }

  package func endHistory() async {
    if dialect.isBash { await appendHistory() }
  }

  /// `history -r` and `-n`: the file's lines from one on.
  func readHistory(from first: Int, in named: String? = nil) async {
    guard let path = named ?? historyFile, let file = try? openFile(path, .read) else { return }
    defer { file.release() }
    var bytes: [UInt8] = []
    while bytes.count < host.captureLimit, let chunk = try? await file.read(upTo: 1 << 16),
      !chunk.isEmpty
    {
      bytes += chunk
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    history.take(lines.dropFirst(first).map { String(decoding: $0, as: UTF8.self) })
    history.linesInFile = lines.count
  }

  /// `history -a`: what is not in the file yet.
  func appendHistory(to named: String? = nil) async {
    await write(history.unsaved, to: named ?? historyFile, .append)
    history.linesInFile += history.unsaved.count
    history.markSaved()
  }

  /// `history -w`: all of it.
  func writeHistory(to named: String? = nil) async {
    await write(history.lines[...], to: named ?? historyFile, .write)
    history.linesInFile = history.lines.count
    history.markSaved()
  }

  private func write(_ lines: ArraySlice<String>, to path: String?, _ mode: OpenMode) async {
    guard let path, !lines.isEmpty || mode == .write else { return }
    // What others may not read: history files are made with mode 600.
    let mask = host.fileMask
    host.fileMask = mask | 0o077
    defer { host.fileMask = mask }
    guard let file = try? openFile(path, mode) else { return }
    defer { file.release() }
    try? await file.write(Array(lines.map { $0 + "\n" }.joined().utf8))
  }
}
