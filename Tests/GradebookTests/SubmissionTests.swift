import Crypto
import Documents
import Foundation
import LearnerRecord
import Simulation
import Testing

@testable import Gradebook

@Suite struct SubmissionTests {
  private func example() throws -> (Submission, [UInt8]) {
    var actor = Actor("ada")
    try actor.practise(["kubectl create configmap map"])
    var submission = actor.submission
    submission.works[0].entries += [
      JournalEntry(
        ordinal: 2, kind: .edit(path: "/root/a.yaml", text: [0xFF, 0x00]),
        moment: Moment(seconds: 9), finished: nil, real: Moment(seconds: 9)),
      JournalEntry(
        ordinal: 3, kind: .input(Array("y\n".utf8)), moment: Moment(seconds: 9),
        real: Moment(seconds: 9)),
      JournalEntry(
        ordinal: 4, kind: .answer(status: 1, output: [0x41]), moment: Moment(seconds: 9),
        real: Moment(seconds: 9)),
      JournalEntry(
        ordinal: 5, kind: .endOfInput, moment: Moment(seconds: 9), real: Moment(seconds: 9)),
      JournalEntry(
        ordinal: 6, kind: .interrupt, moment: Moment(seconds: 9), real: Moment(seconds: 9)),
      JournalEntry(
        ordinal: 7, kind: .size(columns: 132, rows: 43), moment: Moment(seconds: 9),
        real: Moment(seconds: 9)),
      JournalEntry(
        ordinal: 8, kind: .undo(ordinal: 1), moment: Moment(seconds: 9),
        real: Moment(seconds: 9)),
    ]
    return (submission, try submission.text(signedWith: actor.key))
  }

  @Test("everything that can come into a cluster is written and read again")
  func roundTrip() throws {
    var (submission, text) = try example()
    let read = try Submission.read(text)
    #expect(!read.signer.isEmpty)
    submission.signer = read.signer
    #expect(read == submission)
  }

  @Test("answers of every form are read again, and those that were numbers")
  func answers() throws {
    let written = Submission.Sitting(
      exam: "quiz", seed: 7, begun: Moment(seconds: 9), ended: nil,
      tasks: ["2", "3,1", "kube-proxy", nil].map { .init(subject: "q/a", variant: 1, answer: $0) })
    #expect(Submission.Sitting(written.value) == written)
    var old = written.value
    old["tasks"] = [["subject": "q/a", "variant": "1", "answer": 2]]
    #expect(Submission.Sitting(old)?.tasks.map(\.answer) == ["2"])
  }

  @Test("no line can be changed, moved, left out or added, and the line is told")
  func chain() throws {
    let text = try example().1
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    func refusal(_ lines: [String], end: String = "\n") -> String {
      do {
        _ = try Submission.read(Array((lines.joined(separator: "\n") + end).utf8))
        return ""
      } catch { return error.description }
    }
    #expect(refusal(lines) == "")
    var changed = lines
    changed[2] = changed[2].replacing("configmap map", with: "configmap cap")
    #expect(changed[2] != lines[2])
    #expect(refusal(changed).contains("line 3 was changed"))
    #expect(refusal(lines.filter { $0 != lines[1] }).contains("line 2"))
    #expect(refusal([lines[1], lines[0]] + lines[2...]).contains("line 1"))
    #expect(refusal(Array(lines.dropLast())).contains("cut off"))
    #expect(refusal(lines, end: "").contains("cut off"))
    #expect(refusal(lines + ["more"]).contains("damaged"))
    #expect(refusal([]).contains("no submission"))
    #expect(refusal(["hello"]).contains("no submission"))
    #expect(throws: PackError.self) { try Submission.read([]) }
  }

  @Test("a chain made anew by somebody else does not bear the learner's signature")
  func forgery() throws {
    let text = try example().1
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    var link = Chain.seed
    var out = ""
    for line in lines {
      let object = line.dropFirst(65).replacing("configmap map", with: "configmap cap")
      link = Chain.next(link, Array(object.utf8))
      out += "\(link) \(object)\n"
    }
    let error = #expect(throws: PackError.self) { try Submission.read(Array(out.utf8)) }
    #expect(error?.description == "its signature does not fit")
  }

  @Test("whatever bytes come, they are read or refused")
  func fuzz() throws {
    let good = try example().1
    var random = SeededRandom(seed: 5)
    var refused = 0
    for _ in 0..<1500 {
      var bytes = good
      switch random.below(3) {
      case 0: bytes[random.below(bytes.count)] ^= UInt8(1 + random.below(255))
      case 1: bytes.removeLast(1 + random.below(bytes.count - 1))
      default:
        let start = random.below(bytes.count)
        bytes.removeSubrange(start..<min(bytes.count, start + 1 + random.below(200)))
      }
      if (try? Submission.read(bytes)) == nil { refused += 1 }
    }
    #expect(refused == 1500)
  }

  @Test(
    "a well-chained line that says something impossible is refused",
    arguments: [
      #"{"submission":1,"learner":"../x","pack":"p","version":"1","digest":"","drydock":"","submitted":1}"#,
      #"{"submission":2,"learner":"x","pack":"p","version":"1","digest":"","drydock":"","submitted":1}"#,
      #"{"line":"before any head"}"#, "[]", "17", "\"text\"",
      String(repeating: "[", count: 100_000),
    ])
  func heads(_ line: String) {
    let text = "\(Chain.next(Chain.seed, Array(line.utf8))) \(line)\n"
    #expect(throws: PackError.self) { try Submission.read(Array(text.utf8)) }
  }

  @Test("a learner's key is made once, kept for its owner only, and never replaced")
  func key() throws {
    let scratch = try Scratch()
    let made = try LearnerKey.own(in: scratch.path + "/data")
    let again = try LearnerKey.own(in: scratch.path + "/data")
    #expect(made.text == again.text)
    let attributes = try FileManager.default.attributesOfItem(
      atPath: scratch.path + "/data/learner.key")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    try scratch.write("nonsense", "data/learner.key")
    #expect(throws: PackError.self) { try LearnerKey.own(in: scratch.path + "/data") }
  }
}
