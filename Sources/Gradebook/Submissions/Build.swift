import Foundation

/// Which build of drydock this is: a log leads to the same bytes of state for certain only in the
/// build that wrote it.
package enum Build {
  /// The first digits of the program's GNU build ID, which linkers make of what they link; nil
  /// where there is none.
  package static let id: String? = {
    guard let file = FileHandle(forReadingAtPath: "/proc/self/exe"),
      let head = try? file.read(upToCount: 1 << 16)
    else { return nil }
    // An ELF note: sizes of name and contents, the type NT_GNU_BUILD_ID, the name.
    let mark = Data([4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0]) + Data("GNU\0".utf8)
    guard let found = head.range(of: mark) else { return nil }
    return Hash.hexadecimal(Array(head[found.upperBound...].prefix(6)))
  }()

  /// Version and build, as semantic versions put them together: `0.1.0+0d6aec20eb67`.
  package static func named(_ version: String) -> String {
    id.map { "\(version)+\($0)" } ?? version
  }

  /// What a state that differs means, for whoever reads of it.
  static func remark(writtenBy writer: String) -> String {
    let build = writer.split(separator: "+").dropFirst().last.map(String.init)
    return build != nil && build == id
      ? "this very build of drydock wrote it"
      : "drydock \(writer) wrote it and another build marks it, which may play it otherwise"
  }
}
