import Testing

@testable import Linux

@Suite struct FileProgramTests {
  @Test(
    "listing, making and removing files",
    arguments: [
      (["ls", "/none"], 2, "", "ls: cannot access '/none': No such file or directory\n"),
      (["ls", "-z"], 2, "", "ls: invalid option -- 'z'\nTry 'ls --help' for more information.\n"),
      (["mkdir"], 1, "", "mkdir: missing operand\nTry 'mkdir --help' for more information.\n"),
      (["mkdir", "/etc"], 1, "", "mkdir: cannot create directory '/etc': File exists\n"),
      (
        ["mkdir", "/a/b"], 1, "",
        "mkdir: cannot create directory '/a/b': No such file or directory\n"
      ),
      (["rm", "/etc"], 1, "", "rm: cannot remove '/etc': Is a directory\n"),
      (["rm", "-f", "/nothing"], 0, "", ""),
      (["rm", "-rf", "/"], 1, "", Self.danger),
      (["cat", "/etc"], 1, "", "cat: /etc: Is a directory\n"),
      (["cat", "-n", "/etc/shells"], 0, Self.numbered, ""),
      (["ls", "-ld", "/tmp"], 0, "drwxrwxrwt 2 root root 4096 Jun  1 09:00 /tmp\n", ""),
      (["ls", "/var"], 0, "backups\ncache\nlib\nlog\nmail\nrun\nspool\ntmp\n", ""),
      (["sleep", "x"], 1, "", Self.interval),
    ])
  func table(_ words: [String], _ status: Int32, _ output: String, _ errors: String) {
    let outcome = Box().run(words)
    #expect(outcome == .init(status: status, output: output, errors: errors))
  }

  static let danger = """
    rm: it is dangerous to operate recursively on '/'
    rm: use --no-preserve-root to override this failsafe

    """
  static let numbered = """
         1\t/bin/sh
         2\t/usr/bin/sh
         3\t/bin/bash
         4\t/usr/bin/bash

    """
  static let interval = """
    sleep: invalid time interval 'x'
    Try 'sleep --help' for more information.

    """
}
