import Testing

@testable import KubeObjects

@Suite struct QuantityTests {
  static let canonicalCases: [(String, String)] = [
    ("0", "0"), ("1", "1"), ("0.5", "500m"), ("1000m", "1"), ("1500m", "1500m"),
    ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"), ("100k", "100k"), ("1000k", "1M"), ("1e3", "1e3"),
    ("12E2", "1200e0"), ("1e0", "1e0"), ("1023", "1023"), ("0.1Ki", "102400m"), ("1Ei", "1Ei"),
    ("-5", "-5"),
    ("-1Gi", "-1Gi"), ("0.0000000001", "1n"), ("00012", "12"), ("+3", "3"), ("1.", "1"),
    (".5", "500m"), ("1000000Ki", "1000000Ki"), ("2048Ki", "2Mi"), ("5E", "5E"),
    ("1e-3", "1e-3"), ("0Mi", "0"), ("100n", "100n"),
  ]

  @Test("a quantity is written in its canonical form", arguments: canonicalCases)
  func canonical(text: String, want: String) throws {
    #expect(try Quantity(text).description == want)
  }

  static let refusedCases: [(String, Quantity.ParseError)] = [
    ("", Quantity.ParseError.format), ("abc", .format), ("1x", .format), ("1mm", .suffix),
    ("1Kib", .format), ("1 Gi", .format), ("1iK", .suffix), ("1-", .suffix),
  ]

  @Test("what is no quantity is refused in upstream's words", arguments: refusedCases)
  func refused(text: String, want: Quantity.ParseError) {
    #expect(throws: want) { try Quantity(text) }
  }

  @Test("equal amounts are equal in any notation, and values round away from zero")
  func amounts() throws {
    #expect(try Quantity("1Gi") == Quantity("1024Mi"))
    #expect(try Quantity("1Gi") > Quantity("1G"))
    #expect(try Quantity("1500m").value == 2)
    #expect(try Quantity("-1500m").value == -2)
    #expect(try Quantity("0.0001").milliValue == 1)
    #expect(try (Quantity("1Gi") + Quantity("512Mi")).description == "1536Mi")
    #expect(try (Quantity("0") + Quantity("1Ki")).description == "1Ki")
    #expect(try (Quantity("1") - Quantity("200m")).description == "800m")
    #expect(try Quantity("1.0001").roundedUpToMilli.description == "1001m")
  }

  @Test("hostile sizes are capped, never trapped")
  func hostile() throws {
    let huge = String(repeating: "9", count: 400)
    _ = try Quantity(huge).description
    _ = try Quantity(huge + "Ei").value
    _ = try Quantity("1e1000").milliValue
    _ = try Quantity("0." + huge).description
    _ = try (Quantity(huge) + Quantity(huge)).description
    #expect(throws: Quantity.ParseError.suffix) { try Quantity("1e99999999999999999999") }
  }
}
