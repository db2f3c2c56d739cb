/// The catalogue of images that learners use. A repository outside it on a known public registry is
/// taken for a plain long-running server.
package enum Images {
  package static let all: [Image] = catalogue + clients + demonstrations + gatewayProxies + official

  private static let catalogue: [Image] = [
    Image(
      repository: "registry.k8s.io/ingress-nginx/controller",
      command: ["/nginx-ingress-controller"], user: 101, ports: [80, 443], megabytes: 110,
      userland: .alpine, tools: ["curl", "bash"]),
    Image(
      repository: "docker.io/library/nginx", entrypoint: ["/docker-entrypoint.sh"],
      command: ["nginx", "-g", "daemon off;"],
      environment: ["NJS_VERSION": "0.9.4"], ports: [80],
      stopSignal: 3, megabytes: 59,
      tags: .versions(
        names: [
          "latest", "stable", "mainline", "alpine", "stable-alpine", "mainline-alpine",
          "alpine-slim", "perl", "bookworm", "alpine-perl", "stable-perl",
        ],
        from: [1, 7], to: [1, 29], flavours: ["alpine", "perl", "bookworm", "bullseye", "otel"]),
      tools: ["curl", "envsubst"]),
    Image(
      repository: "docker.io/vish/stress", entrypoint: ["stress", "-logtostderr"], megabytes: 3,
      userland: .none, tools: ["stress"]),
    Image(
      repository: "docker.io/aquasec/kube-bench", entrypoint: ["kube-bench"], megabytes: 20,
      userland: .alpine),
    Image(
      repository: "registry.k8s.io/nginx-slim", command: ["nginx", "-g", "daemon off;"],
      ports: [80], stopSignal: 3, megabytes: 42, tools: ["curl"]),
    Image(
      repository: "docker.io/bprashanth/nginxhttps", command: ["nginx", "-g", "daemon off;"],
      ports: [80, 443], megabytes: 60),
    Image(
      repository: "docker.io/ymqytw/nginxhttps", command: ["nginx", "-g", "daemon off;"],
      ports: [80, 443], megabytes: 60),
    Image(
      repository: "docker.io/nginxinc/nginx-unprivileged", entrypoint: ["/docker-entrypoint.sh"],
      command: ["nginx", "-g", "daemon off;"],
      environment: ["NJS_VERSION": "0.9.4"], user: 101, ports: [8080],
      stopSignal: 3, megabytes: 60, tools: ["curl", "envsubst"], server: "nginx-unprivileged"),
    Image(
      repository: "docker.io/library/httpd", command: ["httpd-foreground"],
      workingDirectory: "/usr/local/apache2", ports: [80], stopSignal: 28, megabytes: 60,
      tags: .versions(
        names: ["latest", "alpine", "bookworm"], from: [2, 2], to: [2, 4],
        flavours: ["alpine", "bookworm", "bullseye"]), tools: ["httpd"]),
    Image(
      repository: "docker.io/library/busybox", command: ["sh"], megabytes: 2,
      tags: .versions(
        names: [
          "latest", "stable", "unstable", "glibc", "musl", "uclibc", "stable-glibc",
          "stable-musl", "stable-uclibc",
        ], from: [1, 20], to: [1, 37],
        flavours: ["glibc", "musl", "uclibc", "ubuntu"]), userland: .busybox),
    Image(
      repository: "docker.io/library/alpine", command: ["/bin/sh"], megabytes: 4,
      tags: .versions(names: ["latest", "edge", "3"], from: [2, 6], to: [3, 22], flavours: []),
      userland: .alpine),
    Image(
      repository: "docker.io/library/ubuntu", command: ["/bin/bash"], megabytes: 30,
      tags: .versions(
        names: [
          "latest", "rolling", "devel", "noble", "jammy", "focal", "bionic", "xenial",
          "trusty", "plucky", "questing",
        ], from: [12, 4], to: [25, 10], flavours: [])),
    Image(
      repository: "docker.io/library/debian", command: ["bash"], megabytes: 49,
      tags: .versions(
        names: [
          "latest", "stable", "stable-slim", "bookworm", "bookworm-slim", "bullseye",
          "bullseye-slim", "trixie", "trixie-slim", "sid",
        ], from: [8], to: [13],
        flavours: ["slim"])),
    Image(
      repository: "registry.k8s.io/build-image/debian-base", command: ["bash"], megabytes: 49),
    Image(
      repository: "docker.io/curlimages/curl", entrypoint: ["/entrypoint.sh"], command: ["curl"],
      user: 100, megabytes: 9, userland: .alpine, tools: ["curl"]),
    Image(
      repository: "docker.io/alpine/curl", entrypoint: ["/entrypoint.sh"], command: ["curl"],
      megabytes: 6, userland: .alpine, tools: ["curl"]),
    Image(
      repository: "docker.io/radial/busyboxplus", command: ["/bin/sh"], userland: .busybox,
      tools: ["curl"]),
    Image(
      repository: "docker.io/nicolaka/netshoot", command: ["zsh"], workingDirectory: "/root",
      megabytes: 190, userland: .alpine,
      tools: [
        "bash", "curl", "jq", "dig", "host", "nslookup", "vim", "ss", "ip", "ping", "nc", "ps",
        "iptables", "iptables-save", "nft", "nmap", "socat", "traceroute", "tcptraceroute", "mtr",
        "conntrack", "ipset", "ipvsadm", "ethtool", "bridge", "openssl", "git", "strace", "tcpdump",
      ]),
    Image(
      repository: "registry.k8s.io/e2e-test-images/agnhost", entrypoint: ["/agnhost"],
      command: ["pause"], megabytes: 53, userland: .alpine,
      tools: ["bash", "curl", "dig", "host", "nslookup", "nc", "ip", "ss"]),
    Image(
      repository: "registry.k8s.io/serve_hostname", entrypoint: ["/agnhost", "serve-hostname"],
      ports: [9376], megabytes: 6, userland: .none),
    Image(
      repository: "registry.k8s.io/e2e-test-images/jessie-dnsutils",
      command: ["sleep", "infinity"], megabytes: 80,
      tools: ["dig", "nslookup", "host", "nc", "ping", "curl", "wget"]),
    Image(
      repository: "docker.io/hashicorp/http-echo", entrypoint: ["/http-echo"], ports: [5678],
      megabytes: 4, userland: .none),
    Image(
      repository: "docker.io/library/redis", entrypoint: ["docker-entrypoint.sh"],
      command: ["redis-server"], workingDirectory: "/data", ports: [6379], megabytes: 45,
      tags: .versions(
        names: ["latest", "alpine", "bookworm"], from: [2, 6], to: [8, 4],
        flavours: ["alpine", "bookworm", "bullseye", "buster"]), tools: ["redis-cli"]),
    Image(
      repository: "docker.io/library/postgres", entrypoint: ["docker-entrypoint.sh"],
      command: ["postgres"], ports: [5432], stopSignal: 2, megabytes: 150,
      tags: .official(
        "latest alpine bookworm bullseye trixie", [9, 4], [18, 1]),
      tools: ["psql", "pg_isready"]),
    Image(
      repository: "docker.io/library/mysql", entrypoint: ["docker-entrypoint.sh"],
      command: ["mysqld"], ports: [3306], megabytes: 230,
      tags: .official(
        "latest lts innovation oracle", [5, 5], [9, 5], and: "oracle debian oraclelinux9"),
      tools: ["mysql", "mysqladmin"]),
    Image(
      repository: "docker.io/library/mariadb", entrypoint: ["docker-entrypoint.sh"],
      command: ["mariadbd"], ports: [3306], megabytes: 120,
      tags: .official(
        "latest lts noble jammy ubi", [5, 5], [12, 1], and: "noble jammy focal ubi"),
      tools: ["mariadb", "mariadb-admin", "healthcheck.sh"]),
    Image(
      repository: "docker.io/library/mongo", entrypoint: ["docker-entrypoint.sh"],
      command: ["mongod"], ports: [27017], megabytes: 280,
      tags: .official(
        "latest noble jammy focal", [3, 0], [8, 2],
        and: "noble jammy focal bionic xenial"),
      tools: ["mongosh"]),
    Image(
      repository: "docker.io/library/memcached", entrypoint: ["docker-entrypoint.sh"],
      command: ["memcached"], user: 11211, ports: [11211], megabytes: 32,
      tags: .official(
        "latest alpine bookworm trixie", [1, 4], [1, 6])),
    Image(
      repository: "docker.io/library/python", command: ["python3"], megabytes: 360,
      tags: .official(
        "latest slim alpine bookworm bullseye trixie",
        [2, 7], [3, 14], and: "slim rc"),
      tools: ["python", "python3", "pip", "pip3", "flask", "gunicorn", "uvicorn"]),
    Image(
      repository: "docker.io/library/node", entrypoint: ["docker-entrypoint.sh"],
      command: ["node"], megabytes: 380,
      tags: .official(
        "latest lts current slim alpine bookworm bullseye trixie jod iron hydrogen gallium",
        [4], [25], and: "slim"),
      tools: ["node", "npm", "yarn"]),
    Image(
      repository: "docker.io/library/gradle", command: ["gradle"], workingDirectory: "/home/gradle",
      megabytes: 400, tools: ["gradle", "java", "javac", "git", "curl"]),
    Image(
      repository: "docker.io/library/maven", command: ["mvn"], megabytes: 330,
      tools: ["mvn", "java", "javac", "git", "curl"]),
    Image(
      repository: "docker.io/library/eclipse-temurin", command: ["bash"], megabytes: 230,
      tools: ["java", "javac"]),
    Image(
      repository: "docker.io/library/openjdk", command: ["bash"], megabytes: 240,
      tools: ["java", "javac"]),
    Image(
      repository: "docker.io/library/amazoncorretto", command: ["bash"], megabytes: 210,
      tools: ["java", "javac"]),
    Image(
      repository: "docker.io/library/ruby", command: ["irb"], megabytes: 340,
      tools: ["ruby", "bundle", "git", "curl"]),
    Image(
      repository: "docker.io/library/composer", command: ["composer"], workingDirectory: "/app",
      megabytes: 90, tools: ["composer", "git", "curl"]),
    Image(
      repository: "mcr.microsoft.com/dotnet/sdk", command: ["bash"], megabytes: 300,
      tools: ["dotnet", "git", "curl"]),
    Image(
      repository: "docker.io/library/perl", command: ["perl", "-de0"], megabytes: 340,
      tools: ["perl"]),
    Image(
      repository: "docker.io/polinux/stress", entrypoint: [], command: [], megabytes: 4,
      userland: .alpine, tools: ["stress"]),
    Image(
      repository: "quay.io/cilium/cilium", command: ["cilium-agent"], megabytes: 240,
      tools: ["bash", "cilium", "cilium-dbg"]),
    Image(
      repository: "docker.io/kubesec/kubesec", entrypoint: ["kubesec"], command: ["--help"],
      megabytes: 20, userland: .alpine, tools: ["kubesec"]),
    Image(
      repository: "docker.io/aquasec/trivy", entrypoint: ["trivy"], command: ["--help"],
      megabytes: 60, userland: .alpine, tools: ["trivy"]),
    Image(
      repository: "docker.io/bitnami/nginx", entrypoint: ["/docker-entrypoint.sh"],
      command: ["nginx", "-g", "daemon off;"], user: 1001, ports: [8080, 8443], stopSignal: 3,
      megabytes: 66,
      tags: .versions(names: ["latest"], from: [1, 14], to: [1, 29], flavours: ["debian"]),
      tools: ["curl"], server: "nginx-unprivileged"),
    Image(
      repository: "docker.io/bitnami/apache", command: ["httpd-foreground"], user: 1001,
      ports: [8080, 8443], megabytes: 70, tools: ["curl"], server: "httpd-unprivileged"),
    Image(
      repository: "docker.io/bitnami/tomcat", command: ["catalina.sh", "run"], user: 1001,
      ports: [8080], megabytes: 190, tools: ["curl"], server: "catalina.sh"),
    Image(
      repository: "docker.io/bitnami/redis", command: ["redis-server"], workingDirectory: "/data",
      user: 1001, ports: [6379], megabytes: 50, tools: ["redis-cli"]),
    Image(
      repository: "registry.k8s.io/pause", entrypoint: ["/pause"], megabytes: 1,
      userland: .none),
    Image(
      repository: "registry.k8s.io/coredns/coredns", entrypoint: ["/coredns"],
      ports: [53, 8080, 8181, 9153], megabytes: 23, userland: .none),
    Image(
      repository: "docker.io/rancher/mirrored-coredns-coredns", entrypoint: ["/coredns"],
      ports: [53, 8080, 8181, 9153], megabytes: 23, userland: .none),
    Image(
      repository: "docker.io/coredns/coredns", entrypoint: ["/coredns"],
      ports: [53, 8080, 8181, 9153], megabytes: 23, userland: .none),
    Image(
      repository: "docker.io/rancher/mirrored-library-traefik", entrypoint: ["traefik"],
      ports: [8000, 8080, 8443], megabytes: 60, userland: .alpine),
    // It installs one chart and ends.
    Image(
      repository: "docker.io/rancher/klipper-helm", entrypoint: ["true"], megabytes: 70,
      userland: .alpine),
    Image(
      repository: "docker.io/traefik/whoami", entrypoint: ["/whoami"], ports: [80], megabytes: 3,
      userland: .none, server: "whoami-server"),
    Image(
      repository: "docker.io/containous/whoami", entrypoint: ["/whoami"], ports: [80],
      megabytes: 3, userland: .none, server: "whoami-server"),
    Image(
      repository: "registry.k8s.io/echoserver", entrypoint: ["/usr/local/bin/run.sh"],
      ports: [8080], megabytes: 42, server: "echoserver"),
    Image(
      repository: "gcr.io/google-containers/echoserver", entrypoint: ["/usr/local/bin/run.sh"],
      ports: [8080], megabytes: 42, server: "echoserver"),
    Image(
      repository: "gcr.io/google-samples/hello-app", entrypoint: ["/hello-app"], ports: [8080],
      megabytes: 12, userland: .none, server: "hello-app"),
    Image(
      repository: "us-docker.pkg.dev/google-samples/containers/gke/hello-app",
      entrypoint: ["/hello-app"], ports: [8080], megabytes: 12, userland: .none,
      server: "hello-app"),
    Image(
      repository: "docker.io/stefanprodan/podinfo", command: ["/home/app/podinfo"], ports: [9898],
      megabytes: 24, userland: .alpine, tools: ["curl"], server: "podinfo"),
    Image(
      repository: "ghcr.io/stefanprodan/podinfo", command: ["/home/app/podinfo"], ports: [9898],
      megabytes: 24, userland: .alpine, tools: ["curl"], server: "podinfo"),
    Image(
      repository: "docker.io/library/tomcat", command: ["catalina.sh", "run"],
      workingDirectory: "/usr/local/tomcat", ports: [8080], megabytes: 180,
      server: "catalina.sh"),
    Image(
      repository: "registry.k8s.io/hpa-example", command: ["apache2-foreground"],
      workingDirectory: "/var/www/html", ports: [80], megabytes: 180),
    Image(
      repository: "registry.k8s.io/kube-proxy", entrypoint: ["/usr/local/bin/kube-proxy"],
      megabytes: 27,
      tags: .versions(names: [], from: [1, 19], to: [1, 36], flavours: []),
      tools: ["iptables", "iptables-save", "ipvsadm", "nft"]),
    Image(
      repository: "quay.io/cilium/cilium", command: ["cilium-agent"], megabytes: 230,
      tools: ["bash", "cilium", "cilium-dbg", "ip", "ss"]),
    Image(
      repository: "registry.k8s.io/etcd", entrypoint: ["/usr/local/bin/etcd"], ports: [2379],
      megabytes: 24,
      tags: .versions(
        names: [], from: [3, 4], to: [3, 6], flavours: ["0", "1", "2", "3"]),
      tools: ["etcdctl", "etcdutl"]),
  ]

  /// What the Deployments of Gateways run, whichever controller makes them.
  private static let gatewayProxies: [Image] =
    [
      "ghcr.io/nginx/nginx-gateway-fabric/nginx",
      "docker.io/istio/proxyv2",
      "quay.io/cilium/cilium-envoy",
      "docker.io/library/traefik",
      "ghcr.io/kgateway-dev/envoy-wrapper",
    ].map {
      Image(
        repository: $0, command: ["/usr/local/bin/gateway-proxy"], megabytes: 70, userland: .none)
    } + [
      Image(
        repository: "docker.io/envoyproxy/envoy", command: ["/usr/local/bin/envoy"], megabytes: 70,
        userland: .none)
    ]

  /// The parts of Kubernetes itself, which are tagged like their releases.
  private static let releases: [String: Image.Tags] = Dictionary(
    uniqueKeysWithValues: [
      "kube-apiserver", "kube-scheduler", "kube-controller-manager",
    ].map { ($0, .versions(names: [], from: [1, 19], to: [1, 36], flavours: [])) })

  /// Registries that are known to answer anybody.
  package static let publicRegistries: Set<String> = [
    "docker.io", "registry.k8s.io", "k8s.gcr.io", "gcr.io", "quay.io", "ghcr.io",
    "mcr.microsoft.com", "public.ecr.aws", "registry.gitlab.com", "docker.elastic.co", "lscr.io",
    "us-docker.pkg.dev", "mirror.gcr.io", "registry.access.redhat.com", "cr.l5d.io",
    "docker.redpanda.com",
  ]

  /// A registry that has the catalogue's images under any project, for those who log in.
  package static let privateRegistry = "registry.corp.example"

  static let byRepository: [String: Image] = Dictionary(
    all.map { ($0.repository, $0) }, uniquingKeysWith: { first, _ in first })

  package static func known(_ reference: ImageReference) -> Image? {
    var image = entry("\(reference.registry)/\(reference.repository)")
    // nginx:alpine is made of another distribution than nginx.
    if image?.userland == .debian, reference.tag?.contains("alpine") == true {
      image?.userland = .alpine
    }
    if image?.repository.hasSuffix("library/docker") == true,
      reference.tag?.contains("dind") == true
    {
      image?.command = ["dockerd"]
      image?.ports = [2375, 2376]
    }
    // php's tags tell what serves.
    if image?.repository.hasSuffix("library/php") == true, let tag = reference.tag {
      if tag.contains("apache") {
        image?.command = ["apache2-foreground"]
        image?.ports = [80]
      } else if tag.contains("fpm") {
        image?.command = ["php-fpm"]
        image?.ports = [9000]
      }
    }
    if var varied = image {
      vary(&varied, by: reference.tag ?? "latest")
      image = varied
    }
    if image != nil, let version = version(of: reference) {
      image?.environment[version.variable] = version.text
    }
    return image
  }

  /// What a registry answers to a pull without credentials.
  package static func pull(_ reference: ImageReference) -> Result<Image, PullFailure> {
    if let image = known(reference) {
      if let tag = reference.tag, !image.has(tag: tag) { return .failure(.notFound) }
      return .success(image)
    }
    if reference.registry == "registry.k8s.io", let tags = releases[reference.repository],
      let tag = reference.tag
    {
      // Nothing but the binary is in them.
      let image = Image(
        repository: "registry.k8s.io/\(reference.repository)", tags: tags, userland: .none,
        tools: [reference.repository])
      return tag.hasPrefix("v") && image.has(tag: tag) ? .success(image) : .failure(.notFound)
    }
    if reference.registry == privateRegistry,
      let name = reference.repository.split(separator: "/").last,
      let original = ImageReference("\(name):\(reference.tag ?? "latest")"),
      byRepository["docker.io/library/\(name)"] != nil
    {
      return pull(original)
    }
    guard publicRegistries.contains(reference.registry) || reference.registry == privateRegistry
    else { return .failure(.unknownHost) }
    // An official image that is not in the catalogue is a slip of the pen far more often than not.
    if reference.registry == "docker.io", reference.repository.hasPrefix("library/") {
      return .failure(.denied)
    }
    return .success(Image(repository: "\(reference.registry)/\(reference.repository)"))
  }

  /// A repository's digest for a reference: made from its name, so that it is always the same.
  package static func digest(of reference: ImageReference) -> String {
    if let digest = reference.digest { return digest }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in reference.canonical.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return "sha256:" + HexadecimalName.random(64, seed: hash)
  }
}
