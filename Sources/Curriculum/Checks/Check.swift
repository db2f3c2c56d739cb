package import Simulation

/// One question about a cluster, answered by looking at meaning and behaviour.
package protocol Check: Sendable {
  /// The field that makes a check of this kind, and the other fields that belong to it.
  static var keyword: String { get }
  static var fields: [String] { get }
  /// How long it may take, in virtual time, until the answer is yes.
  static var patience: Span { get }
  /// Whether it only looks at objects and files, so that it may be asked of a learner's own cluster.
  static var onlyLooks: Bool { get }
  /// Whether it only asks that nothing was broken, and so earns nothing by itself.
  static var isGuard: Bool { get }
  /// Whether it does harm on purpose, so that it is asked after all others.
  static var isDisruptive: Bool { get }

  /// Reads the fields; what is wrong with them is noted in the form.
  init(_ form: Form, namespace: String)
  func verdict(in scene: any Scene) -> Verdict
}

extension Check {
  package static var patience: Span { .zero }
  package static var isGuard: Bool { false }
  package static var onlyLooks: Bool { false }
  package static var isDisruptive: Bool { false }
}

/// Whether a check holds, and what was found.
package enum Verdict: Hashable, Sendable {
  case passed
  case failed(String)

  package var reason: String? { if case .failed(let reason) = self { reason } else { nil } }
}
