import Documents
import KubeAPIServer
import Linux
import Shell

/// kubectl cp: an archive through an exec.
enum CopyCommand {
  static let specification = CommandSpecification(
    name: "cp", usage: "cp <file-spec-src> <file-spec-dest>",
    summary: "Copy files and directories to and from containers",
    about: "Copy files and directories to and from containers.",
    examples: [
      ("Into a pod", "kubectl cp index.html web:/usr/share/nginx/html/index.html"),
      ("Out of a pod", "kubectl cp web:/etc/hosts hosts"),
      ("Out of a namespace's pod", "kubectl cp shop/web:/var/log/app app-logs -c app"),
    ],
    flags: Flag.list("container,c:string no-preserve:bool retries:int=0"), run: run)

  /// One side of a copy: a path here, or one in a Pod.
  struct Place {
    var namespace = ""
    var pod = ""
    var path: String

    /// `[[namespace/]pod:]path`; a colon after a slash belongs to the path.
    init(_ text: String) throws {
      guard let colon = text.firstIndex(of: ":") else {
        path = text
        return
      }
      if colon == text.startIndex {
        throw CommandError.text(
          "filespec must match the canonical format: [[namespace/]pod:]file/path")
      }
      path = String(text[text.index(after: colon)...])
      let parts = text[..<colon].split(separator: "/", omittingEmptySubsequences: false)
      switch parts.count {
      case 1: pod = String(parts[0])
      case 2: (namespace, pod) = (String(parts[0]), String(parts[1]))
      default:
        throw CommandError.text(
          "filespec must match the canonical format: [[namespace/]pod:]file/path")
      }
    }
  }

  static func run(_ call: Invocation) async throws {
    guard call.arguments.count == 2 else {
      throw CommandError.text("source and destination are required")
    }
    let source = try Place(call.arguments[0])
    let target = try Place(call.arguments[1])
    guard source.pod.isEmpty || target.pod.isEmpty else {
      throw CommandError.text("one of src or dest must be a local file specification")
    }
    guard !source.path.isEmpty, !target.path.isEmpty else {
      throw CommandError.text("filepath can not be empty")
    }
    if !source.pod.isEmpty {
      try await CopyFromPod(call: call, source: source, target: target.path).run()
    } else if !target.pod.isEmpty {
      try await CopyToPod(call: call, source: source.path, target: target).run()
    } else {
      throw CommandError.text("one of src or dest must be a remote file specification")
    }
  }

  /// Runs a command in the Pod of a place; `input` is what it reads. With `onOutput` all that is said
  /// beside the output goes to kubectl's own (copyFromPod).
  static func exec(
    _ call: Invocation, _ place: Place, _ command: [String], input: [UInt8]? = nil,
    onOutput: (([UInt8]) -> Void)? = nil, isQuiet: Bool = false
  ) async throws {
    let namespace = place.namespace.isEmpty ? try await call.namespace().name : place.namespace
    let pod = try await call.client().get(
      APIResource.pods.path(namespace: namespace, name: place.pod))
    let phase = pod[path: "status", "phase"]?.string ?? ""
    if phase == "Succeeded" || phase == "Failed" {
      throw CommandError.text(
        "cannot exec into a container in a completed pod; current phase is \(phase)")
    }
    let asked = call.values.string("container")
    let tell: ((String) -> Void)? = onOutput == nil ? nil : { call.output.line($0) }
    let container =
      asked.isEmpty
      ? try PodChoice(call: call).container(of: pod, asked: "", quiet: isQuiet, tell: tell) : asked
    var query: APIClient.Query = command.map { ("command", $0) }
    query.append(("container", container))
    if input != nil { query.append(("stdin", "true")) }
    query += [("stdout", "true"), ("stderr", "true")]
    let answer = try await call.client().send(
      "POST",
      APIResource.pods.path(namespace: namespace, name: place.pod, subresource: "exec"), query)
    guard case .connect(let stream) = answer.body else {
      throw CommandError.text("unable to upgrade connection: no upgrade")
    }
    if let input {
      stream.send(input, channel: 0)
      stream.closeInput(channel: 0)
    }
    let onErrors: (([UInt8]) -> Void)? =
      onOutput == nil ? nil : { call.output.print(String(decoding: $0, as: UTF8.self)) }
    try await Conversation(
      call: call, onOutput: onOutput, onErrors: onErrors, isQuiet: isQuiet
    ).run(stream)
  }

