import Foundation
import Testing

/// Shells inside the shell, at a pseudo-terminal: their lines are edited as the workstation's are.
@Suite(.serialized) struct ConversationTests {
  let home: Home
  static let prompt = TerminalTests.prompt

  init() throws { home = try Home() }

  private func open(
    image: String = "nginx", columns: UInt16 = 100
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(home: home, columns: columns)
    try terminal.wait(for: Self.prompt)
    terminal.enter("kubectl run web --image=\(image); kubectl wait --for=condition=Ready pod/web")
    try terminal.wait(for: "condition met")
    try terminal.wait(for: Self.prompt)
    return terminal
  }

  /// Waits until a prompt inside stands where it is edited: the shell wrote it, and the editor anew.
  private func stand(_ terminal: PseudoTerminal, at prompt: String) throws {
    try terminal.wait(for: prompt)
    try terminal.wait(for: prompt)
    _ = terminal.settle()
  }

  @Test("kubectl exec -it bash has editing, a history of its own and Tab of its own machine")
  func exec() throws {
    let terminal = try open()
    let inside = "root@web:/# "
    terminal.enter("kubectl exec -it web -- bash")
    try stand(terminal, at: inside)
    terminal.type("ecko one\u{1}\u{6}\u{6}\u{4}h\r")
    try terminal.wait(for: "\none\n")
    try stand(terminal, at: inside)
    terminal.enter("echo t''wo")
    try terminal.wait(for: "\ntwo\n")
    try stand(terminal, at: inside)
    // Two lines up: nothing of the workstation is among them.
    terminal.type("\u{1B}[A\u{1B}[A\u{1B}[A\r")
    try terminal.wait(for: "\none\n")
    try stand(terminal, at: inside)
    terminal.type("cat /etc/hostn\t\r")
    try terminal.wait(for: "/etc/hostname \nweb\n")
    try stand(terminal, at: inside)
    terminal.type("\u{4}")
    try terminal.wait(for: "exit\n")
    try terminal.wait(for: Self.prompt)
    // The workstation's history is clean of what was typed inside.
    terminal.type("\u{1B}[A")
    try terminal.wait(for: "exec -it web -- bash")
    terminal.type("\r")
    try stand(terminal, at: inside)
    // bash found its file again.
    terminal.type("\u{1B}[A\r")
    try terminal.wait(for: "web\n")
  }

  @Test("Ctrl-C inside drops the line or ends the command, never the shell; Ctrl-D ends what reads")
  func keys() throws {
    let terminal = try open(image: "busybox --command -- sleep 1d")
    terminal.enter("kubectl exec -it web -- sh")
    try stand(terminal, at: "/ # ")
    terminal.type("rm -rf importan\u{3}")
    try terminal.wait(for: "^C\n")
    try stand(terminal, at: "/ # ")
    terminal.enter("sleep 1000")
    try terminal.wait(for: "sleep 1000\n")
    _ = terminal.settle()
    terminal.type("\u{3}")
    try stand(terminal, at: "/ # ")
    terminal.enter("cat; echo ca''ught $?")
    _ = terminal.settle()
    terminal.enter("raw")
    try terminal.wait(for: "raw\nraw\n")
    terminal.type("\u{4}")
    try terminal.wait(for: "caught 0\n")
    try stand(terminal, at: "/ # ")
    terminal.enter("wc -l < .ash_history; wc -l < ~/.ash_history")
    try terminal.wait(for: "\n2\n")
    try stand(terminal, at: "/ # ")
    terminal.type("\u{4}")
    try terminal.wait(for: Self.prompt)
  }

