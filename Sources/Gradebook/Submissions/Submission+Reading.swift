import Crypto
import Documents
import Foundation
import LearnerRecord
import Simulation

extension Submission {
  /// Reads a file that may hold anything; the chain and the signature must hold.
  package static func read(_ bytes: [UInt8]) throws(PackError) -> Submission {
    guard bytes.count <= Limits.file else {
      throw PackError("it is larger than \(Limits.file >> 20) MiB")
    }
    let lines = bytes.split(separator: 0x0A)
    guard let first = lines.first, first.count > 65, first[first.startIndex + 64] == 0x20 else {
      throw PackError(bytes.isEmpty ? "it is empty" : "it is no submission of drydock")
    }
    var link = Chain.seed
    var before = link
    var reading = Reading()
    for (number, line) in lines.enumerated() {
      guard line.count > 65, line[line.startIndex + 64] == 0x20 else {
        if number == lines.count - 1, bytes.last != 0x0A {
          throw PackError("it is cut off in line \(number + 1)")
        }
        throw PackError("line \(number + 1) is damaged")
      }
      let text = Array(line.dropFirst(65))
      before = link
      link = Chain.next(link, text)
      guard line.prefix(64).elementsEqual(link.utf8) else {
        if number == lines.count - 1, bytes.last != 0x0A {
          throw PackError("it is cut off in line \(number + 1)")
        }
        throw PackError("line \(number + 1) was changed, or lines before it are missing")
      }
      guard !reading.isEnded else { throw PackError("there is more after the signature") }
      guard let object = try? JSON.parse(text) else {
        throw PackError("line \(number + 1) cannot be read")
      }
      try reading.take(object, number: number + 1, link: before)
    }
    guard reading.isEnded, bytes.last == 0x0A else {
      throw PackError("it is cut off: there is no signature at its end")
    }
    guard var submission = reading.submission else { throw PackError("it has no head") }
    submission.signer = reading.signer
    return submission
  }
}

/// A submission as far as its lines were read.
private struct Reading {
  private(set) var submission: Submission?
  private(set) var isEnded = false
  private(set) var signer = ""
  private var entries = 0

  mutating func take(_ object: Value, number: Int, link: String) throws(PackError) {
    let wrong = PackError("line \(number) does not say what it must")
    guard submission != nil else {
      guard object["submission"]?.int == 1, let header = Submission.Header(object) else {
        throw wrong
      }
      submission = Submission(header: header, sittings: [], works: [])
      return
    }
    if object["signature"] != nil { return try end(object, link: link) }
    if object["cluster"] != nil {
      guard let work = Submission.Work(object), works < Submission.Limits.works else { throw wrong }
      submission?.works.append(work)
    } else if object["exam"] != nil {
      guard let sitting = Submission.Sitting(object), works == 0 else { throw wrong }
      submission?.sittings.append(sitting)
    } else {
      guard let entry = JournalEntry(object), works > 0, entries < Submission.Limits.entries else {
        throw wrong
      }
      entries += 1
      let last = works - 1
      submission?.works[last].entries.append(entry)
    }
  }

  private var works: Int { submission?.works.count ?? 0 }

  private mutating func end(_ object: Value, link: String) throws(PackError) {
    guard let raw = Data(base64Encoded: object["key"]?.string ?? ""),
      let signature = Data(base64Encoded: object["signature"]?.string ?? ""),
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw),
      key.isValidSignature(signature, for: Array(link.utf8))
    else { throw PackError("its signature does not fit") }
    signer = KeyFile.fingerprint(Array(raw))
    isEnded = true
  }
}

extension Value {
  fileprivate func moment(_ name: String) -> Moment? {
    self[name]?.int.map(Moment.init(nanoseconds:))
  }

  fileprivate func number(_ name: String) -> UInt64? { self[name]?.string.flatMap { UInt64($0) } }

  fileprivate var bytes: [UInt8]? {
    if let text = string { return Array(text.utf8) }
    return self["base64"]?.string.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
  }
}

