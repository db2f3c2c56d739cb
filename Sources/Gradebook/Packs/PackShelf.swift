import Curriculum
import Documents
import Foundation
package import LearnerRecord

/// The packs that a learner has installed, each with the work done in it.
package struct PackShelf: Sendable {
  private let path: String

  package init(_ folder: DataFolder) { path = "\(folder.path)/packs" }

  package struct Installed: Sendable {
    package var id: String
    package var version: String
    package var title: String
    package var digest: String
    /// nil when it is not signed.
    package var signer: String?
    /// Holds Lessons and Exercises.
    package var course: String
    /// Holds the learner's record of this pack alone.
    package var record: DataFolder
  }

  /// What an installation insists on.
  package struct Terms: Sendable {
    package var signer: InstructorPublicKey?
    package var allowsUnsigned = false
    /// Whether a pack may come from another signer than its earlier version did.
    package var allowsOtherSigner = false

    package init() {}
  }

  /// Verifies an archive and puts it in place of an earlier version; nothing is written before.
  package func install(_ archive: PackArchive, _ terms: Terms) throws(PackError) -> Installed {
    let plan = archive.plan
    let signer = archive.signature?.fingerprint
    if signer == nil, !terms.allowsUnsigned {
      throw PackError(
        "\(plan.id) is not signed; install it with --unsigned if you know where it comes from")
    }
    if let wanted = terms.signer, wanted.fingerprint != signer {
      throw PackError("\(plan.id) is signed by \(signer ?? "nobody"), not \(wanted.fingerprint)")
    }
    let before = find(plan.id)
    if let before, before.signer != signer, !terms.allowsOtherSigner {
      throw PackError(
        "\(plan.id) was signed by \(before.signer ?? "nobody") before, now by "
          + "\(signer ?? "nobody"); install it with --other-signer if that is right")
    }
    if let before, let old = PackVersion(before.version), let new = PackVersion(plan.version),
      new < old
    {
      throw PackError("\(plan.id) \(before.version) is installed, which is newer; remove it first")
    }
    let (_, flaws) = Course.read(
      archive.contents.entries.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
    if let flaw = flaws.first { throw PackError("the pack has mistakes: \(flaw)") }
    try write(archive, signer)
    guard let installed = find(plan.id) else { throw PackError("cannot write in \(path)") }
    return installed
  }

  private func write(_ archive: PackArchive, _ signer: String?) throws(PackError) {
    let home = "\(path)/\(archive.plan.id)"
    let fresh = "\(home)/.new"
    let files = FileManager.default
    try? files.removeItem(atPath: fresh)
    do {
      try files.createDirectory(
        atPath: fresh, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      for entry in archive.contents.entries where entry.path != Sealing.fileName {
        let file = URL(filePath: "\(fresh)/\(entry.path)")
        try files.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(entry.bytes).write(to: file)
      }
      let source = try PackSource.open(archive, key: nil)
      var note: Value = [
        "version": .string(archive.plan.version), "title": .string(archive.plan.title),
        "digest": .string(source.digest),
      ]
      if let signer { note["signer"] = .string(signer) }
      try Data(JSON.bytes(note)).write(to: URL(filePath: "\(fresh)/installed.json"))
      try? files.removeItem(atPath: "\(home)/course")
      try files.moveItem(atPath: fresh, toPath: "\(home)/course")
    } catch let error as PackError {
      throw error
    } catch { throw PackError("cannot write \(home)") }
  }

  package func find(_ id: String) -> Installed? {
    let home = "\(path)/\(id)"
    guard !id.contains("/"), !id.hasPrefix("."),
      let bytes = FileManager.default.contents(atPath: "\(home)/course/installed.json"),
      let note = try? JSON.parse(Array(bytes)), let version = note["version"]?.string
    else { return nil }
    return Installed(
      id: id, version: version, title: note["title"]?.string ?? "",
      digest: note["digest"]?.string ?? "", signer: note["signer"]?.string,
      course: "\(home)/course", record: DataFolder(path: home))
  }

  package var all: [Installed] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.sorted().compactMap { find($0) }
  }

  /// Takes a pack away; the work done in it stays unless it is to go too.
  package func remove(_ id: String, withWork: Bool) throws(PackError) {
    guard let installed = find(id) else { throw PackError("no pack \"\(id)\" is installed") }
    let gone = withWork ? installed.record.path : installed.course
    do { try FileManager.default.removeItem(atPath: gone) } catch {
      throw PackError("cannot remove \(gone)")
    }
  }
}
