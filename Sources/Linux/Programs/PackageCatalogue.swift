/// A package that a distribution's archives hold.
struct SoftwarePackage: Sendable {
  let name: String
  /// Newest first.
  let versions: [String]
  /// The programs that it brings.
  var programs: [String] = []
  var depends: [String] = []
  var kilobytes = 120
  var summary = ""
  /// What it starts.
  var service: PackagedService?
  /// Units that it brings besides.
  var units: [PackagedUnit] = []
}

/// What Ubuntu's archives hold, and the archives that learners add.
enum PackageCatalogue {
  static let archive: [SoftwarePackage] = tools + servers + unsimulated

  private static let tools: [SoftwarePackage] = [
    .init(
      name: "apt-transport-https", versions: ["2.8.3"], kilobytes: 4,
      summary: "transitional package for https support"),
    .init(
      name: "ca-certificates", versions: ["20240203"], kilobytes: 159,
      summary: "Common CA certificates"),
    .init(
      name: "curl", versions: ["8.5.0-2ubuntu10.6"], programs: ["curl"], kilobytes: 227,
      summary: "command line tool for transferring data with URL syntax"),
    .init(
      name: "wget", versions: ["1.21.4-1ubuntu4.1"], programs: ["wget"], kilobytes: 334,
      summary: "retrieves files from the web"),
    .init(
      name: "gnupg", versions: ["2.4.4-2ubuntu17.3"], programs: ["gpg"], kilobytes: 359,
      summary: "GNU privacy guard"),
    .init(
      name: "gpg", versions: ["2.4.4-2ubuntu17.3"], programs: ["gpg"], kilobytes: 565,
      summary: "GNU Privacy Guard"),
    .init(
      name: "jq", versions: ["1.7.1-3ubuntu0.24.04.1"], programs: ["jq"], kilobytes: 65,
      summary: "lightweight and flexible command-line JSON processor"),
    .init(
      name: "yq", versions: ["3.1.0-3"], programs: ["yq"], kilobytes: 15,
      summary: "Command-line YAML processor"),
    .init(
      name: "vim", versions: ["2:9.1.0016-1ubuntu7.9"], programs: ["vim", "vi"], kilobytes: 1881,
      summary: "Vi IMproved - enhanced vi editor"),
    .init(
      name: "ufw", versions: ["0.36.2-6"], programs: ["ufw"], kilobytes: 169,
      summary: "program for managing a Netfilter firewall"),
    .init(
      name: "strace", versions: ["6.8-0ubuntu2"], programs: ["strace"], kilobytes: 655,
      summary: "System call tracer"),
    .init(
      name: "zip", versions: ["3.0-13ubuntu0.2"], programs: ["zip"], kilobytes: 176,
      summary: "Archiver for .zip files"),
    .init(
      name: "unzip", versions: ["6.0-28ubuntu4.1"], programs: ["unzip"], kilobytes: 174,
      summary: "De-archiver for .zip files"),
    .init(
      name: "nano", versions: ["7.2-2ubuntu0.1"], programs: ["nano"], kilobytes: 282,
      summary: "small, friendly text editor"),
    .init(
      name: "git", versions: ["1:2.43.0-1ubuntu7.3"], programs: ["git"], kilobytes: 3680,
      summary: "fast, scalable, distributed revision control system"),
    .init(
      name: "tree", versions: ["2.1.1-2ubuntu3"], programs: ["tree"], kilobytes: 47,
      summary: "displays an indented directory tree, in color"),
    .init(
      name: "net-tools", versions: ["2.10-0.1ubuntu4"],
      programs: ["netstat", "ifconfig", "route", "arp"],
      kilobytes: 204, summary: "NET-3 networking toolkit"),
    .init(
      name: "iproute2", versions: ["6.1.0-1ubuntu6"], programs: ["ip", "ss", "bridge"],
      kilobytes: 1120,
      summary: "networking and traffic control tools"),
    .init(
      name: "iputils-ping", versions: ["3:20240117-1ubuntu0.1"], programs: ["ping"], kilobytes: 44,
      summary: "Tools to test the reachability of network hosts"),
    .init(
      name: "dnsutils", versions: ["1:9.18.39-0ubuntu0.24.04.2"],
      programs: ["dig", "nslookup", "host"], kilobytes: 4,
      summary: "Transitional package for bind9-dnsutils"),
    .init(
      name: "bind9-dnsutils", versions: ["1:9.18.39-0ubuntu0.24.04.2"],
      programs: ["dig", "nslookup", "host"], kilobytes: 156, summary: "Clients provided with BIND 9"
    ),
    .init(
      name: "netcat-openbsd", versions: ["1.226-1ubuntu2"], programs: ["nc"], kilobytes: 44,
      summary: "TCP/IP swiss army knife"),
    .init(
      name: "procps", versions: ["2:4.0.4-4ubuntu3.2"],
      programs: ["ps", "top", "free", "watch", "pkill", "pgrep", "uptime", "vmstat", "sysctl"],
      kilobytes: 708, summary: "/proc file system utilities"),
    .init(
      name: "psmisc", versions: ["23.7-1build1"], programs: ["killall", "pstree", "fuser"],
      kilobytes: 179,
      summary: "utilities that use the proc file system"),
    .init(
      name: "bridge-utils", versions: ["1.7.1-1ubuntu2"], programs: ["brctl"], kilobytes: 34,
      summary: "Utilities for configuring the Linux Ethernet bridge"),
    .init(
      name: "nmap", versions: ["7.94+git20230807.3be01efb1+dfsg-3build2"], programs: ["nmap"],
      kilobytes: 1694, summary: "The Network Mapper"),
    .init(
      name: "socat", versions: ["1.8.0.0-4build3"], programs: ["socat"], kilobytes: 374,
      summary: "multipurpose relay for bidirectional data transfer"),
    .init(
      name: "ethtool", versions: ["1:6.7-1build1"], programs: ["ethtool"], kilobytes: 229,
      summary: "display or change Ethernet device settings"),
    .init(
      name: "lsof", versions: ["4.95.0-1build3"], programs: ["lsof"], kilobytes: 248,
      summary: "utility to list open files"),
    .init(
      name: "stress", versions: ["1.0.7-1"], programs: ["stress"], kilobytes: 18,
      summary: "tool to impose load on and stress test a computer system"),
    .init(
      name: "stress-ng", versions: ["0.17.06-1build1"], programs: ["stress-ng"], kilobytes: 2580,
      summary: "tool to load and stress a computer"),
    .init(
      name: "openssl", versions: ["3.0.13-0ubuntu3.6"], programs: ["openssl"], kilobytes: 1003,
      summary: "Secure Sockets Layer toolkit - cryptographic utility"),
    .init(
      name: "python3", versions: ["3.12.3-0ubuntu2"], programs: ["python3"], kilobytes: 23,
      summary: "interactive high-level object-oriented language"),
    .init(
      name: "etcd-client", versions: ["3.4.30-1ubuntu0.24.04.3"], programs: ["etcdctl"],
      kilobytes: 8530, summary: "highly-available key value store -- client"),
    .init(
      name: "nfs-common", versions: ["1:2.6.4-3ubuntu5.1"], kilobytes: 248,
      summary: "NFS support files common to client and server"),
    .init(
      name: "nfs-kernel-server", versions: ["1:2.6.4-3ubuntu5.1"], kilobytes: 169,
      summary: "support for NFS kernel server"),
    .init(
      name: "bash-completion", versions: ["1:2.11-8"], kilobytes: 180,
      summary: "programmable completion for the bash shell"),
    .init(
      name: "software-properties-common", versions: ["0.99.49.3"], kilobytes: 14,
      summary: "manage the repositories that you install software from"),
    .init(
      name: "lsb-release", versions: ["12.0-2"], programs: ["lsb_release"], kilobytes: 7,
      summary: "Linux Standard Base version reporting utility"),
    .init(
      name: "socat", versions: ["1.8.0.0-4build3"], kilobytes: 374,
      summary: "multipurpose relay for bidirectional data transfer"),
    .init(
      name: "conntrack", versions: ["1:1.4.8-1ubuntu1"], kilobytes: 38,
      summary: "Program to modify the conntrack tables"),
    .init(
      name: "ebtables", versions: ["2.0.11-6"], kilobytes: 85,
      summary: "Ethernet bridge frame table administration"),
    .init(
      name: "ipvsadm", versions: ["1:1.31-1ubuntu0.1"], kilobytes: 40,
      summary: "Linux Virtual Server support programs"),
    .init(
      name: "containerd", versions: ["1.7.28-0ubuntu1~24.04.1"], depends: ["runc"],
      kilobytes: 38_900, summary: "daemon to control runC"),
    .init(
      name: "runc", versions: ["1.3.3-0ubuntu1~24.04.2"], kilobytes: 8835,
      summary: "Open Container Project - runtime"),
    .init(
      name: "docker.io", versions: ["28.2.2-0ubuntu1~24.04.1"], programs: ["docker"],
      depends: ["containerd"], kilobytes: 29_400, summary: "Linux container runtime",
      service: dockerService, units: [dockerSocket]),
    .init(
      name: "podman", versions: ["4.9.3+ds1-1ubuntu0.2"], programs: ["podman"], kilobytes: 13_500,
      summary: "tool to manage containers and pods"),
    .init(
      name: "apache2-utils", versions: ["2.4.58-1ubuntu8.8"], kilobytes: 97,
      summary: "Apache HTTP Server (utility programs for web servers)"),
    .init(
      name: "apparmor-utils", versions: ["4.0.1really4.0.1-0ubuntu0.24.04.4"],
      programs: ["aa-status"], kilobytes: 53, summary: "utilities for controlling AppArmor"),
    .init(
      name: "haproxy", versions: ["2.8.15-1ubuntu0.1"], kilobytes: 2063,
      summary: "fast and reliable load balancing reverse proxy"),
    .init(
      name: "keepalived", versions: ["1:2.2.8-1build2"], kilobytes: 512,
      summary: "Failover and monitoring daemon for LVS clusters"),
    .init(
      name: "mysql-client", versions: ["8.0.43-0ubuntu0.24.04.2"], programs: ["mysql"],
      kilobytes: 10, summary: "MySQL database client"),
    .init(
      name: "postgresql-client", versions: ["16+257build1.1"], programs: ["psql"], kilobytes: 12,
      summary: "front-end programs for PostgreSQL"),
    .init(
      name: "redis-tools", versions: ["5:7.0.15-1ubuntu0.24.04.2"], programs: ["redis-cli"],
      kilobytes: 168, summary: "Persistent key-value database with network interface (client)"),
    .init(
      name: "unzip", versions: ["6.0-28ubuntu4.1"], kilobytes: 174,
      summary: "De-archiver for .zip files"),
    .init(
      name: "zip", versions: ["3.0-13ubuntu0.2"], kilobytes: 176, summary: "Archiver for .zip files"
    ),
    .init(
      name: "sudo", versions: ["1.9.15p5-3ubuntu5.24.04.1"], programs: ["sudo"], kilobytes: 947,
      summary: "Provide limited super user privileges to specific users"),
    .init(
      name: "man-db", versions: ["2.12.0-4build2"], programs: ["man"], kilobytes: 1237,
      summary: "tools for reading manual pages"),
    .init(
      name: "less", versions: ["590-2ubuntu2.1"], programs: ["less"], kilobytes: 142,
      summary: "pager program similar to more"),
    .init(
      name: "xxd", versions: ["2:9.1.0016-1ubuntu7.9"], programs: ["xxd"], kilobytes: 64,
      summary: "tool to make (or reverse) a hex dump"),
  ]

