import Linux

/// Which of drydock's programs an image has on board.
enum Userland {
  static func programs(
    of image: Image, extra: String?, known: [String: any Program]
  ) -> [String: any Program] {
    let all = Programs.byName
    var chosen: [String: any Program] =
      switch image.userland {
      case .none: [:]
      case .busybox: all.filter { !notInBusybox.contains($0.key) }
      case .alpine: all.filter { !notInAlpine.contains($0.key) }
      case .debian: all.filter { !notInDebian.contains($0.key) }
      }
    if image.userland == .busybox { chosen["httpd"] = BusyBoxServer() }
    if image.userland == .busybox || image.userland == .alpine { chosen["busybox"] = BusyBox() }
    for tool in image.tools {
      chosen[tool] =
        Programs.ofImages[tool] ?? known[tool] ?? all[tool] ?? Servers.byName[tool]
        ?? UnsimulatedTool(name: tool)
    }
    if let server = server(of: image, named: extra) { chosen[server.name] = server }
    if let extra {
      chosen[extra] =
        Programs.ofImages[extra] ?? known[extra] ?? Servers.byName[extra]
        ?? ServerProgram(name: extra)
    }
    if image.server != nil, let own = server(of: image, named: nil) { chosen[own.name] = own }
    if let name = main(of: image), chosen[name] == nil {
      // It is known how it starts and where it listens, not what it does.
      let title = image.repository.split(separator: "/").last.map(String.init) ?? name
      chosen[name] =
        image.ports.isEmpty
        ? ForeignInterpreter(name: name)
        : UnknownApplication(name: name, title: title, ports: image.ports)
    }
    return chosen
  }

  /// The program that an image starts.
  static func main(of image: Image) -> String? {
    (image.entrypoint + image.command).first { !$0.hasSuffix("entrypoint.sh") }
      .flatMap { $0.split(separator: "/").last.map(String.init) }
  }

  /// The server that an image is for.
  static func server(of image: Image, named name: String?) -> (any NetworkServer)? {
    (image.server ?? name).flatMap { Servers.byName[$0] }
  }

  /// What only whole machines have.
  private static let administration: Set<String> = [
    "apt", "apt-cache", "apt-get", "apt-key", "apt-mark", "dpkg", "gpg", "lsb_release", "lscpu",
    "modinfo", "hostnamectl", "timedatectl", "useradd", "userdel", "usermod", "groupadd",
    "groupdel", "findmnt", "w", "shasum",
    "file", "yq", "jq", "tree", "man", "bash", "curl", "dig", "host", "nano", "vim", "sudo", "ss",
    "column", "stress", "stress-ng", "edit",
    "git", "python", "python3", "perl", "redis-cli", "aa-status", "apparmor_status",
    "aa-enabled", "apparmor_parser", "capsh", "getpcaps", "join", "whereis", "uuidgen", "bc",
    "htpasswd", "envsubst", "bridge", "tput", "b2sum", "fmt", "numfmt", "ethtool",
    "nmap", "socat",
  ]
  private static let notInBusybox = administration.union(["apk"])
  private static let notInAlpine = administration
  private static let notInDebian: Set<String> = [
    "curl", "wget", "ping", "nslookup", "dig", "host", "nc", "ip", "ss", "netstat", "ifconfig",
    "route", "traceroute", "ps", "top", "free", "jq", "yq", "vi", "vim", "nano", "edit", "sudo",
    "watch", "tree", "man", "less", "stress", "stress-ng", "hexdump", "xxd", "strings", "apk",
    "hostnamectl", "timedatectl", "sysctl", "lsmod", "modprobe", "modinfo", "gpg", "file", "uptime",
    "vmstat", "w", "lsof",
    "lsb_release", "column", "git", "python", "python3", "redis-cli", "aa-status", "aa-enabled",
    "apparmor_parser", "apparmor_status", "capsh", "getpcaps", "telnet", "uuidgen", "bc", "cal",
    "htpasswd", "envsubst", "arp", "brctl", "bridge", "pstree", "ethtool", "nmap", "socat", "fuser",
    "ncat", "time",
  ]
}
