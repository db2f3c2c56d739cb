import Testing

@testable import KubeObjects

@Suite struct NameRuleTests {
  @Test(
    "names are judged alike at one glance and at length",
    arguments: [
      "", "a", "A", "0", "-", ".", "a.b", "a..b", ".a", "a.", "a-", "-a", "a-.b", "a.-b", "a_b",
      "_a",
      "a/b", "/b", "a/", "a/b/c", "a.b/C_d", "A/b", "-a/b", "é", "a b", "1a", "a1",
      String(repeating: "a", count: 63), String(repeating: "a", count: 64),
      String(repeating: "a", count: 253), String(repeating: "a", count: 254),
      String(repeating: "a", count: 253) + "/b", String(repeating: "a", count: 254) + "/b",
      "a/" + String(repeating: "b", count: 63), "a/" + String(repeating: "b", count: 64),
    ])
  func plain(text: String) {
    let rules: [NameRule] = [
      .dns1123Label, .dns1123Subdomain, .dns1035Label, .qualifiedName, .labelValue,
    ]
    for rule in rules {
      #expect(rule.isPlain(text) == rule.complaints(text).isEmpty, "\(rule) \(text)")
    }
    #expect(!NameRule.portName.isPlain("web"))
  }
}
