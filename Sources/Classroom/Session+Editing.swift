import KubeCluster
package import LearnerRecord
import Simulation

extension Session {
  /// The file that a running `vi` or `kubectl edit` waits for.
  package var fileToEdit: (path: String, contents: [UInt8])? {
    for call in desk.calls {
      if case .edit(let path, let contents) = call.request { return (path, contents) }
    }
    return nil
  }

  /// Gives back what the learner's editor made of it; nil when nothing was saved.
  package func finishEditing(_ text: [UInt8]?) throws(LogbookError) {
    for call in desk.calls {
      guard case .edit(let path, _) = call.request else { continue }
      try note(.edit(path: path, text: text))
      desk.resolve(call, .edited(text))
      return
    }
  }

  /// Answers the words that wait at the desk.
  func answerCalls() throws(LogbookError) {
    while let call = desk.calls.first(where: {
      if case .word = $0.request { serveWish(of: $0) == nil } else { false }
    }), case .word(let name, let arguments) = call.request {
      let (status, text) = try respond(name, arguments)
      let output = Array(text.utf8)
      try note(.answer(status: status, output: output))
      desk.resolve(call, .words(status: status, output: output))
      cluster.timeline.settle()
    }
  }
}
