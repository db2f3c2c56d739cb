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
    for tool in image.tools { chosen[tool] = all[tool] }
    if let server = server(of: image, named: extra) { chosen[server.name] = server }
    if let extra {
      chosen[extra] = known[extra] ?? Servers.byName[extra] ?? ServerProgram(name: extra)
    }
    return chosen
  }

  /// The server that an image is for.
  static func server(of image: Image, named name: String?) -> (any NetworkServer)? {
    (image.server ?? name).flatMap { Servers.byName[$0] }
  }

  private static let notInBusybox: Set<String> = [
    "bash", "curl", "jq", "yq", "dig", "host", "nano", "vim", "sudo", "ss", "column", "tree",
    "man", "stress", "stress-ng", "edit",
  ]
  private static let notInAlpine: Set<String> = [
    "bash", "curl", "jq", "yq", "dig", "host", "nano", "vim", "sudo", "ss", "column", "tree",
    "man", "stress", "stress-ng", "edit",
  ]
  private static let notInDebian: Set<String> = [
    "curl", "wget", "ping", "nslookup", "dig", "host", "nc", "ip", "ss", "netstat", "ifconfig",
    "route", "traceroute", "ps", "top", "free", "jq", "yq", "vi", "vim", "nano", "edit", "sudo",
    "watch", "tree", "man", "less", "stress", "stress-ng", "hexdump", "xxd", "strings",
  ]
}
