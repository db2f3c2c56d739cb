import Documents
import KubeObjects

/// What a writer is warned of who chooses nodes by labels of former times.
enum NodeLabelWarnings {
  static let deprecated = [
    "beta.kubernetes.io/arch": "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
    "beta.kubernetes.io/os": "deprecated since v1.14; use \"kubernetes.io/os\" instead",
    "failure-domain.beta.kubernetes.io/region":
      "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
    "failure-domain.beta.kubernetes.io/zone":
      "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
    "beta.kubernetes.io/instance-type":
      "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods":
      "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master":
      "use \"node-role.kubernetes.io/control-plane\" instead",
  ]

  static func labels(_ labels: Value?, _ path: FieldPath) -> [String] {
    (labels?.object ?? [:]).compactMap { key, _ in
      deprecated[key].map { "\(path.key(key)): \($0)" }
    }
  }

  /// A term of a node selector; its values are told of where they are not refused.
  static func term(_ term: Value, _ path: FieldPath, values: Bool = false) -> [String] {
    var found: [String] = []
    for (index, expression) in term.items("matchExpressions").enumerated() {
      let here = path.child("matchExpressions").index(index)
      let key = expression.text("key")
      if let message = deprecated[key] {
        found.append("\(here.child("key")): \(key) is \(message)")
      }
      guard values else { continue }
      for (number, value) in expression.texts("values").enumerated() {
        for problem in NameRule.labelValue.problems(value) {
          found.append("\(here.child("values").index(number)): \(value) is invalid, \(problem)")
        }
      }
    }
    return found
  }

  /// A label selector over nodes.
  static func selector(_ selector: Value?, _ path: FieldPath) -> [String] {
    guard let selector else { return [] }
    return term(selector, path)
      + selector.members("matchLabels").compactMap { key, _ in
        deprecated[key].map { "\(path.child("matchLabels").child(key)): \($0)" }
      }
  }
}
