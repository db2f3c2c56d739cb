import Crypto
import Documents
import LearnerRecord
import Simulation

/// A submission is a text of lines: the hash of all so far, a blank, one JSON object. The last
/// object is the signature of the hash before it, so no line can be changed, moved or left out.
enum Chain {
  static let seed = Hash.text("drydock submission 1".utf8)

  static func next(_ link: String, _ line: [UInt8]) -> String {
    Hash.text(Array(link.utf8) + [0x20] + line)
  }
}

extension Submission {
  /// The whole file, signed.
  package func text(signedWith key: LearnerKey) throws(PackError) -> [UInt8] {
    var out: [UInt8] = []
    var link = Chain.seed
    for object in objects {
      let line = JSON.bytes(object)
      link = Chain.next(link, line)
      out += Array(link.utf8) + [0x20] + line + [0x0A]
    }
    guard let signature = try? key.signing.signature(for: Array(link.utf8)) else {
      throw PackError("the key cannot sign")
    }
    let last: Value = [
      "key": .string(Base64.encode(Array(key.signing.publicKey.rawRepresentation))),
      "signature": .string(Base64.encode(Array(signature))),
    ]
    let line = JSON.bytes(last)
    return out + Array(Chain.next(link, line).utf8) + [0x20] + line + [0x0A]
  }

  private var objects: [Value] {
    var objects: [Value] = [
      [
        "submission": 1, "learner": .string(header.learner), "pack": .string(header.pack),
        "version": .string(header.version), "digest": .string(header.digest),
        "drydock": .string(header.drydock), "submitted": .int(header.submitted.nanoseconds),
      ]
    ]
    objects += sittings.map(\.value)
    for work in works {
      objects.append(work.value)
      objects += work.entries.map(\.value)
    }
    return objects
  }
}

extension Submission.Sitting {
  var value: Value {
    var value: Value = [
      "exam": .string(exam), "seed": .string("\(seed)"), "begun": .int(begun.nanoseconds),
      "pausedFor": .int(pausedFor.nanoseconds),
    ]
    if let ended { value["ended"] = .int(ended.nanoseconds) }
    value["tasks"] = .array(
      tasks.map { task in
        var value: Value = [
          "subject": .string(task.subject), "variant": .string("\(task.variant)"),
        ]
        if let answer = task.answer { value["answer"] = .string(answer) }
        return value
      })
    return value
  }
}

extension Submission.Work {
  fileprivate var value: Value {
    var value: Value = [
      "cluster": .string(exercise), "variant": .string("\(variant)"),
      "start": .int(start.nanoseconds), "begun": .int(begun.nanoseconds),
      "setup": .string(setup), "state": .string(state),
    ]
    if let sitting { value["sitting"] = .int(Int64(sitting)) }
    if let task { value["task"] = .int(Int64(task)) }
    return value
  }
}

extension JournalEntry {
  fileprivate var value: Value {
    var value: Value = [
      "n": .int(Int64(ordinal)), "at": .int(moment.nanoseconds), "real": .int(real.nanoseconds),
    ]
    if let finished { value["finished"] = .int(finished.nanoseconds) }
    if let status { value["status"] = .int(Int64(status)) }
    if changed { value["changed"] = true }
    switch kind {
    case .line(let text): value["line"] = .string(text)
    case .input(let bytes): value["input"] = Self.text(bytes)
    case .endOfInput: value["end"] = true
    case .edit(let path, let text):
      value["edit"] = .string(path)
      if let text { value["text"] = Self.text(text) }
    case .answer(let status, let output):
      value["answer"] = .int(Int64(status))
      value["text"] = Self.text(output)
    case .interrupt: value["interrupt"] = true
    case .hangUp: value["hangup"] = true
    case .client(let act): value["client"] = Self.text(act)
    case .size(let columns, let rows): value["size"] = .string("\(columns)x\(rows)")
    case .undo(let ordinal): value["undo"] = .int(Int64(ordinal))
    }
    return value
  }

  /// Text where it is text; other bytes in base64.
  private static func text(_ bytes: [UInt8]) -> Value {
    String(validating: bytes, as: UTF8.self).map(Value.string) ?? [
      "base64": .string(Base64.encode(bytes))
    ]
  }
}
