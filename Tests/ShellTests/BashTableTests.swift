import Glibc
import Shell
import Testing

/// One table, two judges: the interpreter and the real bash.
struct BashTableTests {
  @Test("the shell does what the table says", arguments: ShellTable.names)
  func interpreter(_ name: String) {
    var misses: [String] = []
    for one in ShellTable.cases(name) {
      let shell = ToyShell()
      let status = shell.run(one.script)
      if shell.output.text != one.output || status != one.status {
        misses.append(
          "$ \(one.script)\n--- want [\(one.status)]\n\(one.output)--- got [\(status)]\n"
            + shell.output.text)
      }
    }
    #expect(misses.isEmpty, "\(misses.count) of \(name):\n\(misses.joined(separator: "\n"))")
  }

  @Test("the real bash does what the table says", arguments: ShellTable.names)
  func bash(_ name: String) {
    guard ShellTable.hasRealShell("/bin/bash") else {
      print("SKIPPED: there is no /bin/bash to judge the table \(name)")
      return
    }
    let cases = ShellTable.cases(name)
    let judged = ShellTable.judge(cases.map(\.script), shell: "/bin/bash", name: "bash")
    #expect(judged.count == cases.count)
    if getenv("RECORD") != nil {
      ShellTable.write(judged, name)
      Issue.record("recorded \(name): run again without RECORD")
      return
    }
    for (one, truth) in zip(cases, judged) {
      #expect(one.output == truth.output && one.status == truth.status, "\(one.script)")
    }
  }
}
