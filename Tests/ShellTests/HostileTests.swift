import Shell
import Testing

/// Input that would crash or hang a careless shell.
struct HostileTests {
  private func ends(_ script: String, with text: String, dialect: Dialect = .bash) -> Bool {
    let shell = ToyShell(dialect)
    _ = shell.run(script)
    return shell.output.text.contains(text)
  }

  @Test(
    "deep nesting is refused",
    arguments: ["(", "{ ", "$(", "`", "if ", "${a:-", "((", "[[ (", "\"$("])
  func nesting(_ open: String) {
    let plain = ToyShell()
    #expect(plain.run(String(repeating: open, count: 99_999)) != 0)
  }

  @Test("deep arithmetic is refused")
  func arithmetic() {
    #expect(ToyShell().run("echo $((" + String(repeating: "(", count: 50000) + "1") != 0)
    #expect(ToyShell().run("echo $((" + String(repeating: "-", count: 50001) + "1))") != 0)
    #expect(ends("a=a; echo $((a))", with: "expression recursion level exceeded"))
  }

  @Test("endless recursion and loops meet their limits")
  func endless() {
    #expect(ends("f() { f; }; f", with: "maximum function nesting level exceeded (1000)"))
    #expect(ends("while :; do :; done", with: "step budget"))
    #expect(ends("for ((;;)); do x=1; done", with: "step budget"))
    #expect(ends("x=$(yes)", with: "output exceeds"))
    #expect(ends("eval() { command eval \"$1\"; }; x='eval \"$x\"'; eval \"$x\"", with: "exceeded"))
    #expect(ends("echo {1..100000000}", with: "drydock: brace expansion exceeds 1000000 words"))
    #expect(
      ends(
        "echo {-9223372036854775808..9223372036854775807..-9223372036854775808}", with: "exceeds"))
    #expect(ends("echo {1..1000}{1..1000}{1..1000}", with: "exceeds"))
    #expect(ends("f() { echo $(f); }; f", with: "nest"))
    #expect(ends("f() { f \"$@\" \"$@\"; }; f a", with: "step budget"))
    #expect(ends("for ((;;)); do a=(\"${a[@]}\" x); done", with: "step budget"))
    #expect(
      ends("while exec {fd}> f; do :; done; echo $fd", with: "f: Too many open files\n1023\n"))
  }

  @Test("patterns that explode elsewhere are quick here")
  func patterns() {
    let text = String(repeating: "a", count: 200)
    #expect(ends("[[ \(text) =~ (a*)*b ]] || echo no", with: "no"))
    #expect(ends("[[ \(text) == *a*a*a*a*a*a*a*a*b ]] || echo no", with: "no"))
    #expect(ends("x=\(text); echo \"${x%%*a*a*a*a*a*b}\" | wc -c", with: "201"))
    #expect(ends("shopt -s extglob; [[ \(text) == *(*(a|aa)|a)b ]] || echo no", with: "no"))
  }

  @Test("any bytes parse without a crash", arguments: 0..<60)
  func noise(_ seed: Int) {
    var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let alphabet = Array("abx10 \t\n'\"`$(){}[]<>|&;#!*?~=+-/%@:,.\\^".utf8)
    var bytes: [UInt8] = []
    for _ in 0..<300 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes.append(alphabet[Int(state >> 33) % alphabet.count])
    }
    let text = String(decoding: bytes, as: UTF8.self)
    for dialect in [Dialect.bash, .dash, .ash] {
      let (_, problems) = Parser.parse(text, dialect: dialect)
      #expect(problems.count <= 1)
    }
    let shell = ToyShell()
    shell.machine.stepBudget = 500
    _ = shell.run(text)
  }
}
