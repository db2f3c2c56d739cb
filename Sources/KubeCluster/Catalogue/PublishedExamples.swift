/// The examples of Kubernetes' documentation that pages tell their readers to apply by address, in
/// manifests of our own that make objects of the same names, images and behaviour.
enum PublishedExamples {
  private static let roots = [
    "https://k8s.io/examples/", "https://kubernetes.io/examples/",
    "https://raw.githubusercontent.com/kubernetes/website/main/content/en/examples/",
    "https://raw.githubusercontent.com/kubernetes/website/master/content/en/examples/",
  ]

  /// By their paths below the documentation's examples.
  static let all = [
    workloads, pods, applications, controllers, configuration, resources, networking, access,
    operations,
  ]
  .reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }

  static func find(_ address: String) -> String? {
    let plain = String(address.prefix { $0 != "?" && $0 != "#" })
    return roots.first { plain.hasPrefix($0) }.flatMap {
      let path = String(plain.dropFirst($0.count))
      return all[path] ?? files[path]
    }
  }

  // MARK: forms that several have

  /// A Pod of one container; `container` is the inside of a flow mapping.
  static func pod(
    _ name: String, _ container: String, labels: String = "", namespace: String = "",
    _ rest: String = ""
  ) -> String {
    let place = namespace.isEmpty ? "" : ", namespace: \(namespace)"
    let marks = labels.isEmpty ? "" : ", labels: {\(labels)}"
    return """
      apiVersion: v1
      kind: Pod
      metadata: {name: \(name)\(place)\(marks)}
      spec:
        containers:
        - {\(container)}

      """ + rest.split(separator: "\n").map { "  \($0)\n" }.joined()
  }

  /// A Deployment of one container, labelled `app`.
  static func deployment(
    _ name: String, app: String, replicas: Int, _ container: String
  ) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name), labels: {app: \(app)}}
    spec:
      replicas: \(replicas)
      selector: {matchLabels: {app: \(app)}}
      template:
        metadata: {labels: {app: \(app)}}
        spec:
          containers:
          - {\(container)}

    """
  }

  static func service(_ name: String, _ spec: String, labels: String = "") -> String {
    """
    apiVersion: v1
    kind: Service
    metadata: {name: \(name)\(labels.isEmpty ? "" : ", labels: {\(labels)}")}
    spec: {\(spec)}

    """
  }
}
