/// Why a node, or the whole cluster, does not suit a Pod: a plugin's refusal with its reasons.
package struct Rejection: Error, Hashable, Sendable {
  /// How lasting the refusal is.
  package enum Kind: Hashable, Sendable {
    /// Removing other Pods might help.
    case unschedulable
    /// Removing other Pods cannot help.
    case unresolvable
  }

  package var kind: Kind
  package var plugin: String
  package var reasons: [String]

  package init(_ kind: Kind, plugin: String, reasons: [String]) {
    self.kind = kind
    self.plugin = plugin
    self.reasons = reasons
  }
}
