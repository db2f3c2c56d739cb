import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Pods of manifest files on a node: they run as long as their files are there, and the API server
/// shows a mirror of each.
package final class StaticPods {
  static let mirrorAnnotation = "kubernetes.io/config.mirror"
  static let hashAnnotation = "kubernetes.io/config.hash"

  /// One file of the manifest directory.
  package struct File: Hashable, Sendable {
    package var path: String
    package var text: String
    package init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  private unowned let kubelet: Kubelet
  /// The files that are there now.
  package var read: () -> [File] = { [] }
  private var running: [String: PodWorker] = [:]
  private var wanted: [String: Value] = [:]
  private var complaints: Set<String> = []
  private var last: [File]?

  init(_ kubelet: Kubelet) { self.kubelet = kubelet }

  package var workers: [PodWorker] { running.sorted { $0.key < $1.key }.map(\.value) }

  package func worker(namespace: String, name: String) -> PodWorker? {
    running["\(namespace)/\(name)"]
  }

  /// Compares the files with what runs.
  package func sync() {
    guard kubelet.isRunning else { return }
    let files = read()
    if files == last { return }
    last = files
    wanted = [:]
    var said: Set<String> = []
    for file in files {
      switch pod(file) {
      case .success(let pod): wanted["\(pod.namespace)/\(pod.name)"] = pod
      case .failure(let problem):
        said.insert(problem.message)
        guard !complaints.contains(problem.message) else { continue }
        kubelet.log(
          "E file.go:188] \"Could not process manifest file\" path=\"\(file.path)\" err=\""
            + problem.message.replacing("\"", with: "\\\"") + "\"")
      }
    }
    complaints = said
    for key in Set(running.keys).union(wanted.keys).sorted() { reconcile(key) }
  }

  private func reconcile(_ key: String) {
    guard let worker = running[key] else {
      guard let pod = wanted[key] else { return }
      let worker = PodWorker(kubelet: kubelet, pod: pod, isStatic: true)
      running[key] = worker
      worker.begin()
      return
    }
    let hash = wanted[key]?.annotation(Self.hashAnnotation)
    if hash != worker.pod.annotation(Self.hashAnnotation), !worker.isTerminating {
      worker.terminate()
    }
  }

  /// All containers of a Pod whose file went or changed have ended.
  func ended(_ worker: PodWorker) {
    let key = worker.pod.namespacedName
    guard running[key] === worker else { return }
    running[key] = nil
    worker.forget()
    if wanted[key] == nil { deleteMirror(worker.pod) }
    // The changed Pod starts at the next sync.
    kubelet.timeline.after(.milliseconds(500)) { [weak self] in
      guard let self, kubelet.isRunning else { return }
      reconcile(key)
    }
  }

  func removeAll() {
    last = nil
    wanted = [:]
    for worker in workers { worker.forget() }
    running = [:]
  }

  /// Looks at all files again next time.
  func forgetFiles() { last = nil }

  // MARK: reading

  struct Unreadable: Error { let message: String }

  private func pod(_ file: File) -> Result<Value, Unreadable> {
    func refusal(_ why: String) -> Result<Value, Unreadable> {
      .failure(
        .init(message: "\(file.path): couldn't parse as pod(\(why)), please check config file"))
    }
    let value: Value
    do { value = try YAML.parse(file.text) } catch {
      return refusal(error.message)
    }
    guard case .object = value else {
      return refusal("json: cannot unmarshal string into Go value of type struct")
    }
    guard let kind = value["kind"]?.string, !kind.isEmpty else {
      return refusal("Object 'Kind' is missing in '\(JSON.text(value))'")
    }
    guard kind == "Pod", value["apiVersion"]?.string == "v1" else {
      let version = value["apiVersion"]?.string ?? ""
      return refusal(
        "no kind \"\(kind)\" is registered for version \"\(version)\" in scheme "
          + "\"pkg/api/legacyscheme/scheme.go:30\"")
    }
    let containers = value[path: "spec", "containers"]?.array ?? []
    guard let name = value[path: "metadata", "name"]?.string, !name.isEmpty else {
      return refusal("invalid pod: metadata.name: Required value: name or generateName is required")
    }
    guard !containers.isEmpty, containers.allSatisfy({ $0["image"]?.string?.isEmpty == false })
    else {
      return refusal(
        containers.isEmpty
          ? "invalid pod: spec.containers: Required value"
          : "invalid pod: spec.containers[0].image: Required value")
    }
    if let kind = Self.reference(in: value["spec"] ?? [:]) {
      return refusal("static pods may not reference \(kind)")
    }
    return .success(completed(value, name))
  }

  /// Which objects of the API a Pod refers to; nil: none (HasAPIObjectReference,
  /// PreventStaticPodAPIReferences).
  private static func reference(in spec: Value) -> String? {
    if spec["serviceAccountName"]?.string?.isEmpty == false { return "serviceaccounts" }
    let containers = ["initContainers", "containers", "ephemeralContainers"].flatMap {
      spec[$0]?.array ?? []
    }
    let volumes = spec["volumes"]?.array ?? []
    let sources = volumes.flatMap { $0[path: "projected", "sources"]?.array ?? [] }
    func isNamed(_ kind: String, _ key: String) -> Bool {
      containers.contains { container in
        (container["envFrom"]?.array ?? []).contains { $0["\(kind)Ref"] != nil }
          || (container["env"]?.array ?? []).contains { $0[path: "valueFrom", key] != nil }
      } || volumes.contains { $0[kind] != nil } || sources.contains { $0[kind] != nil }
    }
    if !(spec["imagePullSecrets"]?.array ?? []).isEmpty || isNamed("secret", "secretKeyRef") {
      return "secrets"
    }
    if isNamed("configMap", "configMapKeyRef") { return "configmaps" }
    if !(spec["resourceClaims"]?.array ?? []).isEmpty { return "resourceclaims" }
    if volumes.contains(where: { $0["persistentVolumeClaim"] != nil || $0["ephemeral"] != nil }) {
      return "persistentvolumeclaims"
    }
    if sources.contains(where: { $0["serviceAccountToken"] != nil }) { return "serviceaccounts" }
    return sources.contains { $0["clusterTrustBundle"] != nil } ? "clustertrustbundles" : nil
  }

  /// applyDefaults of the kubelet's file source.
  private func completed(_ value: Value, _ name: String) -> Value {
    var pod = value
    let hash = Self.hash(JSON.text(value))
    pod["metadata"]?["name"] = .string("\(name)-\(kubelet.nodeName)")
    if pod.namespace.isEmpty { pod["metadata"]?["namespace"] = "default" }
    pod["metadata"]?["uid"] = .string(hash)
    var annotations = pod[path: "metadata", "annotations"]?.strings ?? [:]
    let known = running[pod.namespacedName]?.pod
    annotations[Self.hashAnnotation] = hash
    annotations["kubernetes.io/config.seen"] =
      known?.annotation(Self.hashAnnotation) == hash
      ? known?.annotation("kubernetes.io/config.seen") : kubelet.timeline.now.rfc3339Nano
    annotations["kubernetes.io/config.source"] = "file"
    pod["metadata"]?["annotations"] = .strings(annotations)
    pod["metadata"]?["creationTimestamp"] = nil
    pod["spec"]?["nodeName"] = .string(kubelet.nodeName)
    var tolerations = pod[path: "spec", "tolerations"]?.array ?? []
    let everything: Value = ["operator": "Exists", "effect": "NoExecute"]
    if !tolerations.contains(everything) { tolerations.append(everything) }
    pod["spec"]?["tolerations"] = .array(tolerations)
    return pod
  }

  private static func hash(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return HexadecimalName.random(32, seed: hash)
  }

  // MARK: mirrors

  /// The mirror of a worker's Pod, made when it is missing or another's.
  func mirror(of worker: PodWorker) -> Value? {
    let pod = worker.pod
    let hash = pod.annotation(Self.hashAnnotation) ?? ""
    if let known = try? kubelet.client.get(.pods, pod.name, namespace: pod.namespace) {
      if known.annotation(Self.mirrorAnnotation) == hash, !known.isBeingDeleted { return known }
      guard known.annotation(Self.mirrorAnnotation) != nil else { return nil }
      deleteMirror(pod)
    }
    guard !worker.isTerminating, let node = try? kubelet.client.get(.nodes, kubelet.nodeName) else {
      return nil
    }
    var mirror = pod
    mirror["metadata"]?["uid"] = nil
    mirror["metadata"]?["annotations"]?[Self.mirrorAnnotation] = .string(hash)
    mirror["metadata"]?["ownerReferences"] = [
      [
        "apiVersion": "v1", "kind": "Node", "name": .string(kubelet.nodeName),
        "uid": .string(node.uid), "controller": true,
      ]
    ]
    return try? kubelet.client.create(.pods, mirror, namespace: pod.namespace)
  }

  private func deleteMirror(_ pod: Value) {
    guard kubelet.speaks,
      (try? kubelet.client.get(.pods, pod.name, namespace: pod.namespace))?
        .annotation(Self.mirrorAnnotation) != nil
    else { return }
    _ = try? kubelet.client.delete(
      .pods, pod.name, namespace: pod.namespace, options: ["gracePeriodSeconds": 0])
  }

  /// A mirror changed: one that is to go is let go, and made anew as long as its Pod runs.
  func mirrorChanged(_ old: Value?, _ new: Value?) {
    guard let mirror = new ?? old else { return }
    let worker = running[mirror.namespacedName]
    guard let new else {
      worker?.reportAnew()
      return
    }
    if worker == nil || new.isBeingDeleted { deleteMirror(new) }
  }
}
