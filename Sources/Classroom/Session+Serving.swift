import Documents
import KubeAPIServer
package import KubeCluster
package import LearnerRecord
import Simulation

/// What `serve` asks of the door that can open a port.
package enum ServeWish {
  /// 0: any that is free.
  case open(port: Int)
  case close
  /// How things stand.
  case tell
}

extension Session {
  /// What a running `serve` waits for.
  package var serveWish: ServeWish? {
    for call in desk.calls { if let wish = serveWish(of: call) { return wish } }
    return nil
  }

  /// What a call asks of the door; nil when it is the session's to answer. In exams nothing is
  /// opened.
  func serveWish(of call: Desk.Call) -> ServeWish? {
    guard case .word(Word.serve.rawValue, let arguments) = call.request, surroundings.opensPorts,
      record.purpose != .exam
    else { return nil }
    return Self.wish(arguments)
  }

  private static func wish(_ arguments: [String]) -> ServeWish? {
    switch (arguments.first ?? "", arguments.dropFirst().first, arguments.count) {
    case ("", nil, _): .tell
    case ("off", nil, _): .close
    case ("on", nil, _): .open(port: 0)
    case ("on", let word?, 2): UInt16(word).map { .open(port: Int($0)) }
    default: nil
    }
  }

  /// Ends the `serve` that waits with what came of it.
  package func finishServing(_ text: String, isError: Bool = false) throws(LogbookError) {
    for call in desk.calls where serveWish(of: call) != nil {
      let output = Array(draw(text).utf8)
      let status: Int32 = isError ? 1 : 0
      try note(.answer(status: status, output: output))
      desk.resolve(call, .words(status: status, output: output))
      cluster.timeline.settle()
      return
    }
  }

  /// Of a `serve` that is no wish, and where no door can open one.
  func serveAdvice() -> Said {
    surroundings.opensPorts
      ? (2, draw("`serve on`, `serve on PORT`, `serve off`, or `serve` for how it stands."))
      : (1, draw("`serve` needs a terminal; `drydock serve` opens a cluster without one."))
  }

  /// What `undo` can take back of what clients did, in words; conversations are not alone in their
  /// doing.
  static func changing(_ act: [UInt8]) -> String? {
    guard let value = try? JSON.parse(act), case .request(let request) = ClientAct(value),
      !request.isConversation
    else { return nil }
    return "\(request.method) \(request.path) from outside"
  }

  /// Remembers what a client did, before it is done.
  package func keep(_ act: ClientAct) throws(LogbookError) {
    try note(.client(JSON.bytes(act.value)))
    if case .request(let request) = act, request.isConversation { conversations += 1 }
  }
}
