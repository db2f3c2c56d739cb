import Testing

@testable import Gradebook

@Suite struct BuildTests {
  @Test("a state that differs is laid to another build only where another one wrote it")
  func remark() throws {
    let own = try #require(Build.id)
    #expect(own.count == 12 && own.allSatisfy(\.isHexDigit))
    #expect(Build.named("1.2.3") == "1.2.3+" + own)
    #expect(Build.remark(writtenBy: Build.named("1.2.3")) == "this very build of drydock wrote it")
    for other in ["1.2.3", "1.2.3+000000000000", ""] {
      #expect(Build.remark(writtenBy: other).contains("another build"), "\(other)")
    }
  }
}