extension Submission.Header {
  fileprivate init?(_ value: Value) {
    guard let learner = value["learner"]?.string, Learner.isName(learner),
      let pack = value["pack"]?.string, let version = value["version"]?.string,
      let digest = value["digest"]?.string, let drydock = value["drydock"]?.string,
      let submitted = value.moment("submitted")
    else { return nil }
    self.init(
      learner: learner, pack: pack, version: version, digest: digest, drydock: drydock,
      submitted: submitted)
  }
}

/// Learners are known by a name that can stand in a table and in a file's name.
package enum Learner {
  /// Letters, digits and `._@+-`, at most 64, not beginning with a mark.
  package static func isName(_ text: String) -> Bool {
    guard let first = text.first, first.isASCII, first.isLetter || first.isNumber,
      text.utf8.count <= 64
    else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._@+-".contains($0)) }
  }
}

extension Submission.Work {
  fileprivate init?(_ value: Value) {
    guard let exercise = value["cluster"]?.string, let variant = value.number("variant"),
      let start = value.moment("start"), let begun = value.moment("begun"),
      let setup = value["setup"]?.string, let state = value["state"]?.string
    else { return nil }
    self.init(
      exercise: exercise, variant: variant,
      sitting: value["sitting"]?.int.flatMap { Int(exactly: $0) },
      task: value["task"]?.int.flatMap { Int(exactly: $0) }, start: start, begun: begun,
      setup: setup, entries: [], state: state)
  }
}

extension Submission.Sitting {
  init?(_ value: Value) {
    guard let exam = value["exam"]?.string, let seed = value.number("seed"),
      let begun = value.moment("begun"), let paused = value["pausedFor"]?.int,
      let list = value["tasks"]?.array, list.count <= 200
    else { return nil }
    var tasks: [Task] = []
    for item in list {
      guard let subject = item["subject"]?.string, let variant = item.number("variant") else {
        return nil
      }
      // While there was one form of question, an answer was the number of an option.
      let answer = item["answer"].flatMap { $0.string ?? $0.int.map(String.init) }
      tasks.append(Task(subject: subject, variant: variant, answer: answer))
    }
    self.init(
      exam: exam, seed: seed, begun: begun, ended: value.moment("ended"),
      pausedFor: Span(nanoseconds: paused), tasks: tasks)
  }
}

extension JournalEntry {
  fileprivate init?(_ value: Value) {
    guard let ordinal = value["n"]?.int.flatMap({ Int(exactly: $0) }),
      let moment = value.moment("at"), let real = value.moment("real"),
      let kind = Kind(value)
    else { return nil }
    self.init(
      ordinal: ordinal, kind: kind, moment: moment, finished: value.moment("finished"),
      status: value["status"]?.int.flatMap { Int32(exactly: $0) },
      changed: value["changed"]?.bool ?? false, real: real)
  }
}

extension JournalEntry.Kind {
  fileprivate init?(_ value: Value) {
    if let line = value["line"]?.string {
      self = .line(line)
    } else if let input = value["input"] {
      guard let bytes = input.bytes else { return nil }
      self = .input(bytes)
    } else if value["end"]?.bool == true {
      self = .endOfInput
    } else if let path = value["edit"]?.string {
      self = .edit(path: path, text: value["text"]?.bytes)
    } else if let status = value["answer"]?.int.flatMap({ Int32(exactly: $0) }) {
      self = .answer(status: status, output: value["text"]?.bytes ?? [])
    } else if value["interrupt"]?.bool == true {
      self = .interrupt
    } else if value["hangup"]?.bool == true {
      self = .hangUp
    } else if let size = value["size"]?.string {
      self.init(size: size)
    } else if let act = value["client"] {
      guard let bytes = act.bytes else { return nil }
      self = .client(bytes)
    } else if let undone = value["undo"]?.int.flatMap({ Int(exactly: $0) }) {
      self = .undo(ordinal: undone)
    } else {
      return nil
    }
  }
}