  @Test("the size of the terminal is told inside, and its changes are followed")
  func size() throws {
    let terminal = try open(columns: 91)
    terminal.enter("stty size; echo $COLUMNS")
    try terminal.wait(for: "\n40 91\n91\n")
    try terminal.wait(for: Self.prompt)
    terminal.enter("kubectl exec -it web -- bash")
    try stand(terminal, at: "root@web:/# ")
    terminal.enter("stty size; tput cols; echo $COLUMNS $LINES")
    try terminal.wait(for: "\n40 91\n91\n91 40\n")
    try stand(terminal, at: "root@web:/# ")
    terminal.resize(columns: 77)
    terminal.enter("stty size; echo $COLUMNS")
    try terminal.wait(for: "\n40 77\n77\n")
  }

  @Test("ssh, su and bash are edited too, shell in shell, each with its own lines")
  func others() throws {
    let terminal = try PseudoTerminal(home: home)
    try terminal.wait(for: Self.prompt)
    terminal.enter("ssh node01")
    try stand(terminal, at: "root@node01:~# ")
    terminal.enter("echo on''node")
    try terminal.wait(for: "onnode\n")
    try stand(terminal, at: "root@node01:~# ")
    terminal.enter("su - ")
    try stand(terminal, at: "root@node01:~# ")
    terminal.enter("echo as''root")
    try terminal.wait(for: "asroot\n")
    try stand(terminal, at: "root@node01:~# ")
    terminal.type("\u{4}")
    try terminal.wait(for: "logout\n")
    try stand(terminal, at: "root@node01:~# ")
    terminal.type("\u{1B}[A\u{1B}[A\r")
    try terminal.wait(for: "onnode\n")
    try stand(terminal, at: "root@node01:~# ")
    terminal.enter("exit")
    try terminal.wait(for: "logout\nConnection to node01 closed.\n")
    try terminal.wait(for: Self.prompt)
    terminal.enter("bash")
    try stand(terminal, at: Self.prompt)
    terminal.type("sleep 1000\r")
    _ = terminal.settle()
    terminal.type("\u{3}")
    try stand(terminal, at: Self.prompt)
    terminal.enter("echo $SHLVL; exit")
    try terminal.wait(for: "\n2\nexit\n")
    try terminal.wait(for: Self.prompt)
  }

  @Test("what is typed to read -s does not show")
  func silent() throws {
    let terminal = try open()
    terminal.enter("kubectl exec -it web -- bash")
    try stand(terminal, at: "root@web:/# ")
    terminal.enter("read -s -p 'Password: ' word; echo; echo \"<$word>\"")
    try terminal.wait(for: "Password: ")
    _ = terminal.settle()
    terminal.enter("hidden")
    let shown = try terminal.wait(for: "<hidden>")
    #expect(!shown.dropLast("<hidden>".count).contains("hidden"), "\(shown)")
  }

  @Test("a conversation that ends while a line is typed gives the workstation's prompt back")
  func ended() throws {
    let terminal = try open(image: "busybox --restart=Never --command -- sleep 120")
    terminal.enter("kubectl exec -it web -- sh")
    try stand(terminal, at: "/ # ")
    terminal.type("echo unfin")
    try terminal.wait(for: "echo unfin")
    // The container is taken away from another door of the same session: its own command.
    terminal.type("\u{3}")
    try stand(terminal, at: "/ # ")
    terminal.enter("(sleep 2; kill -9 $PPID; kill -9 1; kill -9 $$) &")
    try stand(terminal, at: "/ # ")
    terminal.type("echo unfin")
    try terminal.wait(for: "exit code 137")
    try terminal.wait(for: Self.prompt)
  }

  @Test("what was typed inside is replayed after a kill")
  func replayed() throws {
    let first = try open()
    first.enter("kubectl exec -it web -- bash")
    try stand(first, at: "root@web:/# ")
    first.enter("echo kept > /tmp/kept; stty size > /tmp/size")
    try stand(first, at: "root@web:/# ")
    first.kill()
    let second = try PseudoTerminal(home: home, columns: 60)
    try second.wait(for: Self.prompt)
    second.enter("kubectl exec web -- cat /tmp/kept /tmp/size")
    try second.wait(for: "\nkept\n40 100\n")
  }
}
