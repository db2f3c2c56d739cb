import Classroom
import Foundation
import LearnerRecord
import Simulation
import Testing

@testable import Gradebook

@Suite struct ClassTests {
  /// DRYDOCK_CLASS=200 makes the class as large as a real one.
  private static let size =
    ProcessInfo.processInfo.environment["DRYDOCK_CLASS"].flatMap { Int($0) } ?? 18

  private func grade(
    _ course: GeneratedClass, jobs: Int, into folder: String, shards: Int = 1
  ) throws -> ClassReport.Outcome {
    let files = try MarkingRun.files([course.scratch.path + "/work"])
    let out = course.scratch.path + "/" + folder
    if shards == 1 {
      try MarkingRun(SmallPack.source).mark(files, into: "\(out)/marks.jsonl", jobs: jobs)
    } else {
      var parts: [String] = []
      for index in 0..<shards {
        parts.append("\(out)/part-\(index).jsonl")
        try MarkingRun(SmallPack.source, shard: .init(index: index, count: shards)).mark(
          files, into: parts[index], jobs: jobs)
      }
      try Merging.merge(parts.reversed(), into: "\(out)/marks.jsonl")
    }
    let roster = try Roster.read(try course.scratch.text("roster.csv"))
    return try ClassReport(SmallPack.source, roster: roster, in: out).write()
  }

