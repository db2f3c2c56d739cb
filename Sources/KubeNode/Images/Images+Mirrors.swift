extension Images {
  /// Registries that keep copies of others' images, by the beginnings of their names.
  private static let mirrors: [(mirror: String, originals: [String])] = [
    ("public.ecr.aws/docker/library/", ["docker.io/library/"]),
    ("mirror.gcr.io/library/", ["docker.io/library/"]),
    ("quay.io/prometheus/busybox", ["docker.io/library/busybox"]),
    ("quay.io/curl/", ["docker.io/curlimages/"]),
    ("docker.io/kubernetes/serve_hostname", ["registry.k8s.io/serve_hostname"]),
    ("registry.k8s.io/e2e-test-images/echoserver", ["registry.k8s.io/echoserver"]),
    (
      "gcr.io/kubernetes-e2e-test-images/dnsutils",
      ["registry.k8s.io/e2e-test-images/jessie-dnsutils"]
    ),
    (
      "gcr.io/kubernetes-e2e-test-images/",
      ["registry.k8s.io/e2e-test-images/", "docker.io/library/"]
    ), ("k8s.gcr.io/", ["registry.k8s.io/", "docker.io/library/"]),
    ("gcr.io/google-containers/", ["registry.k8s.io/", "docker.io/library/"]),
    ("gcr.io/google_containers/", ["registry.k8s.io/", "docker.io/library/"]),
    ("registry.k8s.io/e2e-test-images/", ["docker.io/library/"]),
    ("registry.k8s.io/", ["docker.io/library/"]),
  ]

  /// The catalogue's entry of a repository, or of the one that it is a copy of.
  static func entry(_ name: String) -> Image? {
    if let own = byRepository[name] { return own }
    for (mirror, originals) in mirrors where name.hasPrefix(mirror) {
      let rest = name.dropFirst(mirror.count)
      if let found = originals.lazy.compactMap({ byRepository[$0 + rest] }).first {
        var copy = found
        copy.repository = name
        // Copies have tags of their own.
        copy.tags = .any
        return copy
      }
    }
    return nil
  }
}
