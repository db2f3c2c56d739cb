package import Documents
import KubeObjects

/// Which Ingresses are a controller's own: by the class they name.
package struct IngressSelection: Sendable {
  /// --controller-class
  package var controller = "k8s.io/ingress-nginx"
  /// --ingress-class
  package var className = "nginx"
  /// --watch-ingress-without-class
  package var takesClassless = false
  /// --watch-namespace; empty is every one.
  package var namespace = ""

  package enum Verdict: Hashable, Sendable {
    case own(className: String)
    /// Why not, in the controller's words.
    case foreign(String)
  }

  package init() {}

  // ingress-nginx's getIngressClass: the old annotation first, then spec.ingressClassName.
  package func verdict(_ ingress: Value, classes: [Value]) -> Verdict {
    if !namespace.isEmpty, ingress.namespace != namespace {
      return .foreign("ingress is not in the watched namespace")
    }
    if let name = ingress.annotation("kubernetes.io/ingress.class"), !name.isEmpty {
      return name == className
        ? .own(className: name)
        : .foreign(
          "ingress class annotation is not equal to the expected by Ingress Controller")
    }
    let wanted = ingress[path: "spec", "ingressClassName"]?.string ?? ""
    if wanted.isEmpty {
      return takesClassless
        ? .own(className: "") : .foreign("ingress does not contain a valid IngressClass")
    }
    guard let found = classes.first(where: { $0.name == wanted }) else {
      return .foreign("no object matching key \"\(wanted)\" in local store")
    }
    return found[path: "spec", "controller"]?.string == controller
      ? .own(className: wanted) : .foreign("ingress does not contain a valid IngressClass")
  }
}
