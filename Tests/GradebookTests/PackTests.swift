import Curriculum
import Foundation
import LearnerRecord
import Testing

@testable import Gradebook

@Suite struct PackTests {
  private let key = InstructorKey()

  @Test("the learner's build is reproducible, and holds no hidden check, mistake or exam solution")
  func build() throws {
    let folder = try SmallPack.folder()
    let bytes = try folder.build(.leftOut).bytes()
    #expect(try SmallPack.folder().build(.leftOut).bytes() == bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    for hidden in ["The given one is kept", "mistakes:", "from-literal=colour", "word=hush"] {
      #expect(!text.contains(hidden), "\(hidden)")
    }
    // Solutions of what is practised are for learners.
    #expect(text.contains("kubectl create configmap map"))
    let archive = try PackArchive(reading: bytes, drydock: "0.1.0")
    let open = try PackSource.open(archive, key: nil)
    #expect(open.course.exercise("two-maps")?.checks.map(\.id) == ["one", "colour"])
    #expect(open.course.exercise("two-maps")?.solutions.isEmpty == true)
    #expect(!open.isPartlySealed)
  }

  @Test("sealed checks open for the instructor's key alone, and the pack is the same either way")
  func sealed() throws {
    let sealed = try SmallPack.folder().build(.sealed(key.open))
    let closed = try PackSource.open(sealed, key: nil)
    #expect(closed.isPartlySealed)
    #expect(closed.course.exercise("two-maps")?.sealed == [])
    let opened = try PackSource.open(sealed, key: key)
    #expect(opened.course.exercise("two-maps")?.sealed == ["given"])
    #expect(opened.course.exercise("two-maps")?.variant(5).sealed == ["given"])
    #expect(opened.course.exercise("two-maps")?.mistakes.count == 1)
    #expect(opened.course.exercise("secret-word")?.solutions.count == 1)
    #expect(opened.digest == closed.digest && opened.digest == SmallPack.source.digest)
    #expect(throws: PackError.self) { try PackSource.open(sealed, key: InstructorKey()) }
  }

  @Test("a signature names its signer, and any change after it is found")
  func signature() throws {
    var archive = try SmallPack.folder().build(.leftOut)
    try archive.sign(with: key)
    let read = try PackArchive(reading: try archive.bytes(), drydock: "0.1.0")
    #expect(read.signature?.fingerprint == key.open.fingerprint)
    #expect(read.digest == archive.digest)
    // Changed content under the old signature, in a form that is right in itself.
    let whole = try TarArchive.read(try archive.bytes())
    let forged = try TarArchive(
      whole.entries.map { entry in
        var entry = entry
        if entry.path == "Exercises/maps/one-map.md" { entry.bytes.append(0x20) }
        return entry
      })
    let error = #expect(throws: PackError.self) {
      try PackArchive(reading: forged.bytes, drydock: "0.1.0")
    }
    #expect(error?.description.contains("changed after it was signed") == true)
  }

  @Test("a pack that needs a newer drydock, or holds none, is refused with a clear word")
  func refusals() throws {
    func error(_ files: [(path: String, text: String)]) throws -> String {
      let archive = try TarArchive(
        files.map { .init(path: $0.path, bytes: Array($0.text.utf8)) })
      do {
        _ = try PackArchive(reading: archive.bytes, drydock: "0.1.0")
        return ""
      } catch { return error.description }
    }
    let plan = SmallPack.files[0].text
    #expect(try error([("a.md", "")]).contains("no pack.yaml"))
    #expect(
      try error([("pack.yaml", plan + "\ndrydock: 0.2.0")])
        .contains("small 1.2.0 needs drydock 0.2.0; this is 0.1.0"))
    #expect(try error([("pack.yaml", "id: UPPER")]).contains("wrong, line 1"))
    #expect(throws: PackError.self) {
      try PackArchive(reading: Array("PK\u{3}\u{4}".utf8), drydock: "0.1.0")
    }
  }

  @Test("installing verifies, remembers the signer, refuses older versions, and leaves work alone")
  func install() throws {
    let scratch = try Scratch()
    let shelf = PackShelf(DataFolder(path: scratch.path))
    var archive = try SmallPack.folder().build(.sealed(key.open))
    #expect(throws: PackError.self) { try shelf.install(archive, PackShelf.Terms()) }
    #expect(shelf.all.isEmpty)
    try archive.sign(with: key)
    var terms = PackShelf.Terms()
    terms.signer = InstructorKey().open
    #expect(throws: PackError.self) { try shelf.install(archive, terms) }
    let installed = try shelf.install(archive, PackShelf.Terms())
    #expect(installed.signer == key.open.fingerprint)
    #expect(installed.digest == SmallPack.source.digest)
    #expect(Course.read(in: installed.course).0.plan?.id == "small")
    #expect(Course.read(in: installed.course).1.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: installed.course + "/sealed.bin"))
    try scratch.write("work", "packs/small/record.sqlite")
    var other = try SmallPack.folder().build(.leftOut)
    try other.sign(with: InstructorKey())
    #expect(throws: PackError.self) { try shelf.install(other, PackShelf.Terms()) }
    var older = SmallPack.files
    older[0].text = older[0].text.replacing("1.2.0", with: "1.1.9")
    var old = try SmallPack.folder(older).build(.leftOut)
    try old.sign(with: key)
    #expect(throws: PackError.self) { try shelf.install(old, PackShelf.Terms()) }
    try shelf.remove("small", withWork: false)
    #expect(shelf.all.isEmpty)
    #expect(try scratch.text("packs/small/record.sqlite") == "work")
    #expect(throws: PackError.self) { try shelf.remove("../small", withWork: true) }
  }

  @Test(
    "a pack.yaml tells every mistake with its place",
    arguments: [
      ("version: 1.2.0", "version: 1.2.x", "no version"),
      ("id: small", "id: Small", "no name"),
      ("id: small", "id: ../small", "no name"),
      ("attempts: 2", "attempts: 0", "from 1 to 1000"),
      ("attempts: 2", "attempt: 2", "did you mean \"attempts\""),
      ("due: 2026-09-30T18:00:00Z", "due: tomorrow", "a time such as"),
      ("tasks: [two-maps", "tasks: [three-maps", "not in the pack"),
      ("exercise: two-maps", "exercise: none", "not in the pack"),
      ("practice: [one-map]", "practice: [no-map]", "not in the pack"),
      ("attempts: 2", "counts: first", "one of best, last"),
      ("penalty: 10", "penalty: 101", "from 0 to 100"),
    ])
  func lint(_ part: String, _ other: String, _ message: String) throws {
    var files = SmallPack.files
    #expect(files[0].text.contains(part))
    files[0].text = files[0].text.replacing(part, with: other)
    let flaws = try SmallPack.folder(files).course.1
    #expect(flaws.contains { "\($0)".contains(message) }, "\(flaws)")
  }

  @Test("hidden fields that cannot be told from the others stop the build")
  func unsplittable() throws {
    var files = SmallPack.files
    let flow = files[1].text.replacing("\nsealed:\n", with: "\n\"sealed\":\n")
    #expect(flow != files[1].text)
    files[1].text = flow
    let error = #expect(throws: PackError.self) {
      try SmallPack.folder(files).build(.leftOut)
    }
    #expect(error?.description.contains("cannot be told") == true)
  }

  @Test("a new pack has no mistakes, builds, and its hidden checks are sealed")
  func scaffold() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/week-3"
    #expect(try PackScaffold.write(in: folder, id: "week-3").count == 3)
    #expect(throws: PackError.self) { try PackScaffold.write(in: folder, id: "week-3") }
    let (course, flaws) = try PackFolder.read(folder).course
    #expect(flaws.isEmpty, "\(flaws)")
    #expect(course.plan?.id == "week-3")
    #expect(try PackFolder.read(folder).build(.sealed(key.open)).plan.version == "1.0.0")
  }

  @Test("a link in a pack's folder is no file of the pack")
  func links() throws {
    let scratch = try Scratch()
    for (path, text) in SmallPack.files { try scratch.write(text, path) }
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/Exercises/other.md", withDestinationPath: "/etc/passwd")
    #expect(throws: PackError.self) { try PackFolder.read(scratch.path) }
  }
}
