import Shell
import Simulation
import Testing

@testable import Linux

@Suite struct ShellProgramTests {
  @Test(
    "lines that containers run",
    arguments: [
      ("echo hi; exit 3", 3, "hi\n"),
      ("echo a | tr a b | cat -n", 0, "     1\tb\n"),
      ("for i in 1 2 3; do echo $i; done | tail -1", 0, "3\n"),
      ("printf 'b\\na\\n' > /tmp/x; sort /tmp/x", 0, "a\nb\n"),
      ("yes | head -n 2", 0, "y\ny\n"),
      ("while true; do echo x; sleep 1; done | head -3", 0, "x\nx\nx\n"),
      ("echo $$; cat /proc/self/comm", 0, "1\ncat\n"),
      ("cat < /etc/hostname", 0, "box\n"),
      ("trap 'echo bye' EXIT; echo hi", 0, "hi\nbye\n"),
      ("sleep 100 & kill $!; wait $!; echo $?", 0, "143\n"),
      (
        "mkdir -p /var/logs; echo x > /var/logs/a; ls /var/logs; cd /var/logs && pwd", 0,
        "a\n/var/logs\n"
      ),
      ("n=0; until [ $n -ge 3 ]; do n=$((n+1)); done; echo $n", 0, "3\n"),
      ("echo \"$(date) | $(echo x)\"", 0, "Mon Jun  1 09:00:00 UTC 2026 | x\n"),
      ("nosuchcommand", 127, ""),
      ("printf '#!/bin/sh\\necho in $1\\n' > /s; chmod +x /s; /s me", 0, "in me\n"),
      ("set -e; false; echo no", 1, ""),
      ("find /etc -name 'host*' | sort | xargs -n1 basename", 0, "hostname\nhosts\n"),
      ("env -i A=1 env", 0, "A=1\n"),
      ("echo one > /f; cp /f /g; mv /g /h; cat /h; rm /f /h; ls /f", 2, "one\n"),
      ("echo abc | sed s/b/B/ | awk '{print $1\"!\"}'", 0, "aBc!\n"),
      ("date +%F; date -d '2 days ago' +%F; date -u -d @0 +%T", 0, Self.dates),
      (
        "mkdir /g; echo k > /g/y; cd /g; grep -rn k y; grep -rn k .; grep -r k y y", 0,
        "1:k\n./y:1:k\ny:k\ny:k\n"
      ),
      ("tar xf /none.tar 2>&1; echo $?", 0, Self.noArchive),
      (
        "mkdir -p /o/s /n/s; cd /; echo 1 > o/a; echo 2 > n/a; echo x > o/s/b; echo x > n/s/b; "
          + "echo c > n/s/c; diff -r o n; echo $?; diff -q o n; diff o/a n; diff -r o o; echo $?",
        0,
        "diff -r o/a n/a\n1c1\n< 1\n---\n> 2\nOnly in n/s: c\n1\nFiles o/a and n/a differ\n"
          + "Common subdirectories: o/s and n/s\n1c1\n< 1\n---\n> 2\n0\n"
      ),
      (
        "jq -nc '[[1,[2]]|recurse], [2|recurse(. * .; . < 20)]'", 0, "[[1,[2]],1,[2],2]\n[2,4,16]\n"
      ),
      (
        "date -d '2024-01-31 + 1 month' +%F; date -d '2024-03-01 - 1 day' +%F", 0,
        "2024-03-02\n2024-02-29\n"
      ),
      (
        "seq 5 | paste -d, - -; seq 3 | paste -s - -; echo x > /f; seq 2 | paste - /f", 0,
        "1,2\n3,4\n5,\n1\t2\t3\n\n1\tx\n2\t\n"
      ),
    ])
  func lines(_ line: String, _ status: Int32, _ output: String) {
    let outcome = Box().run(["sh", "-c", line])
    #expect(outcome?.output == output, "\(line): \(outcome?.errors ?? "")")
    #expect(outcome?.status == status, "\(line): \(outcome?.errors ?? "")")
  }

  static let noArchive =
    "tar: /none.tar: Cannot open: No such file or directory\n"
    + "tar: Error is not recoverable: exiting now\n2\n"
  static let dates = "2026-06-01\n2026-05-30\n00:00:00\n"