  @Test(
    "every mark of a generated class is as expected, whatever the jobs and shards")
  func generated() throws {
    let course = try GeneratedClass(Self.size)
    let outcome = try grade(course, jobs: 1, into: "one")
    for (file, reason) in course.nameless {
      let told = outcome.refusals.first { $0.hasPrefix("\(file): ") }
      #expect(told?.contains(reason) == true, "\(file): \(told ?? "not told")")
    }
    var seen = 0
    try ClassReport.marks(in: course.scratch.path + "/one") { mark in
      seen += 1
      let wanted = try #require(course.expected[mark.id], "\(mark.id)")
      #expect(
        LearnerMark.text(hundredths: mark.percent) == wanted.percent, "\(mark.id) \(mark.parts)")
      #expect(Set(mark.signals.map(\.kind)) == wanted.signals, "\(mark.id) \(mark.signals)")
      #expect(mark.refusals.count == wanted.refusals, "\(mark.id) \(mark.refusals)")
    }
    #expect(seen == course.expected.count)
    _ = try grade(course, jobs: 3, into: "three")
    _ = try grade(course, jobs: 2, into: "shards", shards: 3)
    for name in [
      "marks.jsonl", "marks.json", "marks.csv", "canvas.csv", "moodle.csv", "honesty.csv",
      "junit.xml", "index.html", "learners/s1000.html",
    ] {
      let text = try course.scratch.text("one/\(name)")
      #expect(!text.isEmpty)
      #expect(try course.scratch.text("three/\(name)") == text, "\(name)")
      #expect(try course.scratch.text("shards/\(name)") == text, "\(name)")
    }
    // Marking again changes nothing, and says so.
    #expect(try grade(course, jobs: 2, into: "one").changes == [])
  }

  @Test("parts that do not belong together, twice or not whole are refused")
  func merging() throws {
    let scratch = try Scratch()
    let files: [(name: String, path: String)] = [("a", "/nowhere/a"), ("b", "/nowhere/b")]
    var parts: [String] = []
    for index in 0..<2 {
      parts.append("\(scratch.path)/part-\(index)")
      try MarkingRun(SmallPack.source, shard: .init(index: index, count: 2)).mark(
        files, into: parts[index], jobs: 1)
    }
    let out = scratch.path + "/all"
    #expect(throws: PackError.self) { try Merging.merge([parts[0]], into: out) }
    #expect(throws: PackError.self) { try Merging.merge([parts[0], parts[0]], into: out) }
    try scratch.write(String(try scratch.text("part-1").prefix(100)), "cut")
    #expect(throws: PackError.self) {
      try Merging.merge([parts[0], "\(scratch.path)/cut"], into: out)
    }
    try Merging.merge(parts, into: out)
    #expect(try scratch.text("all").split(separator: "\n").count == 3)
    #expect(try scratch.text("all").contains("cannot be read"))
    // Folders as `grade --shard` fills them.
    for index in 0..<2 {
      try scratch.write(try scratch.text("part-\(index)"), "at-\(index)/part-\(index)-of-2.jsonl")
    }
    let folders = ["\(scratch.path)/at-0", "\(scratch.path)/at-1"]
    try Merging.merge(folders, into: "\(scratch.path)/again")
    #expect(try scratch.text("again") == scratch.text("all"))
    #expect(throws: PackError.self) { try Merging.merge([scratch.path + "/none"], into: out) }
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/empty", withIntermediateDirectories: true)
    #expect(throws: PackError.self) { try Merging.merge([scratch.path + "/empty"], into: out) }
  }

  @Test(
    "a shard is I/N with I from 0",
    arguments: [
      ("0/1", true), ("3/4", true), ("4/4", false), ("1", false), ("-1/2", false), ("a/b", false),
      ("0/0", false), ("1/2/3", false),
    ])
  func shards(_ text: String, _ isRight: Bool) {
    #expect((MarkingRun.Shard(text) != nil) == isRight)
  }

  @Test("of several attempts the best counts or the last, and no more than are allowed")
  func attempts() throws {
    var actor = Actor("ada")
    try actor.practise(["kubectl create configmap map"])
    try actor.practise(["kubectl create configmap other"])
    try actor.practise(["kubectl create configmap map"])
    let record = Marker(SmallPack.source).mark(try actor.text(), file: "a")
    func points(_ records: [MarkRecord], _ counts: String) throws -> Int? {
      var files = SmallPack.files
      files[0].text += "\ncounts: \(counts)"
      let rules = ClassRules(pack: try SmallPack.source(files), decisions: Decisions())
      return rules.mark(Roster.Student(id: "ada"), records).parts.last?.points
    }
    #expect(try points([record], "best") == 1)
    // The third was one too many.
    #expect(try points([record], "last") == 0)
    // The same work in two files is one attempt.
    var first = record
    first.works.removeLast(2)
    first.file = "0"
    first.submitted -= 10
    #expect(try points([first, record], "last") == 0)
    #expect(try points([first], "last") == 1)
  }

  @Test("an extension and the platform's time of receipt decide about lateness")
  func lateness() throws {
    var actor = Actor("ada", at: SmallPack.afternoon + .hours(30))
    try actor.practise(["kubectl create configmap map"])
    let record = Marker(SmallPack.source).mark(try actor.text(), file: "a")
    let rules = ClassRules(pack: SmallPack.source, decisions: Decisions())
    func late(_ row: String) throws -> [Int] {
      let roster = try Roster.read("id,extension,received\n\(row)\n")
      let part = rules.mark(try #require(roster.students.first), [record]).parts.last
      return [part?.daysLate ?? -1, part?.takenOff ?? -1]
    }
    #expect(try late("ada,,") == [2, 10])
    #expect(try late("ada,1d,") == [1, 0])
    #expect(try late("ada,30h,") == [0, 0])
    #expect(try late("ada,,2026-09-30T17:59:59Z") == [0, 0])
    #expect(try late("ada,,2026-09-30T18:00:01Z") == [1, 0])
    #expect(try late("ada,,2026-10-05T18:00:00Z") == [5, 40])
    #expect(try late("ada,,2026-10-05T18:00:01Z") == [6, 100])
  }

  @Test(
    "a process that dies while it marks is replaced, and what ends it twice is named",
    arguments: [
      ("exit 0", "marking it ended the program"),
      ("read line; exit 1", "marking it ended the program"),
      ("kill -9 $$", "marking it ended the program"),
      ("read line; cat \"$0\"; exit 3", "answered"),
      ("mkdir \"$0.once\" && exit 1; while read line; do cat \"$0\"; done", "answered"),
    ])
  func dying(_ script: String, _ wanted: String) throws {
    let scratch = try Scratch()
    for name in ["a", "b", "c"] { try scratch.write("x", "work/\(name)") }
    try scratch.write(MarkRecord(file: "any", refusal: "answered").line + [0x0A], "answer")
    try MarkingRun(
      SmallPack.source, worker: ["/bin/sh", "-c", script, scratch.path + "/answer"]
    ).mark(
      try MarkingRun.files([scratch.path + "/work"]), into: scratch.path + "/out/marks.jsonl",
      jobs: 2)
    let lines = try scratch.text("out/marks.jsonl").split(separator: "\n").dropFirst()
    let records = lines.compactMap { Coding.decode(MarkRecord.self, Array($0.utf8)) }
    #expect(records.count == 3)
    #expect(records.allSatisfy { $0.refusal == wanted })
  }

  @Test("regrading after a mended check changes only what it should, and tells it")
  func regrading() throws {
    let scratch = try Scratch()
    var (right, wrong) = (Actor("ada"), Actor("bo", seed: 2))
    try right.practise(["kubectl create configmap map"])
    try wrong.practise(["kubectl create configmap maps"])
    try scratch.write(try right.text(), "work/ada")
    try scratch.write(try wrong.text(), "work/bo")
    func run(_ source: PackSource) throws -> [String]? {
      try MarkingRun(source).mark(
        try MarkingRun.files([scratch.path + "/work"]),
        into: scratch.path + "/out/marks.jsonl", jobs: 1)
      return try ClassReport(source, roster: nil, in: scratch.path + "/out").write().changes
    }
    #expect(try run(SmallPack.source) == nil)
    var files = SmallPack.files
    files[3].text = files[3].text.replacing("object: configmap/map}", with: "objects: configmaps}")
    #expect(files[3].text != SmallPack.files[3].text)
    let changes = try #require(try run(try SmallPack.source(files)))
    #expect(
      changes == [
        "bo: 0 of 9 → 1 of 9", "    practice, one-map, map: 0 of 1 → 1 of 1",
      ])
    #expect(try scratch.text("out/changes.txt").hasPrefix("bo: 0 of 9"))
  }

  @Test("times from the ends of the range are marked and shown like others, and told")
  func impossibleTimes() throws {
    let scratch = try Scratch()
    for (number, extreme) in [Int64.min, .max, -1, 0].enumerated() {
      let moment = Moment(nanoseconds: extreme)
      var actor = Actor("s\(number)", seed: UInt64(number))
      try actor.quiz(Actor.right)
      try actor.practise(["kubectl create configmap map"])
      var submission = actor.submission
      submission.header.submitted = moment
      submission.sittings[0].ended = moment
      submission.sittings[0].pausedFor = Span(nanoseconds: extreme)
      for index in submission.works.indices {
        submission.works[index].begun = moment
        submission.works[index].entries[0].real = moment
        submission.works[index].entries[0].moment = moment
        submission.works[index].entries[0].finished = moment
      }
      submission.works[0].start = moment
      try scratch.write(try submission.text(signedWith: actor.key), "work/s\(number)")
    }
    let out = scratch.path + "/out"
    try MarkingRun(SmallPack.source).mark(
      try MarkingRun.files([scratch.path + "/work"]), into: "\(out)/marks.jsonl", jobs: 2)
    let outcome = try ClassReport(SmallPack.source, roster: nil, in: out).write()
    #expect(outcome.learners == 4 && outcome.signalled == 4)
    try ClassReport.marks(in: out) { mark in
      // A task that cannot be replayed stays one of those that could be done.
      #expect(mark.parts[0].possible == 6, "\(mark.id)")
      #expect(mark.signals.contains { $0.kind == .clock || $0.kind == .tasks })
    }
  }

  @Test("a log that asks for endless work is played in part, told, and ends")
  func endless() throws {
    var actor = Actor("ada")
    try actor.practise(["kubectl create configmap map"])
    var submission = actor.submission
    submission.works[0].entries[0].finished = Moment(nanoseconds: .max)
    submission.works[0].entries[0].kind = .line(
      "kubectl create configmap map; while true; do sleep 0.01; done")
    let record = Marker(SmallPack.source, limits: .init(events: 2000, steps: 1_000_000)).mark(
      try submission.text(signedWith: actor.key), file: "a")
    #expect(record.signals.contains { $0.kind == .excess })
    #expect(record.works.first?.points == 1)
  }

  @Test(
    "work that is cheap by the clock and dear by steps is played in part, told, and ends",
    arguments: [
      "while :; do :; done", "for i in $(seq 9999); do kubectl get pods; done",
      "(while :; do :; done) & (while :; do :; done) & wait",
      "for i in $(seq 99); do openssl genrsa 2048; done",
    ])
  func dear(_ line: String) throws {
    var actor = Actor("ada")
    try actor.practise(["kubectl create configmap map"])
    var submission = actor.submission
    submission.works[0].entries[0].finished = Moment(nanoseconds: .max)
    submission.works[0].entries[0].kind = .line("kubectl create configmap map; \(line)")
    let record = Marker(SmallPack.source, limits: .init(steps: 200_000)).mark(
      try submission.text(signedWith: actor.key), file: "a")
    #expect(record.signals.contains { $0.kind == .excess })
    #expect(record.works.first?.points == 1)
  }
}
