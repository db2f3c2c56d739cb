import Testing

@testable import PKI

private let start: Int64 = 1_780_304_400
private let authority = Authority(commonName: "kubernetes", material: Array(0..<32), start: start)

private func issue(
  _ name: String, groups: [String] = [], from other: Authority = authority
) -> CertificateFacts? {
  let key = KeyPair(.p256, material: Array("key of \(name)".utf8))
  return other.issue(
    .init(
      subject: Subject(commonName: name, organizations: groups), publicKey: key.publicKey,
      alternativeNames: [.dns("localhost"), .address([127, 0, 0, 1])], uses: [.client],
      serial: [1, 2, 3], notBefore: start, notAfter: start + 3600))
}

@Test("an issued certificate names its user and groups, and only its issuer stands behind it")
func issued() throws {
  let facts = try #require(issue("jane", groups: ["dev", "ops"]))
  let read = try #require(CertificateFacts(pem: facts.pem))
  #expect(read.subject == Subject(commonName: "jane", organizations: ["dev", "ops"]))
  #expect(read.issuer.commonName == "kubernetes")
  #expect((read.notBefore, read.notAfter) == (start, start + 3600))
  #expect(read.allows(.client) && !read.allows(.server) && !read.isAuthority)
  #expect(read.alternativeNames == [.dns("localhost"), .address([127, 0, 0, 1])])
  #expect(read.isSigned(by: authority.facts))
  let stranger = Authority(commonName: "kubernetes", material: Array(1..<33), start: start)
  #expect(!read.isSigned(by: stranger.facts))
}

@Test("the same seed gives the same bytes")
func repeatable() throws {
  let again = Authority(commonName: "kubernetes", material: Array(0..<32), start: start)
  #expect(again.facts.pem == authority.facts.pem)
  #expect(issue("jane")?.der == issue("jane", from: again)?.der)
}

@Test("an authority survives being written to files")
func files() throws {
  let read = try #require(
    Authority(certificatePEM: authority.facts.pem, keyPEM: authority.key.pem))
  #expect(try #require(issue("joe", from: read)).isSigned(by: authority.facts))
}

@Test("a request carries its subject and proves its key")
func request() throws {
  let key = KeyPair(.p256, material: Array("jane".utf8))
  let made = try #require(
    CertificateRequest(
      subject: Subject(commonName: "jane", organizations: ["dev"]), key: key,
      alternativeNames: [.dns("a.b")]))
  let read = try #require(CertificateRequest(pem: made.pem))
  #expect(read.subject.commonName == "jane" && read.isSignatureValid)
  #expect(read.alternativeNames == [.dns("a.b")])
  #expect(CertificateRequest(pem: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n") == nil)
}

@Test("a token is accepted as it was signed and refused when a letter differs")
func tokens() {
  let signer = TokenSigner(material: Array(0..<32))
  let token = signer.sign(claims: Array("{\"sub\":\"x\"}".utf8))
  #expect(signer.verify(token).map { String(decoding: $0, as: UTF8.self) } == "{\"sub\":\"x\"}")
  #expect(TokenSigner(material: Array(1..<33)).verify(token) == nil)
  #expect(signer.verify(String(token.dropLast(3)) + "AAA") == nil)
  for broken in ["", "..", "a.b", "a.b.c.d", "é.é.é"] { #expect(signer.verify(broken) == nil) }
}

@Test("digests agree with the published vectors")
func digests() {
  #expect(
    Digest.sha256(Array("abc".utf8))
      == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  #expect(Digest.md5([]) == "d41d8cd98f00b204e9800998ecf8427e")
}