  static func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// Files of this machine into a Pod.
private struct CopyToPod {
  let call: Invocation
  let source: String
  let target: CopyCommand.Place
  private static let deepest = 200

  func run() async throws {
    let path = source.count > 1 && source.hasSuffix("/") ? String(source.dropLast()) : source
    guard call.surroundings.status(call.surroundings.absolute(path)) != nil else {
      throw CommandError.text("\(source) doesn't exist in local filesystem")
    }
    var end = target.path
    if end.count > 1, end.hasSuffix("/") { end.removeLast() }
    // A directory there gets the file under its own name.
    var isDirectory = true
    do {
      try await CopyCommand.exec(call, target, ["test", "-d", end], isQuiet: true)
    } catch CommandError.told {
      isDirectory = false
    }
    if isDirectory { end = (end == "/" ? "" : end) + "/" + CopyCommand.lastPart(path) }
    var archive: [UInt8] = []
    try await add(path, as: CopyCommand.lastPart(end), to: &archive, depth: 0)
    archive += Archive.end
    var command =
      call.values.bool("no-preserve")
      ? ["tar", "--no-same-permissions", "--no-same-owner", "-xmf", "-"] : ["tar", "-xmf", "-"]
    command += ["-C", CopyCommand.parent(end)]
    try await CopyCommand.exec(call, target, command, input: archive)
  }

  private func add(
    _ path: String, as name: String, to archive: inout [UInt8], depth: Int
  ) async throws {
    guard depth < Self.deepest,
      let status = call.surroundings.status(call.surroundings.absolute(path))
    else { return }
    var member = Archive.Member(
      name: name, kind: .file, mode: status.mode, modified: status.modified / 1_000_000_000)
    if status.kind == .directory {
      member.kind = .directory
      archive += Archive.bytes(of: member)
      for child in try call.surroundings.names(in: call.surroundings.absolute(path)) {
        try await add(path + "/" + child, as: name + "/" + child, to: &archive, depth: depth + 1)
      }
    } else {
      member.bytes = try await call.surroundings.readFile(path)
      archive += Archive.bytes(of: member)
    }
  }
}

/// Files of a Pod to this machine.
private struct CopyFromPod {
  let call: Invocation
  let source: CopyCommand.Place
  let target: String

  func run() async throws {
    var bytes: [UInt8] = []
    do {
      try await CopyCommand.exec(
        call, source, ["tar", "cf", "-", source.path], onOutput: { bytes += $0 })
    } catch CommandError.told {
      // Nobody asks how tar ended: what came is taken.
    }
    if bytes.isEmpty { return }
    guard let members = Archive.members(of: bytes) else {
      throw CommandError.text("unexpected EOF")
    }
    let prefix = plain(source.path)
    for member in members { try place(member, prefix) }
  }

  /// A path without what tar leaves out: slashes at both ends and `..` at the start.
  private func plain(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return parts.drop { $0 == ".." }.joined(separator: "/")
  }

  private func place(_ member: Archive.Member, _ prefix: String) throws {
    let name = plain(member.name)
    guard name == prefix || prefix.isEmpty || name.hasPrefix(prefix + "/") else {
      throw CommandError.text("tar contents corrupted")
    }
    let rest = plain(String(name.dropFirst(prefix.count)))
    let surroundings = call.surroundings
    let path = rest.isEmpty ? target : (target.hasSuffix("/") ? target : target + "/") + rest
    let absolute = surroundings.absolute(path)
    switch member.kind {
    case .directory:
      try makeDirectories(absolute)
    case .link(let end):
      call.output.complainLine(
        "warning: skipping symlink: \(Go.quoted(path)) -> \(Go.quoted(end))")
    case .file:
      try makeDirectories(CopyCommand.parent(absolute))
      if surroundings.status(absolute)?.kind == .directory {
        throw CommandError.text("open \(path): is a directory")
      }
      try surroundings.writeFile(absolute, member.bytes)
    }
  }

  private func makeDirectories(_ path: String) throws {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/" + part
      if call.surroundings.status(made) == nil { try call.surroundings.makeDirectory(made) }
    }
  }
}
