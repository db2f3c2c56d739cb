import Linux
import Simulation

/// The files of an image, as a container or a volume shows them.
struct ImageRoot {
  let image: Image
  /// What it was asked for by.
  let name: String
  /// Programs that need to know the cluster, by name.
  let known: [String: any Program]

  /// What its executables do, by name.
  var programs: [String: any Program] {
    Userland.programs(of: image, extra: serverName, known: known)
  }

  func make(_ timeline: Timeline) -> FileSystem {
    let built = image.files
    let root = FileSystem(built?.tree, timeline: timeline, type: "overlay")
    guard built == nil else { return root }
    let files = MountNamespace(root: root, isReadOnly: false, source: "overlay")
    StandardFiles.install(into: files, programs: programs.keys.sorted())
    install(entrypointsInto: files)
    install(serverInto: files)
    for (path, text) in Distribution.files(of: image, named: name) {
      if let text { try? files.place(text, at: path) } else { try? files.removeAll(path) }
    }
    install(accountInto: files)
    return root
  }

  private var serverName: String? {
    (image.entrypoint + image.command).map {
      $0.split(separator: "/").last.map(String.init) ?? $0
    }
    .first {
      ServerProgram.names.contains($0) || known[$0] != nil || Programs.ofImages[$0] != nil
    }
  }

  /// The server's own files, and its program under the name that the image starts it by.
  private func install(serverInto files: MountNamespace) {
    let server = Userland.server(of: image, named: serverName)
    for (path, text) in server?.files ?? [] { try? files.place(text, at: path) }
    for path in server?.folders ?? [] { try? files.makeDirectories(path) }
    for (path, target) in server?.links ?? [] {
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      try? files.makeDirectories("/" + folder)
      try? files.makeLink(path, to: target)
    }
    let words = image.entrypoint + image.command
    guard let name = server?.name ?? serverName ?? Userland.main(of: image),
      let path = words.first(where: { $0.hasPrefix("/") && !$0.hasSuffix("entrypoint.sh") })
    else { return }
    try? StandardFiles.install(program: name, at: path, into: files)
  }

  private func install(accountInto files: MountNamespace) {
    guard let user = Userland.server(of: image, named: serverName)?.account else { return }
    let line =
      "\(user.name):x:\(user.id):\(user.group):\(user.description):\(user.home):\(user.shell)\n"
    try? files.append(Array(line.utf8), to: "/etc/passwd")
    try? files.append(Array("\(user.name):x:\(user.group):\n".utf8), to: "/etc/group")
  }

  /// Wrapper scripts of images run what they are given; options alone are their own program's.
  private func install(entrypointsInto files: MountNamespace) {
    guard let first = image.entrypoint.first, first.hasSuffix("entrypoint.sh") else { return }
    let path = first.hasPrefix("/") ? first : "/usr/local/bin/" + first
    let script = Userland.server(of: image, named: serverName)?.entrypoint
    let own = image.command.first.map {
      "if [ \"${1#-}\" != \"$1\" ]; then\n  set -- \($0) \"$@\"\nfi\n"
    }
    try? files.place(
      script ?? "#!/bin/sh\n\(own ?? "")exec \"$@\"\n", at: path, mode: 0o755)
  }
}
