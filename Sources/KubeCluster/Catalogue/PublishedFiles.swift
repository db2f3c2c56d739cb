import Documents
import Linux

/// What of the outer web a learner fetches before installing things: keys of package archives,
/// the newest release, install scripts.
enum PublishedFiles {
  static func find(_ address: String) -> [UInt8]? {
    if let manifest = PublishedManifests.find(address) { return manifest }
    let plain = address.prefix { $0 != "?" }
    let keys = [
      "/Release.key", "download.docker.com/linux/ubuntu/gpg", "baltocdn.com/helm/signing.asc",
      "packages.buildkite.com/helm-linux/helm-debian/gpgkey",
      "aquasecurity.github.io/trivy-repo/deb/public.key",
      "falco.org/repo/falcosecurity-packages.asc",
      "packages.cloud.google.com/apt/doc/apt-key.gpg",
    ]
    if keys.contains(where: { plain.hasSuffix($0) }) { return Array(key.utf8) }
    if let package = package(String(plain)) { return package.bytes }
    switch plain {
    case "https://dl.k8s.io/release/stable.txt", "https://cdn.dl.k8s.io/release/stable.txt":
      return Array("v1.36.2".utf8)
    case "https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-3",
      "https://raw.githubusercontent.com/helm/helm/master/scripts/get-helm-3":
      return Array("#!/usr/bin/env bash\necho \"Helm v3.19.2 is already latest\"\n".utf8)
    default: return release(String(plain))
    }
  }

  /// Packages that projects publish with their releases.
  private static func package(_ address: String) -> LocalPackage? {
    guard address.hasPrefix("https://github.com/"), address.hasSuffix(".deb"),
      let file = address.split(separator: "/").last
    else { return nil }
    let parts = file.dropLast(4).split(separator: "_").map(String.init)
    guard parts.count == 3, ["cri-dockerd", "trivy"].contains(parts[0]) else { return nil }
    return LocalPackage(name: parts[0], version: parts[1].replacing("-0.", with: "-0~"))
  }

  private static let programs = [
    "kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubeadm",
    "kubectl", "kubelet",
  ]

  /// A program of Kubernetes' release page, or an archive of them.
  private static func file(_ name: String, _ address: [String]) -> [UInt8]? {
    if address.contains("amd64"), programs.contains(name) { return StandardFiles.executable(name) }
    for (kind, members) in [
      ("server", programs), ("node", ["kubeadm", "kubectl", "kubelet", "kube-proxy"]),
      ("client", ["kubectl"]),
    ] where name == "kubernetes-\(kind)-linux-amd64.tar.gz" {
      let bytes = members.flatMap { member in
        Archive.bytes(
          of: .init(
            name: "kubernetes/\(kind)/bin/\(member)", kind: .file, mode: 0o755,
            modified: 1_760_000_000, bytes: StandardFiles.executable(member)))
      }
      return Gzip.compress(bytes + Archive.end)
    }
    return nil
  }

  /// Programs of Kubernetes' and Helm's release pages, with their checksums.
  private static func release(_ address: String) -> [UInt8]? {
    let parts = address.split(separator: "/").map(String.init)
    guard parts.count >= 3, let last = parts.last else { return nil }
    if parts[1] == "dl.k8s.io" || parts[1] == "cdn.dl.k8s.io" {
      guard parts[2] == "release" || parts[2].hasPrefix("v") else { return nil }
      for (suffix, sum) in [(".sha256", Checksum.sha256), (".sha512", .sha512)]
      where last.hasSuffix(suffix) {
        return file(String(last.dropLast(suffix.count)), parts).map { Array(sum.hex($0).utf8) }
      }
      return file(last, parts)
    }
    if address.hasPrefix("https://github.com/projectcalico/calico/releases/"),
      last == "calicoctl-linux-amd64"
    {
      return StandardFiles.executable("calicoctl")
    }
    guard parts[1] == "get.helm.sh", last.hasSuffix("-linux-amd64.tar.gz") else { return nil }
    let member = Archive.Member(
      name: "linux-amd64/helm", kind: .file, mode: 0o755, modified: 1_760_000_000,
      bytes: StandardFiles.executable("helm"))
    return Gzip.compress(Archive.bytes(of: member) + Archive.end)
  }

  /// Armour around nothing in particular: nobody checks signatures here.
  private static let key = """
    -----BEGIN PGP PUBLIC KEY BLOCK-----

    ZHJ5ZG9jazogYSBrZXkgdGhhdCBvcGVucyBub3RoaW5nLCBmb3IgYXJjaGl2ZXMgdGhhdCBhcmUg
    c2ltdWxhdGVkLg==
    =ZHJ5
    -----END PGP PUBLIC KEY BLOCK-----

    """
}