  /// The last patch release of each minor version in pkgs.k8s.io.
  static let patches: [Int: Int] = [
    28: 15, 29: 15, 30: 14, 31: 14, 32: 13, 33: 12, 34: 8, 35: 5, 36: 3,
  ]

  /// The packages of an archive of Kubernetes' own, by its minor version.
  static func kubernetes(minor: Int) -> [SoftwarePackage] {
    guard let last = patches[minor] else { return [] }
    let versions = (0...last).reversed().map { "1.\(minor).\($0)-1.1" }
    return [
      .init(
        name: "kubeadm", versions: versions, depends: ["cri-tools"], kilobytes: 12_500,
        summary: "Command-line utility for administering a Kubernetes cluster"),
      .init(
        name: "kubelet", versions: versions, depends: ["kubernetes-cni"], kilobytes: 13_000,
        summary: "Node agent for Kubernetes clusters"),
      .init(
        name: "kubectl", versions: versions, kilobytes: 11_700,
        summary: "Command-line utility for interacting with a Kubernetes cluster"),
      .init(
        name: "cri-tools", versions: ["1.\(minor).0-1.1"], kilobytes: 16_200,
        summary: "Command-line utility for interacting with a container runtime"),
      .init(
        name: "kubernetes-cni", versions: ["1.8.0-1.1"], kilobytes: 39_900,
        summary: "Binaries required to provision kubernetes container networking"),
    ]
  }

