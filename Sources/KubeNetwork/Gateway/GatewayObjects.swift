import Documents
import KubeObjects

/// What decisions about Gateways are made from.
struct GatewayObjects {
  var classes: [Value] = []
  var gateways: [Value] = []
  /// Of all kinds.
  var routes: [Value] = []
  var grants: [Value] = []
  /// ListenerSets.
  var sets: [Value] = []
  /// Knative's.
  var ingresses: [Value] = []
  /// BackendTLSPolicies.
  var policies: [Value] = []
  /// Labels of namespaces.
  var namespaceLabels: (String) -> Value? = { _ in nil }
  var service: (_ namespace: String, _ name: String) -> Value? = { _, _ in nil }
  var secret: (_ namespace: String, _ name: String) -> Value? = { _, _ in nil }
  var configMap: (_ namespace: String, _ name: String) -> Value? = { _, _ in nil }

  /// Whether a ReferenceGrant in the target's namespace lets an object of another one name it.
  func isGranted(
    from kind: String, in home: String, to group: String, _ target: String, _ name: String,
    in namespace: String
  ) -> Bool {
    if home == namespace { return true }
    return grants.contains { grant in
      guard grant.namespace == namespace else { return false }
      let spec = grant["spec"] ?? [:]
      let isFrom = spec.items("from").contains {
        $0.text("group") == "gateway.networking.k8s.io" && $0.text("kind") == kind
          && $0.text("namespace") == home
      }
      let isTo = spec.items("to").contains {
        $0.text("group") == group && $0.text("kind") == target
          && ($0.text("name").isEmpty || $0.text("name") == name)
      }
      return isFrom && isTo
    }
  }
}

/// A condition of a Gateway API object, before anybody knows when it came about.
struct GatewayCondition: Hashable, Sendable {
  var type: String
  var isTrue: Bool
  var reason: String
  var message: String

  init(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String) {
    self.type = type
    self.isTrue = isTrue
    self.reason = reason
    self.message = message
  }
}

extension Value {
  /// The namespace that a reference names, or else the one it stands in.
  func home(_ own: String, _ key: String = "namespace") -> String {
    let named = text(key)
    return named.isEmpty ? own : named
  }
}
