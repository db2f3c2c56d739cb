import Foundation
import Testing

/// The program at a pseudo-terminal, typed to as a person does.
@Suite(.serialized) struct TerminalTests {
  let home: Home
  static let prompt = "root@workstation:~# "

  init() throws { home = try Home() }

  private func open(
    _ arguments: String..., columns: UInt16 = 100, environment: [String: String] = [:]
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(
      arguments, home: home, columns: columns, environment: environment)
    try terminal.wait(for: Self.prompt)
    return terminal
  }

  @Test("the first run greets, a line is answered, Ctrl-D leaves")
  func greets() throws {
    let terminal = try PseudoTerminal(home: home)
    let greeting = try terminal.wait(for: Self.prompt)
    #expect(greeting.contains("Welcome to drydock"))
    #expect(greeting.split(separator: "\n").count <= 6)
    terminal.enter("kubectl get nodes -o name")
    let answer = try terminal.wait(for: Self.prompt)
    #expect(answer.contains("node/controlplane\nnode/node01\nnode/node02\n"))
    terminal.type("\u{4}")
    #expect(terminal.status() == 0)
  }

  @Test("serve on opens the cluster's API to programs outside, serve off closes it")
  func serves() throws {
    let terminal = try open()
    terminal.enter("serve on")
    let said = try terminal.wait(for: Self.prompt)
    let digits = said.components(separatedBy: "https://127.0.0.1:").last?.prefix { $0.isNumber }
    let port = try #require(digits.flatMap { UInt16($0) }, "\(said)")
    #expect(said.contains("export KUBECONFIG='"))
    let folder = try #require(home.environment["DRYDOCK_HOME"])
    let file = "\(folder)/session.kubeconfig"
    let kubeconfig = try String(contentsOfFile: file, encoding: .utf8)
    #expect(kubeconfig.contains("server: https://127.0.0.1:\(port)"))
    #expect(Program.connects(to: port))
    // The session goes on beside it, on the same cluster.
    terminal.enter("kubectl create configmap own; serve")
    #expect(try terminal.wait(for: Self.prompt).contains("configmap/own created\nThe API"))
    // In another cluster it is open on the same port.
    terminal.enter("reset")
    #expect(try terminal.wait(for: Self.prompt).contains("https://127.0.0.1:\(port)."))
    #expect(Program.connects(to: port))
    terminal.enter("serve off")
    #expect(try terminal.wait(for: Self.prompt).contains("The API is closed."))
    #expect(!Program.connects(to: port))
  }

  @Test("Tab completes commands, kinds, names and files")
  func tab() throws {
    let terminal = try open()
    terminal.type("kubec\tget no\t")
    try terminal.wait(for: "kubectl get nodes ")
    terminal.type("node\t")
    try terminal.wait(for: "node0")
    terminal.type("1 -o nam\t")
    try terminal.wait(for: "-o name")
    terminal.type("\r")
    try terminal.wait(for: "node/node01\n")
    try terminal.wait(for: Self.prompt)
    terminal.enter("echo hello > some-file.txt")
    try terminal.wait(for: Self.prompt)
    terminal.type("cat some\t\r")
    try terminal.wait(for: "hello\n")
  }

  @Test("Ctrl-C drops the line being typed and ends the command that runs, never the program")
  func interrupt() throws {
    let terminal = try open()
    terminal.type("rm -rf importan")
    try terminal.wait(for: "importan")
    terminal.type("\u{3}")
    try terminal.wait(for: Self.prompt)
    terminal.enter("while true; do sleep 1; done")
    try terminal.wait(for: "done\n")
    _ = terminal.settle()
    terminal.type("\u{3}")
    #expect(try terminal.wait(for: Self.prompt).hasPrefix("^C\n"))
    terminal.enter("while true; do :; done")
    try terminal.wait(for: "done\n")
    _ = terminal.settle()
    terminal.type("\u{3}")
    try terminal.wait(for: Self.prompt)
    terminal.enter("echo sta''tus $?")
    try terminal.wait(for: "status 130\n")
  }

  @Test("a here-document and an open quote are continued on lines of their own")
  func continued() throws {
    let terminal = try open()
    terminal.enter("cat > pod.yaml <<END")
    try terminal.wait(for: "> ")
    terminal.enter("apiVersion: v1")
    try terminal.wait(for: "> ")
    terminal.enter("kind: Pod")
    try terminal.wait(for: "> ")
    terminal.enter("END")
    try terminal.wait(for: Self.prompt)
    terminal.enter("echo 'one")
    try terminal.wait(for: "> ")
    terminal.enter("two' $(wc -l < pod.yaml)")
    try terminal.wait(for: "one\ntwo 2\n")
    // Ctrl-C drops a whole unfinished command.
    terminal.enter("echo \"never")
    try terminal.wait(for: "> ")
    terminal.type("\u{3}")
    try terminal.wait(for: Self.prompt)
    terminal.enter("echo al''ive")
    try terminal.wait(for: "alive\n")
  }

