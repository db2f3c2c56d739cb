import Testing

@testable import KubeObjects

@Suite struct IPAddressTests {
  static let cases: [(String, String?)] = [
    ("10.96.0.1", "10.96.0.1"), ("300.1.1.1", nil), ("1.2.3", nil), ("01.2.3.4", nil),
    ("2001:DB8::1", "2001:db8::1"), ("::", "::"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
    ("::ffff:1.2.3.4", "::ffff:102:304"), ("1::2::3", nil), ("any", nil), ("", nil),
  ]

  @Test("an address is read and written in its canonical form", arguments: cases)
  func canonical(text: String, want: String?) {
    #expect(IPAddress(text)?.description == want)
  }

  @Test("a block knows its addresses and the blocks within it")
  func prefixes() throws {
    let block = try #require(IPPrefix("192.0.2.0/24"))
    #expect(block.contains(try #require(IPAddress("192.0.2.77"))))
    #expect(!block.contains(try #require(IPAddress("192.0.3.1"))))
    #expect(block.contains(try #require(IPPrefix("192.0.2.8/29"))))
    #expect(try #require(IPPrefix("192.0.2.9/24")).isCanonical == false)
    for bad in ["192.0.2.0", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/024", "/8"] {
      #expect(IPPrefix(bad) == nil)
    }
  }
}
