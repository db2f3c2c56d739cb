import Foundation
import GRDB
import LearnerRecord
import Simulation
import Testing

@Suite struct DamageTests {
  let temporary = TemporaryFolder()

  @Test("a file that is no database is set aside with a notice and kept byte for byte")
  func setAside() throws {
    let database = temporary.folder.database
    try FileManager.default.createDirectory(
      atPath: temporary.folder.path, withIntermediateDirectories: true)
    for number in 1...2 {
      let rubbish = Data("rubbish \(number) ".utf8) + Data(repeating: 7, count: 4096)
      try rubbish.write(to: URL(fileURLWithPath: database))
      do {
        let (book, notices) = try Logbook.open(in: temporary.folder)
        #expect(notices.count == 1)
        #expect(notices.first?.contains("\(database).damaged-\(number)") == true)
        try book.remember("works again")
      }
      let kept = try Data(contentsOf: URL(fileURLWithPath: "\(database).damaged-\(number)"))
      #expect(kept == rubbish)
      try FileManager.default.removeItem(atPath: database)
    }
  }

  @Test("a database with destroyed pages is found out when it is opened")
  func destroyedPages() throws {
    do {
      let book = try temporary.open()
      // The last connection to close folds the log into the file.
      for number in 0..<400 { try book.remember("a line of some length, number \(number)") }
    }
    let url = URL(fileURLWithPath: temporary.folder.database)
    var bytes = try Data(contentsOf: url)
    #expect(bytes.count > 16384)
    for index in 4096..<(bytes.count) { bytes[index] = 0xA5 }
    try bytes.write(to: url)
    let (book, notices) = try Logbook.open(in: temporary.folder)
    #expect(notices.count == 1)
    #expect(try book.history() == [])
  }

  @Test("what was written is in the files at once: a process killed there loses nothing")
  func killed() throws {
    let book = try temporary.open()
    let later = TemporaryFolder()
    let files = FileManager.default
    for number in 0..<20 {
      try book.remember("line \(number)")
      // The files as a kill at this moment would leave them.
      try? files.removeItem(atPath: later.folder.path)
      try files.copyItem(atPath: temporary.folder.path, toPath: later.folder.path)
      #expect(try later.open().history().count == number + 1)
    }
  }

  @Test("a database of a newer drydock is refused and left alone")
  func newer() throws {
    do { _ = try temporary.open() }
    do {
      let queue = try DatabaseQueue(path: temporary.folder.database)
      try queue.write {
        try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 of the future')")
      }
    }
    #expect(throws: LogbookError.self) { try Logbook.open(in: temporary.folder) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: temporary.folder.path)
        .allSatisfy { !$0.contains("damaged") })
  }

  @Test("a folder that cannot be made is refused with a way out")
  func unwritable() {
    let error = #expect(throws: LogbookError.self) {
      try Logbook.open(in: DataFolder(path: "/proc/none/drydock"))
    }
    #expect(error?.description.contains("DRYDOCK_HOME") == true)
  }

  @Test(
    "the data folder is DRYDOCK_HOME, else in XDG_DATA_HOME, else in HOME",
    arguments: [
      (["DRYDOCK_HOME": "/d", "XDG_DATA_HOME": "/x", "HOME": "/h"], "/d"),
      (["XDG_DATA_HOME": "/x", "HOME": "/h"], "/x/drydock"),
      (["XDG_DATA_HOME": "relative", "HOME": "/h"], "/h/.local/share/drydock"),
      (["DRYDOCK_HOME": "", "HOME": "/h"], "/h/.local/share/drydock"),
      ([:], nil),
    ] as [([String: String], String?)])
  func folder(environment: [String: String], path: String?) {
    #expect(DataFolder(environment: environment)?.path == path)
  }
}
