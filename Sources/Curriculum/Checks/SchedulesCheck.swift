import Documents
import Simulation

/// `schedules: {POD SPEC}` with `on` or `never`: where the scheduler puts such a Pod.
package struct SchedulesCheck: Check {
  package static let keyword = "schedules"
  package static let fields = ["on", "never", "labels"]
  let spec: Value
  let labels: Value
  let nodes: [String]
  let never: Bool
  let namespace: String

  package init(_ form: Form, namespace: String) {
    let given = form.member(Self.keyword)
    given?.expect(only: [
      "containers", "nodeSelector", "tolerations", "affinity", "priorityClassName", "nodeName",
      "topologySpreadConstraints", "schedulerName", "resources",
    ])
    var spec = given?.value ?? [:]
    if spec["containers"] == nil {
      var container: Value = ["name": "probe", "image": "registry.k8s.io/pause:3.10"]
      if let resources = spec["resources"] { container["resources"] = resources }
      spec["containers"] = .array([container])
    }
    spec["resources"] = nil
    self.spec = spec
    labels = form.member("labels")?.value ?? [:]
    nodes = form.strings("on")
    never = form.truth("never") ?? false
    self.namespace = namespace
    if nodes.isEmpty != never { form.note("exactly one of \"on\" and \"never\" is needed") }
  }

  package func verdict(in scene: any Scene) -> Verdict {
    let pod: Value = [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": [
        "generateName": "drydock-probe-", "namespace": .string(namespace), "labels": labels,
      ],
      "spec": spec,
    ]
    do {
      let made = try scene.create(pod, kind: "pods", namespace: namespace)
      let reference = ObjectReference(
        kind: "pods", name: made[path: "metadata", "name"]?.string ?? "", namespace: namespace)
      scene.wait(.seconds(5))
      let node = try scene.object(reference)[path: "spec", "nodeName"]?.string
      // Later checks shall not meet it.
      _ = scene.inspect(
        "kubectl delete pod \(reference.name) -n \(namespace) --force --grace-period=0")
      if let node {
        if never { return .failed("such a Pod is scheduled, on \(node)") }
        return nodes.contains(node)
          ? .passed
          : .failed("such a Pod goes to \(node), not to \(nodes.joined(separator: " or "))")
      }
      return never ? .passed : .failed("such a Pod stays unscheduled")
    } catch { return .failed(error.message) }
  }
}
