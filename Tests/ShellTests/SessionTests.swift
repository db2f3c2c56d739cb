import Shell
import Testing

/// What a person at the prompt sees.
struct SessionTests {
  private func session(_ dialect: Dialect = .bash) -> ToyShell {
    ToyShell(dialect, source: .session, name: dialect == .bash ? "bash" : "sh")
  }

  @Test(
    "a text that is open asks for more",
    arguments: [
      "echo 'a", "echo \"a", "if true; then", "for i in 1 2", "for i in 1; do echo $i",
      "cat <<EOF\na",
      "echo a \\\n", "echo a &&", "echo a |", "f() {", "(echo", "$(echo", "echo ${x", "case x in",
      "while true", "[[ a &&", "echo `date", "a=(1",
    ])
  func open(_ text: String) { #expect(session().interpreter.completeness(of: text) == .needsMore) }

  @Test(
    "a whole or hopeless text is run at once",
    arguments: [
      "echo a", "", "if true; then echo; fi", "cat <<EOF\na\nEOF\n", "echo )", "fi",
      "echo 'a'\\''b'",
      "# comment '", "echo a &", "f() { :; }", "a=(1 2)", "echo \\\\",
    ])
  func whole(_ text: String) { #expect(session().interpreter.completeness(of: text) == .complete) }

  @Test(
    "history words call lines back",
    arguments: [
      (["echo one", "!!"], "echo one\none\n"),
      (["echo one two", "echo !$"], "echo two\ntwo\n"),
      (["echo one two", "echo !*"], "echo one two\none two\n"),
      (["echo a", "true", "!e"], "echo a\na\n"),
      (["echo a", "echo b", "!1"], "echo a\na\n"),
      (["echo a", "echo b", "!-2"], "echo a\na\n"),
      (["echo cat", "^cat^dog"], "echo dog\ndog\n"),
      (["echo a", "echo '!!' \\!"], "!! !\n"),
      (["!nope"], "bash: !nope: event not found\n"),
      (["cat <<'D' <<-E\n#!/bin/sh\nD\necho !x\n\tE\necho after"], "echo !x\nafter\n"),
      (["cat <<D\n!x\nD\necho !y"], "bash: !y: event not found\n"),
      (["echo a # !x"], "a\n"),
      (["echo a#!x"], "bash: !x: event not found\n"),
      (["cat <<< a; echo !x"], "bash: !x: event not found\n"),
      (["echo a", "echo \"x!\""], "x!\n"),
    ])
  func history(_ lines: [String], _ wanted: String) {
    let shell = session()
    var last = ""
    for line in lines { last = shell.type(line) }
    #expect(last == wanted)
  }

  @Test("the session goes on after a failure")
  func failures() {
    let shell = session()
    #expect(shell.type("echo ${x?gone}; echo no") == "bash: x: gone\n")
    #expect(shell.type("echo $?") == "1\n")
    #expect(shell.type("echo $((1/0))").hasPrefix("bash: 1/0: division by 0"))
    #expect(shell.type("nosuch") == "bash: nosuch: command not found\n")
    #expect(shell.type("echo )") == "bash: syntax error near unexpected token `)'\n")
    #expect(shell.type("set -u; echo $nope") == "bash: nope: unbound variable\n")
    #expect(shell.type("echo still") == "still\n")
  }

  @Test("aliases hold from the next line on, also after an alias that ends in a blank")
  func aliases() {
    let shell = session()
    #expect(shell.type("alias k='echo kubectl'").isEmpty)
    #expect(shell.type("k get pods") == "kubectl get pods\n")
    #expect(shell.type("alias w='echo '; alias ll='ls -l'").isEmpty)
    #expect(shell.type("w ll") == "ls -l\n")
    #expect(shell.type("alias echo='echo -n'").isEmpty)
    #expect(shell.type("echo x") == "x")
  }

  @Test("exit ends the session, with its trap")
  func exit() {
    let shell = session()
    _ = shell.type("trap 'echo bye' EXIT")
    #expect(shell.type("exit 3") == "exit\nbye\n")
    #expect(shell.interpreter.exitStatus == 3)
  }

  @Test("jobs are announced, listed and waited for")
  func jobs() {
    let shell = session()
    #expect(shell.type("sleep 1 & jobs").contains("[1]+  Running                 sleep 1 &"))
    #expect(shell.type("wait").contains("Done") || shell.type("").contains("Done"))
  }

  @Test(
    "the prompt shows user, host and directory",
    arguments: [
      ("\\u@\\h:\\w\\$ ", "me@toy:/work$ "), ("[\\W] ", "[work] "),
      ("\\[\\e[32m\\]x\\[\\e[0m\\]> ", "\u{1}\u{1b}[32m\u{2}x\u{1}\u{1b}[0m\u{2}> "),
      ("$NAME> ", "val> "), ("\\H \\s-\\v ", "toy.example.com bash-5.2 "),
    ])
  func prompt(_ text: String, _ wanted: String) throws {
    let shell = session()
    _ = shell.type("NAME=val")
    try shell.interpreter.assign("PS1", text)
    #expect(shell.interpreter.prompt() == wanted)
  }

  @Test(
    "a partial line is cut where the cursor completes",
    arguments: [
      ("kubectl get po", ["kubectl", "get", "po"], 12), ("kubectl ", ["kubectl", ""], 8),
      ("echo a; cat fi", ["cat", "fi"], 12), ("cat 'a b", ["cat", "a b"], 4),
      ("cat a\\ b", ["cat", "a b"], 4), ("X=1 kubectl g", ["kubectl", "g"], 12),
      ("echo $(kub", ["kub"], 7), ("a | gr", ["gr"], 4), ("", [""], 0),
    ])
  func partial(_ line: String, _ words: [String], _ start: Int) {
    let found = PartialLine(line)
    #expect(found.words == words)
    #expect(found.wordStart == start)
  }

  @Test("a redirection's file is known as one")
  func redirection() {
    #expect(PartialLine("echo a > fi").isRedirectionTarget)
    #expect(PartialLine("echo a > fi").current == "fi")
    #expect(PartialLine("cat \"a").quoting == .double)
  }
}