  @Test("a script runs by its interpreter, and what is piped in is a script")
  func scripts() throws {
    let box = Box()
    try box.machine.files.place("#!/bin/bash\necho \"$0 $# ${1^^}\"\n", at: "/run.sh", mode: 0o755)
    #expect(box.run(["/run.sh", "x"])?.output == "/run.sh 1 X\n")
    #expect(box.run(["sh"], input: "x=1\necho $x\nexit 4\necho no\n")?.status == 4)
    #expect(box.run(["bash", "-e", "-c", "false; echo no"])?.status == 1)
    // Only a prompt tells of jobs that ended.
    let quiet = box.run(["bash"], input: "sleep 1 &\nsleep 2\nsleep 9 &\nkill %2\nwait\necho end\n")
    #expect(quiet?.output == "end\n")
    #expect(quiet?.errors == "")
  }

  @Test("an endless loop, a fork bomb and endless output end with a sentence")
  func budgets() {
    let tight = Budgets(steps: 100_000, processes: 50, memory: 1 << 20)
    let loop = Box(budgets: tight).run(["sh", "-c", "while true; do :; done"])
    #expect(loop?.errors.contains("drydock: stopped after 100000 steps") == true)
    let bomb = Box(budgets: tight).run(["bash", "-c", "f() { f | f & }; f; sleep 1; wait"])
    #expect(bomb != nil)
    let box = Box(budgets: Budgets(steps: 2_000_000))
    box.machine.files.root.capacity = 1 << 20
    let output = box.run(["sh", "-c", "yes > /big; echo $?"])
    #expect(output?.errors.contains("No space left on device") == true)
    #expect(output?.output == "1\n")
  }

  @Test("a shell at a terminal prompts, runs lines and leaves at the end of input")
  func terminal() throws {
    let box = Box()
    var shown = ""
    let terminal = Terminal { shown += String(decoding: $0, as: UTF8.self) }
    var status: Int32?
    let process = try box.machine.start(
      .init(
        path: "sh", arguments: [], environment: box.machine.standardEnvironment, directory: "/",
        files: [0: terminal, 1: terminal, 2: terminal]))
    process.onExit = { status = $0 }
    box.timeline.settle()
    #expect(shown == "# ")
    #expect(terminal.isAwaitingInput)
    terminal.type("echo hi\n")
    box.timeline.advance(by: .seconds(1))
    #expect(shown == "# hi\n# ")
    terminal.type("exit 3\n")
    box.timeline.advance(by: .seconds(1))
    #expect(status == 3)
  }

  @Test(
    "a shell keeps its history in its file, bash at its end and BusyBox line by line",
    arguments: [
      ("bash", "/root/.bash_history", false, "echo one\necho two\nexit\n"),
      ("ash", "/root/.ash_history", true, "echo one\necho two\nexit\n"),
      ("dash", "/root/.bash_history", false, nil as String?),
    ])
  func historyFile(shell: String, path: String, savesLines: Bool, kept: String?) throws {
    let box = Box()
    func open() throws -> Terminal {
      let terminal = Terminal()
      _ = try box.machine.start(
        .init(
          path: shell, arguments: [], environment: box.machine.standardEnvironment,
          directory: "/root", files: [0: terminal, 1: terminal, 2: terminal]))
      box.timeline.settle()
      return terminal
    }
    let terminal = try open()
    for line in ["echo one", "echo two"] {
      terminal.type(line + "\n")
      box.timeline.advance(by: .seconds(1))
    }
    #expect(terminal.shellAtPrompt?.pastLines == ["echo one", "echo two"])
    #expect((box.machine.files.text(path) != nil) == savesLines)
    terminal.type("exit\n")
    box.timeline.advance(by: .seconds(1))
    #expect(terminal.shellAtPrompt == nil)
    #expect(box.machine.files.text(path) == kept)
    let again = try open()
    let found = kept == nil ? [] : ["echo one", "echo two", "exit"]
    #expect(again.shellAtPrompt?.pastLines == found)
  }

  @Test("history -w, -a, -r and -n write and read the file that they are given")
  func historyBuiltin() throws {
    let box = Box()
    var shown = ""
    let terminal = Terminal { shown += String(decoding: $0, as: UTF8.self) }
    _ = try box.machine.start(
      .init(
        path: "bash", arguments: [], environment: box.machine.standardEnvironment, directory: "/",
        files: [0: terminal, 1: terminal, 2: terminal]))
    func type(_ line: String) {
      terminal.type(line + "\n")
      box.timeline.advance(by: .seconds(1))
    }
    for line in ["echo a", "history -w /tmp/h", "echo b", "history -a /tmp/h"] { type(line) }
    let saved = "echo a\nhistory -w /tmp/h\necho b\nhistory -a /tmp/h\n"
    #expect(box.machine.files.text("/tmp/h") == saved)
    #expect(box.machine.files.status("/tmp/h")?.mode == 0o600)
    for line in ["history -c", "history -r /tmp/h", "echo more >> /tmp/h", "history -n /tmp/h"] {
      type(line)
    }
    let past = terminal.shellAtPrompt?.pastLines ?? []
    #expect(past.filter { $0 == "echo b" }.count == 1 && past.last == "more", "\(past)")
  }

