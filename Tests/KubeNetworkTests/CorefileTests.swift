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
  ])
func broken(_ text: String, _ message: String) {
  #expect(throws: Corefile.Problem.self) { try Corefile(text, path: "Corefile") }
  do { _ = try Corefile(text, path: "Corefile") } catch { #expect(error.message == message) }
}
