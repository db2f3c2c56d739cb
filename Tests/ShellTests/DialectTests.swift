import Shell
import Testing

/// The plain shells of containers.
struct DialectTests {
  private func output(_ script: String, _ dialect: Dialect) -> String {
    let shell = ToyShell(dialect, name: "sh")
    _ = shell.run(script)
    return shell.output.text
  }

  @Test(
    "dash complains in its own words",
    arguments: [
      ("foo", "sh: 1: foo: not found\n"), ("\nfoo", "sh: 2: foo: not found\n"),
      ("echo )", "sh: 1: Syntax error: \")\" unexpected\n"),
      ("echo 'a", "sh: 1: Syntax error: Unterminated quoted string\n"),
      ("if true; then", "sh: 1: Syntax error: end of file unexpected (expecting \"fi\")\n"),
      ("cat < nofile", "sh: 1: cannot open nofile: No such file\n"),
      ("cd nodir", "sh: 1: cd: can't cd to nodir\n"),
      ("set -u; echo $x", "sh: 1: x: parameter not set\n"),
      ("echo $((1/0))", "sh: 1: arithmetic expression: division by zero: \"1/0\"\n"),
      ("[[ a == a ]]", "sh: 1: [[: not found\n"), ("echo 'a\\tb'", "a\tb\n"),
      ("echo {a,b}", "{a,b}\n"), ("source x", "sh: 1: source: not found\n"),
      ("readonly r=1; r=2", "sh: 1: r: is read only\n"),
      ("x=abc; echo ${x#a} ${#x}", "bc 3\n"), ("alias e=echo\ne hi", "hi\n"),
      (". ./nofile; echo no", "sh: 1: .: cannot open ./nofile: No such file\n"),
      ("./nofile", "sh: 1: ./nofile: not found\n"),
    ])
  func dash(_ script: String, _ wanted: String) { #expect(output(script, .dash) == wanted) }

  @Test(
    "ash complains in its own words",
    arguments: [
      ("foo", "sh: foo: not found\n"), ("echo )", "sh: syntax error: unexpected \")\"\n"),
      ("echo 'a", "sh: syntax error: unterminated quoted string\n"),
      ("if true; then", "sh: syntax error: unexpected end of file (expecting \"fi\")\n"),
      ("cat < nofile", "sh: can't open nofile: no such file\n"),
      ("cd nodir", "sh: cd: line 0: can't cd to nodir: No such file or directory\n"),
      ("echo $((1/0))", "sh: divide by zero\n"), ("[[ a == a ]] && echo y", "y\n"),
      ("echo 'a\\tb'", "a\\tb\n"), ("echo -e 'a\\tb'", "a\tb\n"),
      ("x=abc; echo ${x/b/-} ${x:1}", "a-c bc\n"),
      ("echo {a,b}", "{a,b}\n"), ("set -u; echo $x", "sh: x: parameter not set\n"),
    ])
  func ash(_ script: String, _ wanted: String) { #expect(output(script, .ash) == wanted) }

  @Test("a script file's complaints name its lines")
  func script() {
    let shell = ToyShell(.bash, source: .script, name: "./s.sh")
    _ = shell.run("echo a\nnosuch\necho $((1/0))\necho b")
    #expect(
      shell.output.text
        == "a\n./s.sh: line 2: nosuch: command not found\n"
        + "./s.sh: line 3: 1/0: division by 0 (error token is \"0\")\nb\n")
  }
}
