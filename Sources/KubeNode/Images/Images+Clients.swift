/// Images that people run for a client of the API server, of etcd or of the network.
extension Images {
  static let clients: [Image] = [
    Image(
      repository: "docker.io/library/golang", command: ["bash"], workingDirectory: "/go",
      megabytes: 300,
      tags: .official(
        "latest alpine bookworm bullseye trixie", [1, 2], [1, 25], and: "stretch"),
      tools: ["go", "gcc", "git", "curl", "wget"]),
    Image(
      repository: "docker.io/library/rust", command: ["bash"], megabytes: 560,
      tools: ["cargo", "rustc", "gcc", "git", "curl", "wget"]),
    Image(
      repository: "docker.io/library/gcc", command: ["bash"], megabytes: 480,
      tools: ["gcc", "g++", "git", "curl", "wget"]),
    Image(
      repository: "docker.io/bitnami/kubectl", entrypoint: ["kubectl"], command: ["--help"],
      user: 1001, megabytes: 90, tools: ["kubectl", "curl", "jq"]),
    Image(
      repository: "docker.io/bitnamilegacy/kubectl", entrypoint: ["kubectl"], command: ["--help"],
      user: 1001, megabytes: 90, tools: ["kubectl", "curl", "jq"]),
    Image(
      repository: "registry.k8s.io/kubectl", entrypoint: ["/bin/kubectl"], megabytes: 20,
      userland: .none, tools: ["kubectl"]),
    Image(
      repository: "docker.io/rancher/kubectl", entrypoint: ["/bin/kubectl"], user: 1000,
      megabytes: 20, userland: .none, tools: ["kubectl"]),
    Image(
      repository: "docker.io/alpine/kubectl", entrypoint: ["kubectl"], megabytes: 30,
      userland: .alpine, tools: ["kubectl"]),
    Image(
      repository: "docker.io/lachlanevenson/k8s-kubectl", entrypoint: ["kubectl"],
      command: ["help"], megabytes: 30, userland: .alpine, tools: ["kubectl"]),
    Image(
      repository: "docker.io/alpine/helm", entrypoint: ["helm"], command: ["--help"],
      workingDirectory: "/apps", megabytes: 30, userland: .alpine, tools: ["helm", "bash", "jq"]),
    Image(
      repository: "docker.io/alpine/k8s", command: ["bash"], workingDirectory: "/apps",
      megabytes: 220, userland: .alpine,
      tools: ["kubectl", "helm", "kustomize", "bash", "curl", "jq", "yq", "git", "envsubst"]),
    Image(
      repository: "docker.io/dtzar/helm-kubectl", command: ["bash"], workingDirectory: "/config",
      megabytes: 80, userland: .alpine,
      tools: ["kubectl", "helm", "bash", "curl", "jq", "yq", "git", "envsubst"]),
    Image(
      repository: "docker.io/alpine/socat", entrypoint: ["socat"], megabytes: 4,
      userland: .alpine, tools: ["socat"]),
    Image(
      repository: "quay.io/coreos/etcd", command: ["/usr/local/bin/etcd"], ports: [2379, 2380],
      megabytes: 24, userland: .none, tools: ["etcdctl", "etcdutl"]),
  ]
}