  @Test("Ctrl-C reaches the shell inside and what it runs, not the shells around it")
  func innermost() throws {
    let box = Box()
    var shown = ""
    let terminal = Terminal { shown += String(decoding: $0, as: UTF8.self) }
    let outer = try box.machine.start(
      .init(
        path: "bash", arguments: [], environment: box.machine.standardEnvironment, directory: "/",
        files: [0: terminal, 1: terminal, 2: terminal]))
    terminal.signalForeground = { outer.signalFamily($0) }
    func type(_ line: String) {
      terminal.type(line + "\n")
      box.timeline.advance(by: .seconds(1))
    }
    for line in ["OUTER=yes; sh", "sleep 100"] { type(line) }
    terminal.interrupt()
    box.timeline.settle()
    shown = ""
    for line in ["echo in${OUTER}side", "exit", "echo out$OUTER"] { type(line) }
    #expect(shown.contains("inside\n") && shown.contains("outyes\n"), "\(shown)")
  }

  @Test("what Tab offers is the machine's own: its commands, variables, folders and files")
  func completion() throws {
    let box = Box()
    let terminal = Terminal()
    _ = try box.machine.start(
      .init(
        path: "bash", arguments: [], environment: box.machine.standardEnvironment, directory: "/",
        files: [0: terminal, 1: terminal, 2: terminal]))
    box.timeline.settle()
    func offered(_ text: String) -> [String] {
      terminal.shellAtPrompt?.completions(of: text).candidates ?? []
    }
    #expect(offered("hostn") == ["hostname ", "hostnamectl "])
    #expect(offered("cat /etc/hostn") == ["/etc/hostname "])
    #expect(offered("cd /et") == ["/etc/"])
    #expect(offered("echo $HOM") == ["$HOME"])
    #expect(offered("kubect") == [])
  }

  @Test("read -s keeps the terminal from showing what is typed")
  func silent() throws {
    let box = Box()
    let terminal = Terminal()
    _ = try box.machine.start(
      .init(
        path: "bash", arguments: ["-c", "read -s word; read other"],
        environment: box.machine.standardEnvironment, directory: "/",
        files: [0: terminal, 1: terminal, 2: terminal]))
    box.timeline.advance(by: .seconds(1))
    #expect(!terminal.showsTyping)
    terminal.type("secret\n")
    box.timeline.advance(by: .seconds(1))
    #expect(terminal.showsTyping)
  }

  @Test("stty and tput tell of the terminal, and change what of it can be changed")
  func settings() throws {
    let box = Box()
    var shown = ""
    let terminal = Terminal(columns: 100, rows: 30) { shown += String(decoding: $0, as: UTF8.self) }
    _ = try box.machine.start(
      .init(
        path: "bash", arguments: [],
        environment: box.machine.standardEnvironment.merging(["PS1": "", "TERM": "xterm"]) { $1 },
        directory: "/", files: [0: terminal, 1: terminal, 2: terminal]))
    func type(_ line: String) -> String {
      shown = ""
      terminal.press(Array("\(line)\r".utf8))
      box.timeline.advance(by: .seconds(1))
      return shown
    }
    #expect(type("stty size").hasSuffix("30 100\n"))
    #expect(type("tput cols lines; tput cols; tput setaf 1").hasSuffix("100\n\u{1B}[31m"))
    #expect(type("echo $LINES x $COLUMNS").hasSuffix("30 x 100\n"))
    #expect(type("stty rows 9 cols 40; stty size").hasSuffix("9 40\n"))
    #expect(type("stty -a").contains("speed 38400 baud; rows 9; columns 40; line = 0;\n"))
    #expect(type("stty raw").hasSuffix("drydock: not simulated: stty raw\n"))
    #expect(type("stty bogus").contains("stty: invalid argument 'bogus'\n"))
    #expect(type("tput bogus").hasSuffix("tput: unknown terminfo capability 'bogus'\n"))
    _ = type("stty -echo")
    #expect(type("echo quiet") == "quiet\n")
    #expect(box.run(["stty", "size"])?.status == 1)
    #expect(box.run(["env", "-u", "TERM", "tput", "cols"])?.status == 2)
  }
}
