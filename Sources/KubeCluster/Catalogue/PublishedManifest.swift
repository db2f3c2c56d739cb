/// A manifest that people apply from the web, under the addresses at which they find it.
struct PublishedManifest: Sendable {
  /// Parts that an address of it holds; versions vary.
  let marks: [String]
  let text: String

  func isAt(_ address: String) -> Bool {
    let path = address.prefix { $0 != "?" && $0 != "#" }
    guard let last = marks.last, path.hasSuffix(last) else { return false }
    return marks.dropLast().allSatisfy { path.contains($0) }
  }
}