  @Test("history is kept between runs without duplicates, and Ctrl-R finds in it")
  func history() throws {
    let first = try open()
    for line in ["echo one", "echo two", "echo one"] {
      first.enter(line)
      try first.wait(for: Self.prompt)
    }
    first.type("\u{4}")
    #expect(first.status() == 0)
    let second = try open()
    second.type("\u{1B}[A")
    try second.wait(for: "echo one")
    second.type("\u{1B}[A")
    try second.wait(for: "two")
    // The second "echo one" is not there any more: nothing older.
    second.type("\u{1B}[A\u{1B}[A\r")
    try second.wait(for: "two\n")
    try second.wait(for: Self.prompt)
    second.type("\u{12}o on")
    try second.wait(for: "one")
    second.type("\r")
    try second.wait(for: "one\n")
  }

  @Test("vi keys come from ~/.editrc")
  func vi() throws {
    _ = try home.write("bind -v\n", to: ".editrc")
    let terminal = try open()
    terminal.type("ecko word")
    try terminal.wait(for: "ecko word")
    // Escape, to the third letter, replace it.
    terminal.type("\u{1B}0llrh\r")
    try terminal.wait(for: "word\n")
    try terminal.wait(for: Self.prompt)
    terminal.type("echo stil\u{3}")
    try terminal.wait(for: Self.prompt)
    terminal.type("kubec\t")
    try terminal.wait(for: "kubectl ")
  }

  @Test("help fits a screen of 24 rows and 80 columns")
  func helpFits() throws {
    let terminal = try open(columns: 80)
    terminal.enter("help")
    let help = try terminal.wait(for: Self.prompt)
    #expect(help.contains("Ctrl-D leaves"))
    #expect(help.split(separator: "\n", omittingEmptySubsequences: false).count <= 24, "\(help)")
  }

  @Test("a resized terminal wraps to its new width")
  func resized() throws {
    let terminal = try open(columns: 120)
    terminal.resize(columns: 44)
    terminal.enter("help")
    // The prompt is drawn anew for the new width, before or after what is typed.
    let help = try terminal.wait(for: "practice") + terminal.wait(for: Self.prompt)
    let longest = help.split(separator: "\n").dropFirst().map(\.count).max() ?? 0
    #expect(longest <= 44)
  }

  @Test("NO_COLOR takes colours away, --plain everything but text")
  func colours() throws {
    for (arguments, environment) in [([], ["NO_COLOR": "1"]), (["--plain"], [:])] {
      let raw = try RawOutput.of(arguments, home: home, environment: environment, typing: "\u{4}")
      #expect(!raw.contains("\u{1B}[32m") && !raw.contains("[1;32m"), "\(arguments)")
    }
    let coloured = try RawOutput.of([], home: home, environment: [:], typing: "\u{4}")
    #expect(coloured.contains("[1;32m"))
    // What is drawn of signs means nothing read aloud.
    let signs: Set<Character> = ["·", "░", "█", "▪"]
    let drawn = try Program.run("progress", home: home).output
    let spoken = try Program.run("progress", "--plain", home: home).output
    #expect(drawn.contains { signs.contains($0) } && !spoken.contains { signs.contains($0) })
    #expect(spoken.contains("Storage (10 %)"), "\(spoken)")
  }

  @Test("edit, vi and kubectl edit open the user's editor on the workstation's file")
  func editor() throws {
    let script = try home.write(
      "#!/bin/sh\nsed -i 's/replicas: 1/replicas: 3/' \"$1\"\necho added >> \"$1.log\"\n",
      to: "editor.sh")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let terminal = try open(environment: ["EDITOR": script])
    terminal.enter(
      "kubectl create deployment web --image=nginx --dry-run=client -o yaml > web.yaml")
    try terminal.wait(for: Self.prompt)
    for word in ["edit", "vi", "nano"] {
      terminal.enter("\(word) web.yaml && grep replicas web.yaml")
      try terminal.wait(for: "replicas: 3\n")
      try terminal.wait(for: Self.prompt)
    }
    terminal.enter("kubectl create deployment api --image=nginx; kubectl edit deployment api")
    try terminal.wait(for: "deployment.apps/api edited")
    try terminal.wait(for: Self.prompt)
    terminal.enter("kubectl get deployment api -o jsonpath='{.spec.replicas}{\"\\n\"}'")
    try terminal.wait(for: "3\n")
  }

  @Test("wide characters are typed, kept and shown")
  func unicode() throws {
    let terminal = try open()
    terminal.enter("echo größe 日本 🚢")
    try terminal.wait(for: "größe 日本 🚢\n")
    try terminal.wait(for: Self.prompt)
    terminal.type("\u{1B}[A\u{7F}\u{7F}\r")
    try terminal.wait(for: "größe 日本\n")
  }

  @Test("lines from a pipe are run without a prompt")
  func piped() throws {
    let outcome = try Program.run(
      home: home, input: "echo one\ncat <<E\ntwo\nE\nkubectl get nodes -o name | head -1\nfalse\n")
    #expect(outcome.output.hasSuffix("one\ntwo\nnode/controlplane\n"))
    #expect(!outcome.output.contains("#"))
    #expect(outcome.status == 1)
  }
}

/// What the program writes to a terminal, codes and all.
enum RawOutput {
  static func of(
    _ arguments: [String], home: Home, environment: [String: String], typing text: String
  ) throws -> String {
    let terminal = try PseudoTerminal(arguments, home: home, environment: environment)
    try terminal.wait(for: "# ")
    terminal.type(text)
    _ = terminal.status()
    return terminal.raw
  }
}
