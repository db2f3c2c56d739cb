import Shell
import Simulation
import Testing

@testable import Linux

@Suite struct FileSystemTests {
  let timeline = Timeline(now: Moment(seconds: 1_780_304_400))

  func files(capacity: Int? = nil) -> MountNamespace {
    MountNamespace(root: FileSystem(timeline: timeline, capacity: capacity))
  }

  @Test("what is written is read again, through links of both kinds")
  func links() throws {
    let files = files()
    try files.place("hello", at: "/a/b/c.txt")
    try files.makeLink("/soft", to: "a/b/c.txt")
    try files.makeHardLink("/hard", to: "/a/b/c.txt")
    try files.write("changed", to: "/hard")
    #expect(files.text("/soft") == "changed")
    #expect(files.status("/hard")?.identity == files.status("/a/b/c.txt")?.identity)
    #expect(files.status("/soft", followingLinks: false)?.kind == .link)
  }

  @Test("a circle of links ends with an error")
  func circle() throws {
    let files = files()
    try files.makeLink("/x", to: "y")
    try files.makeLink("/y", to: "x")
    #expect(throws: HostError.tooManyLinks) { try files.read("/x") }
  }

  @Test("machines of one tree share its files until they change them")
  func sharing() throws {
    let source = files()
    try source.place("base", at: "/etc/conf")
    let tree = source.root.snapshot()
    let one = MountNamespace(root: FileSystem(tree, timeline: timeline))
    let two = MountNamespace(root: FileSystem(tree, timeline: timeline))
    try one.write("mine", to: "/etc/conf")
    try one.remove("/etc/conf")
    try one.write("again", to: "/etc/new")
    #expect(two.text("/etc/conf") == "base")
    #expect(try two.names(in: "/etc") == ["conf"])
    #expect(try one.names(in: "/etc") == ["new"])
    try source.write("late", to: "/etc/conf")
    #expect(two.text("/etc/conf") == "base")
  }

  @Test("a file open since before a snapshot does not change it")
  func snapshotWhileOpen() async throws {
    let files = files()
    let file = try files.open("/log", .append)
    try await file.write(Array("one".utf8))
    let before = files.root.snapshot()
    try await file.write(Array("two".utf8))
    #expect(files.text("/log") == "onetwo")
    files.root.restore(before)
    #expect(files.text("/log") == "one")
  }

  @Test("a mounted volume hides what is below it, and a part of it can be mounted alone")
  func mounts() throws {
    let files = files()
    try files.place("hidden", at: "/data/old")
    let volume = FileSystem(timeline: timeline, type: "tmpfs")
    let inside = MountNamespace(root: volume)
    try inside.place("value", at: "/dir/key")
    files.mount(volume, at: "/data")
    files.mount(volume, at: "/etc/app/key", part: "dir/key", isReadOnly: true)
    #expect(try files.names(in: "/data") == ["dir"])
    #expect(files.text("/etc/app/key") == "value")
    #expect(throws: HostError.readOnly) { try files.write("x", to: "/etc/app/key") }
    try files.write("new", to: "/data/dir/key")
    #expect(inside.text("/dir/key") == "new")
    #expect(throws: HostError.busy) { try files.remove("/data", isDirectory: true) }
    #expect(files.unmount("/data"))
    #expect(files.text("/data/old") == "hidden")
  }

  @Test("a full file system refuses, and a hole takes no memory")
  func capacity() throws {
    let files = files(capacity: 1 << 20)
    #expect(throws: HostError.noSpace) {
      try files.write([UInt8](repeating: 1, count: 2 << 20), to: "/big")
    }
    let wide = self.files()
    try wide.write("x", to: "/hole")
    try wide.truncate("/hole", to: 1 << 40)
    #expect(wide.status("/hole")?.size == 1 << 40)
    #expect(wide.root.held < 1 << 16)
  }

  @Test("modes and owners decide who may read, write and enter")
  func permissions() throws {
    let files = files()
    let user = Caller(user: 1000, group: 1000)
    try files.place("secret", at: "/secret/file", mode: 0o600)
    #expect(throws: HostError.permissionDenied) { try files.read("/secret/file", user) }
    try files.changeMode("/secret/file", to: 0o644)
    #expect(try files.read("/secret/file", user).count == 6)
    try files.changeMode("/secret", to: 0o700)
    #expect(throws: HostError.permissionDenied) { try files.read("/secret/file", user) }
    #expect(throws: HostError.permissionDenied) { try files.makeDirectory("/mine", user) }
    try files.makeDirectory("/tmp", mode: 0o1777)
    try files.write(Array("x".utf8), to: "/tmp/root")
    #expect(throws: HostError.notPermitted) { try files.remove("/tmp/root", user) }
  }

  @Test("renaming replaces files, refuses circles and other devices")
  func renaming() throws {
    let files = files()
    try files.place("1", at: "/a/one")
    try files.place("2", at: "/b/two")
    try files.rename("/a/one", to: "/b/two")
    #expect(files.text("/b/two") == "1")
    #expect(throws: HostError.invalidArgument) { try files.rename("/b", to: "/b/c") }
    files.mount(FileSystem(timeline: timeline), at: "/mnt")
    #expect(throws: HostError.crossDevice) { try files.rename("/b/two", to: "/mnt/two") }
  }
}
