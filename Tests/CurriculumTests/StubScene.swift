import Curriculum
import Documents
import Simulation

/// A scene made of given answers, whose clock may change them.
final class StubScene: Scene {
  var present: [ObjectReference: [Value]] = [:]
  var before: [ObjectReference: [Value]] = [:]
  var outputs: [String: SceneOutput] = [:]
  var files: [String: String] = [:]
  var answers: [String: Exchange] = [:]
  /// Answers the API's `create`.
  var created: (Value) -> Value = { $0 }
  /// Done once so much time has passed.
  var later: [(Span, (StubScene) -> Void)] = []
  private(set) var clock = Span.zero

  func objects(_ reference: ObjectReference) throws(SceneError) -> [Value] {
    present[reference] ?? []
  }
  /// What a command does.
  var commanded: (StubScene, String) -> Void = { _, _ in }
  func run(_ line: String) -> SceneOutput {
    commanded(self, line)
    return outputs[line] ?? SceneOutput(status: 127, output: "", errors: "not found\n")
  }
  func inspect(_ line: String) -> SceneOutput { run(line) }
  var names: [String: Lookup] = [:]
  func lookUp(_ name: String, from place: ObjectReference?) -> Lookup {
    names[name] ?? .failed("the name \(name) is not known there")
  }
  func contents(of path: String) -> [UInt8]? { files[path].map { Array($0.utf8) } }
  func create(_ object: Value, kind: String, namespace: String) throws(SceneError) -> Value {
    created(object)
  }
  func exchange(
    from place: ObjectReference?, host: String, port: Int, sending bytes: [UInt8]
  ) -> Exchange { answers["\(host):\(port)"] ?? .failed("timed out") }
  var now: Moment { Moment(seconds: 0) + clock }
  func wait(_ span: Span) {
    clock = clock + span
    for (moment, action) in later where moment <= clock { action(self) }
    later.removeAll { $0.0 <= clock }
  }
  func original(_ reference: ObjectReference) -> [Value]? { before[reference] }
}
