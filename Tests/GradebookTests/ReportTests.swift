import Documents
import Foundation
import LearnerRecord
import Simulation
import Testing

@testable import Gradebook

@Suite struct ReportTests {
  /// Two learners' marks in a folder, one of them with hostile names and words.
  private func marked() throws -> Scratch {
    let scratch = try Scratch()
    var actor = Actor("ada")
    try actor.quiz([
      "two-maps": [
        "kubectl create configmap NAME",
        "echo '<script>alert(1)</script> & more' > /root/why.txt", "kubectl get nothing",
      ]
    ])
    try scratch.write(try actor.text(), "work/ada.drydock")
    try MarkingRun(SmallPack.source).mark(
      try MarkingRun.files([scratch.path + "/work"]),
      into: scratch.path + "/out/marks.jsonl", jobs: 1)
    let roster = try Roster.read(
      "id,name,email,section,canvas\nada,=HYPERLINK(1),a@x,\"A, b\",77\nbo,<b>Bo</b>,b@x,,78\n")
    _ = try ClassReport(SmallPack.source, roster: roster, in: scratch.path + "/out").write()
    return scratch
  }

  @Test("Canvas, Moodle and plain tables have the columns that their readers want")
  func tables() throws {
    let scratch = try marked()
    let canvas = CSV.rows(try scratch.text("out/canvas.csv"))
    #expect(
      canvas[0]
        == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "A small pack"])
    #expect(canvas[1] == ["    Points Possible", "", "", "", "", "100"])
    // A name that a spreadsheet would run is only shown; nothing handed in is no zero.
    #expect(canvas[2] == ["'=HYPERLINK(1)", "77", "ada", "ada", "A, b", "33.33"])
    #expect(canvas[3] == ["<b>Bo</b>", "78", "bo", "bo", "", ""])
    let moodle = CSV.rows(try scratch.text("out/moodle.csv"))
    #expect(moodle[1][2...] == ["a@x", "33.33", "Quiz: 3 of 6"])
    let plain = CSV.rows(try scratch.text("out/marks.csv"))
    #expect(
      plain[0].prefix(7) == ["id", "name", "email", "section", "Quiz", "Practice", "by hand"])
    #expect(plain[1][4...] == ["3", "0", "0", "3", "9", "33.33", "0", "0", "waits for review"])
    #expect(plain[2].last == "nothing handed in")
  }

  @Test("pages and XML show words of learners as words")
  func escaping() throws {
    let scratch = try marked()
    let sheet = try scratch.text("out/learners/ada.html")
    #expect(!sheet.contains("<script>"))
    #expect(sheet.contains("&lt;script&gt;"))
    #expect(sheet.contains("kubectl get nothing"))
    #expect(sheet.contains("The given one is kept") && sheet.contains("hidden"))
    let overview = try scratch.text("out/index.html")
    #expect(!sheet.contains("nil") && !overview.contains("nil"))
    #expect(!sheet.contains("Remark") && !sheet.contains("Adjusted"))
    #expect(!overview.contains("<b>Bo</b>"))
    #expect(overview.contains("learners/ada.html"))
    let junit = try scratch.text("out/junit.xml")
    #expect(junit.contains("<testsuite name=\"ada\" tests=\"5\" failures=\"1\" skipped=\"1\""))
    let json = try JSON.parse(try scratch.text("out/marks.json"))
    #expect(json.array?.count == 2)
    #expect(json[0]?["manual"]?[0]?["answer"]?.string?.contains("& more") == true)
  }

  private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    "a browser shows the class and a learner's sheet",
    .enabled(if: browser != nil, "there is no Chromium on this machine"))
  func browsing() throws {
    let scratch = try marked()
    func shown(_ page: String) throws -> String {
      let process = Process()
      process.executableURL = URL(filePath: try #require(Self.browser))
      process.arguments = [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(scratch.path)/browser",
        "--dump-dom", "file://\(scratch.path)/out/\(page)",
      ]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return String(decoding: bytes, as: UTF8.self)
    }
    let overview = try shown("index.html")
    #expect(overview.contains("<title>A small pack: the class</title>"))
    #expect(overview.contains("href=\"learners/ada.html\""))
    #expect(overview.components(separatedBy: "<rect").count == 11)
    let sheet = try shown("learners/ada.html")
    #expect(sheet.contains("kubectl get nothing") && !sheet.contains("<script>"))
  }

  @Test("a person's decisions are kept, merged, and asked for only once")
  func review() throws {
    let scratch = try marked()
    let out = scratch.path + "/out"
    var asked: [String] = []
    func walk(_ lines: [String]) throws -> Int {
      var lines = lines
      asked = []
      return try ReviewWalk(in: out).run(
        tell: { asked.append($0) }, ask: { _ in lines.isEmpty ? nil : lines.removeFirst() })
    }
    #expect(try walk(["q"]) == 0)
    #expect(try walk(["9", "x", "s"]) == 0)
    #expect(asked.filter { $0.contains("a whole number from 0 to 2") }.count == 2)
    #expect(try walk(["2 well put"]) == 1)
    #expect(asked.contains { $0.contains("<script>") })
    #expect(try walk([]) == 0)
    let roster = try Roster.read("id\nada\n")
    let outcome = try ClassReport(SmallPack.source, roster: roster, in: out).write()
    #expect(outcome.undecided == 0)
    #expect(
      outcome.changes == ["ada: 3 of 9 → 5 of 9", "    why: undecided → 2", "bo: gone"])
    #expect(try scratch.text("out/learners/ada.html").contains("well put"))
    #expect(CSV.rows(try scratch.text("out/marks.csv"))[1].last == "marked")
  }

  @Test("difficulty and discrimination are those of the textbooks")
  func figures() {
    #expect(ClassFigures.correlation([1, 0, 1, 0, 1], [1, 0, 1, 0, 1]).map { $0 > 0.999 } == true)
    #expect(ClassFigures.correlation([1, 1, 1, 1, 1], [1, 0, 1, 0, 1]) == nil)
    #expect(ClassFigures.correlation([1, 0], [1, 0]) == nil)
    let r = ClassFigures.correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]) ?? 0
    #expect(abs(r - 0.8) < 1e-9)
  }

  @Test(
    "tables are read with quotes, line ends and marks of any kind",
    arguments: [
      ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
      ("\"a \"\"b\"\"\",\"c\nd\"\n", [["a \"b\"", "c\nd"]]), ("\u{FEFF}id,\n", [["id", ""]]),
      ("", []), ("\n\n", []), ("\"open", [["open"]]), ("\"\"\n", [[""]]),
    ])
  func csv(_ text: String, _ rows: [[String]]) { #expect(CSV.rows(text) == rows) }

  @Test("tables are written so that they are read the same")
  func csvRoundTrip() {
    let rows = [["plain", "a,b", "a \"b\"", "line\nend", ""], ["", "x\r\ny", "é", "'", "1"]]
    #expect(CSV.rows(CSV.text(rows)) == rows)
  }

  @Test(
    "a roster that cannot be used says where",
    arguments: [
      ("name\nAda", "one of them id"), ("id,grade\na,1", "known are id"),
      ("id\na\na", "line 3 of the roster: a is there twice"),
      ("id\n../a", "line 2 of the roster has no usable id"),
      ("id,extension\na,soon", "an extension such as 2d"),
      ("id,received\na,noon", "a time such as"), ("", "one of them id"),
    ])
  func rosters(_ text: String, _ message: String) {
    let error = #expect(throws: PackError.self) { try Roster.read(text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
