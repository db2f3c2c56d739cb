import Simulation
import Testing

@testable import PKI

private func key(_ seed: UInt64, bits: Int = 2048) -> DERNode {
  var random = SeededRandom(seed: seed)
  return RSAKeys.make(bits: bits) { random.next() }
}

@Test("an RSA key comes from its seed, signs repeatably, and its public half verifies")
func rsa() throws {
  let node = key(1)
  #expect(node == key(1))
  #expect(node.children.count == 9)
  let modulus = node.children[1].content.drop { $0 == 0 }
  #expect(modulus.count == 256 && modulus.first.map { $0 >= 0x80 } == true)
  let pair = try #require(KeyPair(rsa: node))
  let signed = try #require(pair.sign(Array("hello".utf8)))
  #expect(pair.sign(Array("hello".utf8))?.signature == signed.signature)
  let info = try #require(pair.publicKey.info)
  let reader = try #require(PublicKey(info: info))
  #expect(
    reader.isSignature(signed.signature, algorithm: signed.algorithm, of: Array("hello".utf8)))
  #expect(
    !reader.isSignature(signed.signature, algorithm: signed.algorithm, of: Array("hullo".utf8)))
}

@Test("an ECDSA signature is repeatable and the library accepts it", arguments: 0..<20)
func ecdsa(_ number: Int) throws {
  let pair = KeyPair(.p256, material: [UInt8(number), 7])
  let message = Array("message \(number)".utf8)
  let signed = try #require(pair.sign(message))
  #expect(pair.sign(message)?.signature == signed.signature)
  #expect(
    pair.publicKey.isSignature(signed.signature, algorithm: signed.algorithm, of: message))
}

@Test(
  "damaged DER is no element", arguments: [[], [0x30], [0x30, 0x85, 1], [0x30, 5, 1], [2, 0x81]])
func damaged(_ bytes: [UInt8]) { #expect(DERNode(bytes) == nil) }

@Test("object identifiers read back as written")
func identifiers() {
  for dotted in ["1.2.840.113549.1.1.11", "2.5.4.3", "1.3.101.112", "2.16.840.1.101.3.4.2.1"] {
    #expect(DERNode.identifier(dotted).dotted == dotted)
  }
}
