import Documents
import KubeAPIServer
import KubeNetwork
import KubeObjects
import Simulation

/// Calico's operator: while a Pod of it is ready, it makes of an Installation what that asks for.
final class TigeraOperator {
  private let client: ComponentClient
  private let network: ClusterNetwork
  private let timeline: Timeline
  private var isWatching = false

  static let namespace = "tigera-operator"
  private static let installations = GroupVersionResource(
    "operator.tigera.io", "v1", "installations")
  private static let statuses = GroupVersionResource(
    "operator.tigera.io", "v1", "tigerastatuses")

  init(server: APIServer, network: ClusterNetwork) {
    self.network = network
    timeline = server.timeline
    // The rights are those of its own account: without its ClusterRole it can do nothing.
    let account = "system:serviceaccount:\(Self.namespace):tigera-operator"
    client = ComponentClient(
      server: server,
      user: UserInfo(
        name: account, groups: ["system:serviceaccounts", "system:authenticated"]),
      manager: "operator")
    network.pods.onChange { [weak self] old, new in
      guard let new, Self.isOperator(new), old?.isConditionTrue("Ready") != true else { return }
      self?.watch()
    }
  }

  private static func isOperator(_ pod: Value) -> Bool {
    pod.namespace == namespace && pod.isConditionTrue("Ready")
      && pod[path: "metadata", "labels", "k8s-app"]?.string == "tigera-operator"
  }

  private func watch() {
    guard !isWatching else { return }
    isWatching = true
    look()
  }

  /// Looks again every few seconds while there is nothing to do yet.
  private func look() {
    timeline.after(.seconds(5)) { [weak self] in
      guard let self else { return }
      guard network.pods.objects.values.contains(where: Self.isOperator) else {
        isWatching = false
        return
      }
      if (try? reconcile()) != true { look() } else { isWatching = false }
    }
  }

  /// Whether everything is there.
  private func reconcile() throws(StatusError) -> Bool {
    let installation = try client.get(Self.installations, "default")
    for object in Manifest(Self.manifest).documents.map(\.value) {
      guard let resource = client.server.resource(of: object) else { return false }
      do throws(StatusError) {
        _ = try client.create(resource, object, namespace: object.namespace)
      } catch {
        if !error.isAlreadyExists { throw error }
      }
    }
    var done = installation
    done["status"] = [
      "variant": "Calico", "computed": installation["spec"] ?? [:],
      "conditions": [condition("Ready", "True", "AllObjectsAvailable")],
    ]
    _ = try client.update(Self.installations, done, subresource: "status")
    for name in ["calico", "ippools"] {
      let status: Value = [
        "apiVersion": "operator.tigera.io/v1", "kind": "TigeraStatus",
        "metadata": ["name": .string(name)], "spec": [:],
      ]
      var made: Value
      do throws(StatusError) { made = try client.create(Self.statuses, status) } catch {
        made = try client.get(Self.statuses, name)
      }
      made["status"] = [
        "conditions": [
          condition("Available", "True", "AllObjectsAvailable"),
          condition("Progressing", "False", "AllObjectsAvailable"),
          condition("Degraded", "False", "AllObjectsAvailable"),
        ]
      ]
      _ = try client.update(Self.statuses, made, subresource: "status")
    }
    return true
  }

  private func condition(_ type: String, _ status: String, _ reason: String) -> Value {
    [
      "type": .string(type), "status": .string(status), "reason": .string(reason),
      "message": "All objects available",
      "lastTransitionTime": .string(timeline.now.rfc3339),
    ]
  }

  /// What calico.yaml brings, in a namespace of its own, with Typha between agents and API server.
  private static let manifest = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: calico-system, labels: {name: calico-system, pod-security.kubernetes.io/enforce: privileged}}
    ---
    \(NetworkPlugIn.calico.manifest.replacing("kube-system", with: "calico-system"))
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: calico-typha, namespace: calico-system}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: calico-typha, namespace: calico-system, labels: {k8s-app: calico-typha}}
    spec:
      ports: [{name: calico-typha, port: 5473, protocol: TCP, targetPort: calico-typha}]
      selector: {k8s-app: calico-typha}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: calico-typha, namespace: calico-system, labels: {k8s-app: calico-typha}}
    spec:
      replicas: 1
      selector: {matchLabels: {k8s-app: calico-typha}}
      template:
        metadata: {labels: {k8s-app: calico-typha}}
        spec:
          hostNetwork: true
          serviceAccountName: calico-typha
          priorityClassName: system-cluster-critical
          tolerations: [{operator: Exists}]
          containers:
          - name: calico-typha
            image: quay.io/calico/typha:v3.31.0
            imagePullPolicy: IfNotPresent
            ports: [{containerPort: 5473, name: calico-typha, protocol: TCP}]
    """
}
