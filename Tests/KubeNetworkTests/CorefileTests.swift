import Linux
import Testing

@testable import KubeNetwork

@Test("a Corefile is read into its zones and plugins")
func corefile() throws {
  let file = try Corefile(
    """
    .:53 {
        errors
        kubernetes cluster.local in-addr.arpa {
           pods insecure
        }
        forward . 8.8.8.8  # the world
    }
    example.org:1053 { whoami
    }
    """, path: "Corefile")
  #expect(file.servers.count == 2)
  #expect(file.servers[0].directives.map(\.name) == ["errors", "kubernetes", "forward"])
  #expect(file.servers[0].directives[1].arguments == ["cluster.local", "in-addr.arpa"])
  #expect(file.servers[0].directives[1].block == [["pods", "insecure"]])
  #expect(file.servers[1].zones.first?.name == "example.org.")
  #expect(file.servers[1].zones.first?.port == 1053)
}

@Test(
  "a broken Corefile is refused in CoreDNS's words",
  arguments: [
    (".:53 {\n  errrors\n}", "Corefile:2 - Error during parsing: Unknown directive 'errrors'"),
    (".:53 {\n  errors\n", "Corefile:2 - Error during parsing: Unexpected EOF"),
    (".:53 {\n}\n. {\n}", "cannot serve dns://.:53 - it is already defined"),
    (
      ".:53 {\n  kubernetes cluster.local {\n    podz insecure\n  }\n}",
      "plugin/kubernetes: Corefile:2 - Error during parsing: unknown property 'podz'"
    ),
    (
      ".:53 {\n  kubernetes cluster.local {\n    pods always\n  }\n}",
      "plugin/kubernetes: wrong value for pods: always,  pods must be one of: disabled, verified, "
        + "insecure"
    ),
    (
      ".:53 {\n  forward .\n}",
      "plugin/forward: Corefile:2 - Error during parsing: Wrong argument count or unexpected line "
        + "ending after 'forward'"
    ),
    (".:53 {\n  forward . gateway\n}", "plugin/forward: not an IP address or file: \"gateway\""),
  ])
func broken(_ text: String, _ message: String) {
  #expect(throws: Corefile.Problem.self) { try Corefile(text, path: "Corefile") }
  do { _ = try Corefile(text, path: "Corefile") } catch { #expect(error.message == message) }
}

private func directives(_ text: String) throws -> [Corefile.Directive] {
  try Corefile(".:53 {\n\(text)\n}", path: "Corefile").servers[0].directives
}

@Test(
  "a question is rewritten by the first rule that fits, and by more where a rule goes on",
  arguments: [
    ("rewrite name old.test new.test", "old.test.", "new.test."),
    ("rewrite name old.test new.test", "an.old.test.", "an.old.test."),
    ("rewrite name suffix .old.test .new.test", "an.old.test.", "an.new.test."),
    ("rewrite name prefix old- new-", "old-a.test.", "new-a.test."),
    ("rewrite name substring old new", "an.old.test.", "an.new.test."),
    (
      #"rewrite name regex (.*)\.(.*)\.test {2}.{1}.svc.cluster.local"#, "a.b.test.",
      "b.a.svc.cluster.local."
    ),
    ("rewrite stop {\n name old.test new.test\n answer auto\n}", "old.test.", "new.test."),
    ("rewrite name a.test b.test\nrewrite name b.test c.test", "a.test.", "b.test."),
    ("rewrite continue name a.test b.test\nrewrite name b.test c.test", "a.test.", "c.test."),
    ("rewrite name regex ( x", "a.test.", "a.test."), ("rewrite name only", "a.test.", "a.test."),
  ])
func rewrites(_ text: String, _ asked: String, _ name: String) throws {
  #expect(NameRewrite(try directives(text)).apply(to: NameQuestion(asked)).name == name)
}

@Test(
  "a template answers for its zones, types and patterns",
  arguments: [
    (
      "template IN A lab.test {\n answer \"{{ .Name }} 60 IN A 10.0.0.9\"\n}", "x.lab.test.", "A",
      "x.lab.test. 60 10.0.0.9"
    ),
    (
      #"template IN A {\n match "^ip-(\d+)\.test\.$"\n answer "{{ .Name }} A 10.0.0.{{ index .Match 1 }}"\n}"#
        .replacing(#"\n"#, with: "\n"), "ip-7.test.", "A", "ip-7.test. 3600 10.0.0.7"
    ),
    ("template IN A lab.test {\n answer \"x A 1.1.1.1\"\n}", "x.else.test.", "A", "nothing"),
    ("template IN A lab.test {\n answer \"x A 1.1.1.1\"\n}", "x.lab.test.", "AAAA", "nothing"),
    ("template ANY ANY lab.test {\n rcode NXDOMAIN\n}", "x.lab.test.", "TXT", "NXDOMAIN"),
  ])
func templates(_ text: String, _ asked: String, _ type: String, _ told: String) throws {
  let answer = NameTemplate(try directives(text)[0]).answer(NameQuestion(asked, type: type))
  guard let answer else {
    #expect(told == "nothing")
    return
  }
  let line = answer.records.map { "\($0.name) \($0.lifetime) \($0.data)" }.first
  #expect((line ?? answer.status.rawValue) == told)
}
