import Glibc

/// Cases in a file: scripts after `$ ` (and `> `), then what they print, then `=> status`.
struct ShellTable {
  struct Case: CustomStringConvertible, Sendable {
    var script: String
    var output: String
    var status: Int32
    var description: String { script }
  }

  static let names = [
    "quoting", "parameters", "arithmetic", "arrays", "functions", "redirections",
    "expansions", "builtins", "tests", "control", "idioms", "errors",
  ]

  private static var folder: String {
    let here = #filePath
    return String(here[..<(here.lastIndex(of: "/") ?? here.startIndex)]) + "/Fixtures/"
  }

  static func cases(_ name: String) -> [Case] { parse(read(folder + name + ".table") ?? "") }

  static func parse(_ text: String) -> [Case] {
    var cases: [Case] = []
    var script: String?
    var output = ""
    var status: Int32 = 0
    func finish() {
      guard let script else { return }
      if output.hasSuffix("\n%\n") { output.removeLast(3) } else if output == "%\n" { output = "" }
      cases.append(Case(script: script, output: output, status: status))
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("$ ") {
        finish()
        script = String(line.dropFirst(2))
        output = ""
        status = 0
      } else if line.hasPrefix("> "), output.isEmpty {
        script = (script ?? "") + "\n" + line.dropFirst(2)
      } else if line.hasPrefix("=> "), let code = Int32(line.dropFirst(3)) {
        status = code
      } else {
        output += line + "\n"
      }
    }
    finish()
    return cases
  }

  static func text(of cases: [Case]) -> String {
    var text = ""
    for one in cases {
      let lines = one.script.split(separator: "\n", omittingEmptySubsequences: false)
      text += "$ " + lines.joined(separator: "\n> ") + "\n"
      text += one.output
      // A last line without a newline is marked.
      if !one.output.isEmpty, !one.output.hasSuffix("\n") { text += "\n%\n" }
      if one.status != 0 { text += "=> \(one.status)\n" }
    }
    return text
  }

  static func write(_ cases: [Case], _ name: String) {
    guard let file = fopen(folder + name + ".table", "w") else { return }
    fputs(text(of: cases), file)
    fclose(file)
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    return contents(of: file)
  }

  private static func contents(of file: UnsafeMutablePointer<FILE>) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }

  // MARK: The real shell

  static func hasRealShell(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// What the real shell prints and returns for each script, run in a directory of its own.
  static func judge(_ scripts: [String], shell: String, name: String) -> [Case] {
    func quoted(_ text: String) -> String {
      "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
    }
    var driver = "d=$(mktemp -d); "
    for (index, script) in scripts.enumerated() {
      driver +=
        "mkdir $d/\(index); (cd $d/\(index) && export SHLVL=0 && exec -a \(name) \(shell) -c \(quoted(script)))"
        + " </dev/null >$d/out 2>&1; c=$?; cat $d/out; printf '\\001%s\\002' $c\n"
    }
    driver += "rm -rf $d"
    let command =
      "exec env -i --default-signal PATH=/usr/bin:/bin HOME=/home/me LC_ALL=C.UTF-8 SHLVL=0 "
      + "bash -c \(quoted(driver)) 2>/dev/null"
    // The test's threads block signals, and the shell would inherit that.
    var none = sigset_t()
    var old = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &old)
    defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
    guard let pipe = popen(command, "r") else { return [] }
    let answers = contents(of: pipe).split(separator: "\u{2}")
    pclose(pipe)
    return zip(scripts, answers).map { script, answer in
      let end = answer.lastIndex(of: "\u{1}") ?? answer.endIndex
      return Case(
        script: script, output: String(answer[..<end]),
        status: Int32(answer[end...].dropFirst()) ?? -1)
    }
  }
}
