package import Documents
package import Simulation

/// A cluster as checks see it, which is as a learner does: the API, a shell, packets, the clock.
///
/// Marking may wait, run commands and make probes, so it works on a copy of the learner's cluster.
package protocol Scene: AnyObject {
  /// The objects meant, in order; throws when the kind is unknown or the API refuses.
  func objects(_ reference: ObjectReference) throws(SceneError) -> [Value]
  /// Runs a line or script as the learner would, in the learner's shell.
  func run(_ line: String) -> SceneOutput
  /// Runs a line or script on the workstation in a shell of the marker's own: the learner's
  /// functions, aliases and variables are not in it.
  func inspect(_ line: String) -> SceneOutput
  /// The bytes of a file of the workstation, or nil when there is none.
  func contents(of path: String) -> [UInt8]?
  /// Sends an object to the API as an administrator, into its own namespace.
  func create(_ object: Value, kind: String, namespace: String) throws(SceneError) -> Value
  /// Opens a connection from a Pod, node or the workstation; sends bytes and reads what comes.
  func exchange(
    from place: ObjectReference?, host: String, port: Int, sending bytes: [UInt8]
  ) -> Exchange
  /// Asks what a name leads to, as a program in a Pod, on a node or on the workstation would.
  func lookUp(_ name: String, from place: ObjectReference?) -> Lookup
  func wait(_ span: Span)
  /// The cluster's clock.
  var now: Moment { get }
  /// The objects meant, as they were when the start state was ready.
  func original(_ reference: ObjectReference) -> [Value]?
  /// The same of the cluster of that label, where several stand beside each other; nil: none has it.
  func scene(of label: String) -> (any Scene)?
}

extension Scene {
  package func scene(of label: String) -> (any Scene)? { nil }
}

/// What a command on the workstation left behind.
package struct SceneOutput: Hashable, Sendable {
  package var status: Int32
  package var output: String
  package var errors: String

  package init(status: Int32, output: String, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }
}

/// How a connection went.
package enum Exchange: Hashable, Sendable {
  case answered([UInt8])
  /// The words of a person who tried: `connection refused`, `timed out`, `no such name`.
  case failed(String)
  /// The place to connect from is not there or does not run.
  case nowhere(String)
}

/// What a name led to.
package enum Lookup: Hashable, Sendable {
  case addresses([String])
  /// As in `Exchange`.
  case failed(String)
  case nowhere(String)
}

/// Why the API did not answer a check.
package struct SceneError: Error, Hashable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

extension Scene {
  /// The one object meant, or why there is none.
  func object(_ reference: ObjectReference) throws(SceneError) -> Value {
    guard let found = try objects(reference).first else {
      throw SceneError("\(reference) does not exist")
    }
    return found
  }
}
