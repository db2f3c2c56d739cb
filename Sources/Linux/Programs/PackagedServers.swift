import Shell

/// A server that a package brings, with the unit that starts it.
struct PackagedService: Sendable {
  /// Without `.service`.
  let unit: String
  let description: String
  let command: String
  /// Where the program lies on the disk, and what it is.
  var program: any NetworkServer & Sendable
  /// Groups that it has for those who may use it.
  var groups: [String] = []
}

extension PackageCatalogue {
  /// Packages that start a service as soon as they are there.
  static let servers: [SoftwarePackage] = [
    server(
      "nginx", "1.24.0-2ubuntu7.5", 521, "small, powerful, scalable web/proxy server",
      "A high performance web server and a reverse proxy server",
      "/usr/sbin/nginx -g 'daemon off;'", Nginx()),
    server(
      "apache2", "2.4.58-1ubuntu8.8", 91, "Apache HTTP Server", "The Apache HTTP Server",
      "/usr/sbin/apache2-foreground",
      ApacheServer("apache2-foreground")),
    server(
      "vsftpd", "3.0.5-0ubuntu3.1", 120, "lightweight, efficient FTP server written for security",
      "vsftpd FTP server", "/usr/sbin/vsftpd /etc/vsftpd.conf",
      SilentServer("vsftpd", 21, greeting: Array("220 (vsFTPd 3.0.5)\r\n".utf8))),
    server(
      "inetutils-telnetd", "2:2.5-3ubuntu4", 70, "telnet server", "Telnet server",
      "/usr/sbin/telnetd", SilentServer("telnetd", 23), unit: "telnetd"),
    server(
      "rpcbind", "1.2.6-7ubuntu2", 47, "converts RPC program numbers into universal addresses",
      "RPC bind portmap service", "/usr/sbin/rpcbind -f -w", SilentServer("rpcbind", 111)),
    server(
      "samba", "2:4.19.5+dfsg-4ubuntu9.4", 1500, "SMB/CIFS file, print, and login server",
      "Samba SMB Daemon", "/usr/sbin/smbd --foreground --no-process-group",
      SilentServer("smbd", 445), unit: "smbd"),
    server(
      "cups", "2.4.7-1.2ubuntu7.4", 270, "Common UNIX Printing System - PPD/driver support",
      "CUPS Scheduler", "/usr/sbin/cupsd -l", SilentServer("cupsd", 631)),
    server(
      "redis-server", "5:7.0.15-1ubuntu0.24.04.2", 52,
      "Persistent key-value database with network interface", "Advanced key-value store",
      "/usr/bin/redis-server", Redis()),
  ]

  /// The engine as Ubuntu and Docker package it.
  static let dockerService = PackagedService(
    unit: "docker", description: "Docker Application Container Engine",
    command: "/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock",
    program: DockerDaemon(), groups: ["docker"])
  static let dockerSocket = PackagedUnit(
    name: "docker.socket",
    text: """
      [Unit]
      Description=Docker Socket for the API

      [Socket]
      ListenStream=/run/docker.sock
      SocketMode=0660
      SocketUser=root
      SocketGroup=docker

      [Install]
      WantedBy=sockets.target

      """)

  private static func server(
    _ name: String, _ version: String, _ kilobytes: Int, _ summary: String, _ description: String,
    _ command: String, _ program: any NetworkServer & Sendable, unit: String? = nil
  ) -> SoftwarePackage {
    SoftwarePackage(
      name: name, versions: [version], kilobytes: kilobytes, summary: summary,
      service: PackagedService(
        unit: unit ?? name, description: description, command: command, program: program))
  }
}

extension PackagedService {
  private var file: String { "/usr/lib/systemd/system/\(unit).service" }
  var path: String { String(command.prefix { $0 != " " }) }

  /// Puts the program and its unit in place and starts it; returns what deb-systemd-helper prints.
  func install(on machine: Machine) -> String {
    let known = machine.files.text("/etc/group") ?? ""
    for (place, group) in groups.enumerated() where machine.accounts.group(group) == nil {
      try? machine.files.write("\(known)\(group):x:\(990 - place):\n", to: "/etc/group")
    }
    for (path, text) in program.files where machine.files.status(path) == nil {
      try? machine.files.place(text, at: path)
    }
    for (path, target) in program.links {
      let folder = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
      try? machine.files.makeDirectories(folder)
      // A machine's logs are files.
      if !target.hasPrefix("/dev/") { try? machine.files.makeLink(path, to: target) }
    }
    for folder in program.folders { try? machine.files.makeDirectories(folder) }
    machine.install(program, at: path)
    try? machine.files.place(
      "[Unit]\nDescription=\(description)\nAfter=network.target\n\n[Service]\nExecStart=\(command)\n"
        + "Restart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n", at: file)
    guard let services = machine.services else { return "" }
    services.reload()
    guard let unit = services.unit(unit + ".service") else { return "" }
    let told = services.enable(unit)
    services.start(unit)
    return told
  }

  func remove(from machine: Machine) {
    if let services = machine.services, let unit = services.unit(unit + ".service") {
      _ = services.stop(unit)
      _ = services.disable(unit)
    }
    try? machine.files.remove(file)
    try? machine.files.remove(path)
    machine.services?.reload()
  }
}
