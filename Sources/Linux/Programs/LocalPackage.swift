import Shell

/// A package in a file of its own: of its contents the control part is read.
package struct LocalPackage: Hashable, Sendable {
  package let name: String
  package let version: String

  package init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  private static let mark = "!<arch>\n"

  /// nil: it is no package.
  package init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Self.mark.utf8) else { return nil }
    var fields: [String: String] = [:]
    for line in String(decoding: bytes.prefix(4096), as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      if parts.count == 2 { fields[parts[0]] = String(parts[1].trimmedSides) }
    }
    guard let name = fields["Package"], let version = fields["Version"] else { return nil }
    self.init(name: name, version: version)
  }

  /// As a download brings it.
  package var bytes: [UInt8] {
    Array((Self.mark + "Package: \(name)\nVersion: \(version)\nArchitecture: amd64\n").utf8)
  }
}

extension PackageQuery {
  /// `dpkg -i FILE…`
  func install(
    _ paths: [String], _ state: PackageState, _ process: Process
  ) async throws -> ExitStatus {
    guard process.caller.user == 0 else {
      try await process.writeError(
        "dpkg: error: requested operation requires superuser privilege\n")
      return 2
    }
    guard !paths.isEmpty else {
      try await process.writeError(
        "dpkg: error: --install needs at least one package archive file argument\n")
      return 2
    }
    var found: [(package: SoftwarePackage, version: String)] = []
    for path in paths {
      guard let bytes = try? await process.contents(of: path) else {
        try await process.writeError(
          "dpkg: error: cannot access archive '\(path)': No such file or directory\n")
        return 2
      }
      guard let local = LocalPackage(bytes) else {
        try await process.writeError(
          "dpkg-deb: error: '\(path)' is not a Debian format archive\n"
            + "dpkg: error processing archive \(path) (--install):\n"
            + " dpkg-deb --control subprocess returned error exit status 2\n"
            + "Errors were encountered while processing:\n \(path)\n")
        return 1
      }
      let known = PackageCatalogue.archive + PackageCatalogue.loose
      guard let package = known.first(where: { $0.name == local.name }) else {
        try await process.writeError("drydock: not simulated: the package \(local.name)\n")
        return 1
      }
      let old = state.find(local.name)?.version
      try await process.write(
        (old == nil ? "Selecting previously unselected package \(local.name).\n" : "")
          + "(Reading database ... 71334 files and directories currently installed.)\n"
          + "Preparing to unpack \(path.split(separator: "/").last ?? "") ...\n"
          + "Unpacking \(local.name) (\(local.version))\(old.map { " over (\($0))" } ?? "") ...\n")
      state.unpack(package)
      try state.set(.init(name: local.name, version: local.version, isHeld: false))
      found.append((package, local.version))
    }
    for (package, version) in found {
      try await process.write("Setting up \(package.name) (\(version)) ...\n")
      try await process.write(package.units.map { $0.install(on: process.machine) }.joined())
      if let service = package.service {
        try await process.write(service.install(on: process.machine))
      }
    }
    return 0
  }
}

/// A unit that a package brings, with the daemon behind it.
struct PackagedUnit: Sendable {
  let name: String
  let text: String
  /// Where its program lies.
  var daemon: String?

  /// Enables and starts it; returns what deb-systemd-helper prints.
  func install(on machine: Machine) -> String {
    if let daemon {
      machine.install(
        Daemon(daemon.split(separator: "/").last.map(String.init) ?? daemon), at: daemon)
    }
    try? machine.files.place(text, at: "/usr/lib/systemd/system/\(name)")
    guard let services = machine.services else { return "" }
    services.reload()
    guard let unit = services.unit(name) else { return "" }
    let told = services.enable(unit)
    services.start(unit)
    return told
  }
}

extension PackageCatalogue {
  /// Packages that come as files, from releases on the web.
  static let loose: [SoftwarePackage] = [
    SoftwarePackage(
      name: "cri-dockerd", versions: ["0.3.20.3-0~ubuntu-jammy"], kilobytes: 18_900,
      summary: "CRI interface for the Docker Application Container Engine",
      units: [
        PackagedUnit(
          name: "cri-docker.service",
          text: """
            [Unit]
            Description=CRI Interface for Docker Application Container Engine
            Documentation=https://docs.mirantis.com
            After=network-online.target firewalld.service docker.service
            Wants=network-online.target
            Requires=cri-docker.socket

            [Service]
            Type=notify
            ExecStart=/usr/bin/cri-dockerd --container-runtime-endpoint fd://
            ExecReload=/bin/kill -s HUP $MAINPID
            Restart=always
            RestartSec=2

            [Install]
            WantedBy=multi-user.target

            """, daemon: "/usr/bin/cri-dockerd"),
        PackagedUnit(
          name: "cri-docker.socket",
          text: """
            [Unit]
            Description=CRI Docker Socket for the API
            PartOf=cri-docker.service

            [Socket]
            ListenStream=%t/cri-dockerd.sock
            SocketMode=0660
            SocketUser=root
            SocketGroup=docker

            [Install]
            WantedBy=sockets.target

            """),
      ]),
    SoftwarePackage(
      name: "trivy", versions: ["0.67.2"], programs: ["trivy"], kilobytes: 58_000,
      summary: "A Fast Vulnerability Scanner for Containers"),
  ]
}