  static let helm = SoftwarePackage(
    name: "helm", versions: ["3.19.2-1", "3.19.1-1", "3.18.6-1"], kilobytes: 17_300,
    summary: "The Kubernetes Package Manager")
  static let trivy = SoftwarePackage(
    name: "trivy", versions: ["0.67.2"], programs: ["trivy"], kilobytes: 46_000,
    summary: "Vulnerability scanner for containers and other artifacts")
  static let falco = SoftwarePackage(
    name: "falco", versions: ["0.42.1"], programs: ["falco"], kilobytes: 21_000,
    summary: "Container native runtime security")
  static let docker: [SoftwarePackage] = [
    .init(
      name: "docker-ce",
      versions: ["5:29.0.1-1~ubuntu.24.04~noble", "5:28.5.2-1~ubuntu.24.04~noble"],
      programs: ["docker"], depends: ["containerd.io"], kilobytes: 22_000,
      summary: "Docker: the open-source application container engine", service: dockerService,
      units: [dockerSocket]),
    .init(
      name: "docker-ce-cli", versions: ["5:29.0.1-1~ubuntu.24.04~noble"], programs: ["docker"],
      kilobytes: 16_500, summary: "Docker CLI"),
    .init(
      name: "containerd.io", versions: ["2.1.5-1~ubuntu.24.04~noble"], kilobytes: 23_000,
      summary: "An open and reliable container runtime"),
    .init(
      name: "docker-buildx-plugin", versions: ["0.29.1-1~ubuntu.24.04~noble"], kilobytes: 15_900,
      summary: "Docker Buildx plugin"),
    .init(
      name: "docker-compose-plugin", versions: ["2.40.3-1~ubuntu.24.04~noble"], kilobytes: 14_300,
      summary: "Docker Compose plugin"),
  ]
}
