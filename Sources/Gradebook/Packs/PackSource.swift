package import Curriculum
import Documents
import Foundation

/// A pack to work with: a course with its plan, and a digest that tells versions apart.
package struct PackSource: Sendable {
  package let course: Course
  package let plan: PackPlan
  /// Of the learner's build, so that folder and archive agree.
  package let digest: String
  /// Whether it has sealed checks that this reader cannot open.
  package let isPartlySealed: Bool

  package init(course: Course, plan: PackPlan, digest: String, isPartlySealed: Bool = false) {
    self.course = course
    self.plan = plan
    self.digest = digest
    self.isPartlySealed = isPartlySealed
  }

  /// Opens an author's folder or an archive; with the key, sealed checks come out.
  package static func open(
    _ path: String, key: InstructorKey?, drydock version: String
  ) throws(PackError) -> PackSource {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw PackError("there is no pack \(path)")
    }
    if isFolder.boolValue { return try open(PackFolder.read(path)) }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw PackError("cannot read \(path)")
    }
    return try open(try PackArchive(reading: Array(bytes), drydock: version), key: key)
  }

  static func open(_ folder: PackFolder) throws(PackError) -> PackSource {
    let (course, flaws) = folder.course
    guard let plan = course.plan, flaws.isEmpty else {
      throw PackError("the pack has mistakes; drydock pack lint tells them")
    }
    return PackSource(course: course, plan: plan, digest: try folder.build(.leftOut).digest)
  }

  package static func open(
    _ archive: PackArchive, key: InstructorKey?
  ) throws(PackError) -> PackSource {
    var parts: [String: String] = [:]
    var isPartlySealed = false
    if let sealed = archive.contents.contents(Sealing.fileName) {
      if let key {
        parts = try Sealing.open(sealed, with: key)
      } else {
        isPartlySealed = true
      }
    }
    let texts = archive.contents.entries.filter { $0.path != Sealing.fileName }.map {
      ($0.path, Withholding.rejoin(String(decoding: $0.bytes, as: UTF8.self), parts[$0.path] ?? ""))
    }
    let (course, flaws) = Course.read(texts)
    guard let plan = course.plan, flaws.isEmpty else {
      throw PackError("the pack has mistakes: \(flaws.first.map { "\($0)" } ?? "no pack.yaml")")
    }
    return PackSource(
      course: course, plan: plan, digest: openDigest(archive), isPartlySealed: isPartlySealed)
  }

  /// Sealing draws fresh keys each time: it does not make another pack.
  private static func openDigest(_ archive: PackArchive) -> String {
    let open = archive.contents.entries.filter { $0.path != Sealing.fileName }
    return (try? TarArchive(open)).map { Hash.text($0.bytes) } ?? archive.digest
  }
}
