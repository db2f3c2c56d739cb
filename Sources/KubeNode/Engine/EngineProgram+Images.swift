import Documents
import Linux
import Shell
import Simulation

extension EngineProgram {
  private func reference(_ name: String) throws -> ImageReference {
    // podman keeps what it builds under localhost/.
    guard let reference = ImageReference(name) else {
      throw ContainerEngine.Problem(text: "invalid reference format")
    }
    return reference
  }

  private func own(_ name: String) throws -> ImageReference {
    let plain = try reference(name)
    guard isPodman, plain.registry == "docker.io", !name.hasPrefix("docker.io/") else {
      return plain
    }
    return try reference("localhost/" + name)
  }

  private func require(_ name: String) throws -> ContainerEngine.StoredImage {
    guard let found = engine.stored(name) else {
      throw ContainerEngine.Problem(
        text: isPodman
          ? "\(name): image not known"
          : "No such image: \(name.contains(":") ? name : name + ":latest")")
    }
    return found
  }

  func build(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(
      words,
      valued: [
        "t", "tag", "f", "file", "build-arg", "target", "platform", "label", "network", "progress",
      ])
    guard let context = options.operands.first else {
      try await process.writeError(
        isPodman
          ? "Error: no context directory and no Containerfile specified\n"
          : "ERROR: docker: 'docker buildx build' requires 1 argument\n")
      return 1
    }
    guard process.status(context)?.kind == .directory else {
      throw ContainerEngine.Problem(
        text: "unable to prepare context: path \"\(context)\" not found")
    }
    let names = ["Dockerfile", "Containerfile"].map { "\(context)/\($0)" }
    let path = options.value("f", "file") ?? names.first { process.status($0) != nil } ?? names[0]
    guard let text = process.machine.files.text(process.absolute(path), process.caller) else {
      throw ContainerEngine.Problem(
        text: "failed to read dockerfile: open \(path.split(separator: "/").last ?? ""): no such "
          + "file or directory")
    }
    let file = Dockerfile(text)
    if let problem = file.problem { throw ContainerEngine.Problem(text: problem) }
    var arguments: [String: String] = [:]
    for pair in options.values("build-arg") {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      arguments[parts[0]] = parts.count > 1 ? parts[1] : process.environment[parts[0]] ?? ""
    }
    let isPlain = options.value("progress") == "plain"
    let isQuiet = options.has("q", "quiet")
    var builder = ImageBuilder(
      engine: engine, process: process, context: context, arguments: arguments,
      progress: BuildProgress(isPodman: isPodman, isPlain: isPlain, isQuiet: isQuiet),
      usesCache: !options.has("no-cache"))
    var image: Image
    do {
      image = try await builder.build(file, target: options.value("target"))
    } catch let failure as ImageBuilder.Failure {
      try await process.writeError(isPodman ? "Error: \(failure.text)\n" : "\(failure.text)\n")
      return isPodman ? 125 : 1
    }
    for label in options.values("label") {
      let parts = label.split(separator: "=", maxSplits: 1).map(String.init)
      if let name = parts.first { image.labels[name] = parts.count > 1 ? parts[1] : "" }
    }
    let id = image.files?.id ?? engine.newID()
    let tags = options.values("t", "tag")
    var named: [ImageReference] = []
    for tag in tags {
      var stored = image
      let name = try own(tag)
      stored.repository = "\(name.registry)/\(name.repository)"
      engine.store(stored, as: name, id: id)
      named.append(name)
    }
    if tags.isEmpty { engine.store(image, as: try reference("none"), id: id) }
    try await builder.progress.finish(id, named, tags, process)
    return 0
  }

  func images(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["f", "filter", "format"])
    let shown = engine.images.filter { image in
      options.operands.first.map { wanted in
        let short = ContainerEngine.short(image.reference)
        return short == wanted || ContainerEngine.shown(image.reference) == wanted
          || image.reference.canonical.hasPrefix(wanted)
      } ?? true
    }.reversed()
    if options.has("q", "quiet") {
      try await process.write(shown.map { $0.id.prefix(12) + "\n" }.joined())
      return 0
    }
    var rows = [["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]]
    for image in shown {
      let age =
        image.image.files == nil
        ? "3 weeks ago" : EngineContainer.age(image.created, process.machine.now) + " ago"
      let name = ContainerEngine.short(image.reference)
      let full = isPodman ? "\(image.reference.registry)/\(image.reference.repository)" : name
      rows.append([
        full, image.reference.tag ?? "<none>", String(image.id.prefix(12)), age,
        "\(image.image.megabytes * 5 / 2)\(isPodman ? " MB" : "MB")",
      ])
    }
    if let format = options.value("format") {
      let names = ["Repository", "Tag", "ID", "CreatedSince", "Size"]
      let values = rows.dropFirst().map { row in
        Value.object(Mapping(zip(names, row).map { ($0, .string($1)) }))
      }
      let titles = Dictionary(uniqueKeysWithValues: zip(names, rows[0]))
      try await process.write(try EngineTemplates.text(format, values, titles: titles))
      return 0
    }
    try await process.write(Self.table(rows))
    return 0
  }

  func tag(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    guard words.count == 2 else {
      try await process.writeError("\"\(name) tag\" requires exactly 2 arguments.\n")
      return 1
    }
    let source = try require(words[0])
    engine.store(source.image, as: try own(words[1]), id: source.id)
    return 0
  }

  func pull(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["platform"])
    guard let wanted = options.operands.first else {
      try await process.writeError("\"\(name) pull\" requires exactly 1 argument.\n")
      return 1
    }
    let reference = try reference(wanted)
    if !isPodman, !wanted.contains(":"), !options.has("q", "quiet") {
      try await process.write("Using default tag: latest\n")
    }
    try await process.sleep(.seconds(2))
    _ = try engine.pull(wanted).get()
    if isPodman {
      try await process.writeError("Trying to pull \(reference.canonical)...\n")
      try await process.write((engine.stored(wanted)?.id ?? "") + "\n")
    } else {
      try await process.write(Self.pulled(reference) + "\(reference.canonical)\n")
    }
    return 0
  }

  /// What docker tells of a pull.
  static func pulled(_ reference: ImageReference) -> String {
    "\(reference.tag ?? ""): Pulling from \(reference.repository)\n"
      + "Digest: \(Images.digest(of: reference))\n"
      + "Status: Downloaded newer image for \(ContainerEngine.shown(reference))\n"
  }

  func push(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["creds"])
    guard let wanted = options.operands.first else {
      try await process.writeError("\"\(name) push\" requires exactly 1 argument.\n")
      return 1
    }
    let image: ContainerEngine.StoredImage
    do { image = try require(wanted) } catch is ContainerEngine.Problem {
      throw ContainerEngine.Problem(
        text: "An image does not exist locally with the tag: \(wanted.prefix { $0 != ":" })")
    }
    let reference = try reference(options.operands.last ?? wanted)
    if engine.registry.logins[reference.registry] == nil {
      if Images.publicRegistries.contains(reference.registry) {
        throw ContainerEngine.Problem(text: "denied: requested access to the resource is denied")
      }
      if engine.registry.wantsLogin(reference.registry) {
        throw ContainerEngine.Problem(text: "no basic auth credentials")
      }
    }
    try await process.sleep(.seconds(1))
    engine.registry.push(image.image, as: reference)
    let digest = Images.digest(of: reference)
    try await process.write(
      isPodman
        ? "Copying blob \(image.id.prefix(12)) done\nCopying config \(image.id.prefix(10)) done\n"
          + "Writing manifest to image destination\n"
        : "The push refers to repository [\(reference.registry)/\(reference.repository)]\n"
          + "\(image.id.prefix(12)): Pushed\n\(reference.tag ?? "latest"): digest: \(digest) "
          + "size: 528\n")
    return 0
  }

  /// `save` writes an archive that names the image; `load` finds it again by that name.
  func archive(
    _ verb: String, _ words: [String], _ process: Linux.Process
  ) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["o", "output", "i", "input", "format"])
    if verb == "save" {
      guard let wanted = options.operands.first else {
        try await process.writeError("\"\(name) save\" requires at least 1 argument.\n")
        return 1
      }
      let image = try require(wanted)
      let manifest = JSON.text([
        [
          "Config": .string("blobs/sha256/\(image.id)"),
          "RepoTags": [.string(ContainerEngine.shown(image.reference))],
          "Layers": [
            .string("blobs/sha256/\(Images.digest(of: image.reference).dropFirst(7))")
          ],
        ]
      ])
      let bytes =
        Archive.bytes(
          of: .init(
            name: "manifest.json", kind: .file, mode: 0o644,
            modified: process.machine.now.seconds, bytes: Array(manifest.utf8))) + Archive.end
      engine.registry.push(image.image, as: try reference("archive.invalid/" + image.id))
      if let path = options.value("o", "output") {
        try process.replace(path, with: bytes)
      } else if process.standardOutput.isTerminal {
        throw ContainerEngine.Problem(
          text: "cowardly refusing to save to a terminal. Use the -o flag or redirect")
      } else {
        try await process.write(bytes)
      }
      return 0
    }
    var bytes = try await process.contents(of: options.value("i", "input") ?? "-")
    if Gzip.isCompressed(bytes) { bytes = Gzip.decompress(bytes) ?? [] }
    guard let (name, id) = Self.contents(ofArchive: bytes),
      case .success(let image) = engine.registry.content(of: try reference("archive.invalid/" + id))
    else { throw ContainerEngine.Problem(text: "open /manifest.json: no such file or directory") }
    let reference = try reference(name)
    engine.store(image, as: reference, id: id)
    try await process.write("Loaded image: \(ContainerEngine.shown(reference))\n")
    return 0
  }

  /// The name and the id of the image that `save` put into an archive.
  private static func contents(ofArchive bytes: [UInt8]) -> (name: String, id: String)? {
    guard
      let text = Archive.members(of: bytes)?.first(where: { $0.name == "manifest.json" })?.bytes,
      let entry = (try? JSON.parse(String(decoding: text, as: UTF8.self)))?.array?.first,
      let name = entry["RepoTags"]?.array?.first?.string,
      let id = entry["Config"]?.string?.split(separator: "/").last
    else { return nil }
    return (name, String(id))
  }

  package static func name(inArchive bytes: [UInt8]) -> String? {
    contents(ofArchive: bytes)?.name
  }

  func removeImages(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: [])
    for wanted in options.operands {
      let image = try require(wanted)
      let user = engine.containers.first { $0.plan.imageName == wanted }
      if let user, !options.has("f", "force") {
        throw ContainerEngine.Problem(
          text: "conflict: unable to remove repository reference \"\(wanted)\" (must force) - "
            + "container \(user.id.prefix(12)) is using its referenced image \(image.id.prefix(12))"
        )
      }
      engine.untag(image.reference)
      try await process.write("Untagged: \(ContainerEngine.shown(image.reference))\n")
      if !engine.images.contains(where: { $0.id == image.id }) {
        try await process.write("Deleted: sha256:\(image.id)\n")
      }
    }
    return 0
  }

  func history(_ words: [String], _ process: Linux.Process) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["format"])
    let stored = try require(options.operands.first ?? "")
    let image = stored.image
    let isWhole = options.has("no-trunc")
    // What the base image was made by is not known beyond its command.
    var steps = image.steps
    if steps.isEmpty {
      steps = ["CMD [\(image.command.map { "\"\($0)\"" }.joined(separator: " "))]"]
    }
    let age =
      stored.image.files == nil
      ? "3 weeks ago" : EngineContainer.age(stored.created, process.machine.now) + " ago"
    var rows = [["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"]]
    for (index, step) in steps.reversed().enumerated() {
      let text = step.hasPrefix("RUN ") ? "RUN /bin/sh -c \(step.dropFirst(4))" : step
      let shown = isWhole || text.count <= 45 ? text : text.prefix(44) + "…"
      let isLayer = ["RUN", "COPY", "ADD", "WORKDIR"].contains { step.hasPrefix($0 + " ") }
      rows.append([
        index == 0 ? String(stored.id.prefix(12)) : "<missing>", age, shown,
        isLayer ? "\(4 + text.count % 12).1kB" : "0B",
        image.steps.isEmpty ? "" : "buildkit.dockerfile.v0",
      ])
    }
    try await process.write(Self.table(rows))
    return 0
  }

  func login(
    _ verb: String, _ words: [String], _ process: Linux.Process
  ) async throws -> ExitStatus {
    let options = try EngineOptions(words, valued: ["u", "username", "p", "password"])
    let registry = options.operands.first ?? "docker.io"
    if verb == "logout" {
      engine.registry.logOut(of: registry)
      try await process.write("Removing login credentials for \(registry)\n")
      return 0
    }
    var password = options.value("p", "password")
    if password == nil {
      if !options.has("password-stdin") { try await process.write("Password: ") }
      password = try await process.readLine()
    }
    guard let password else {
      try await process.writeError(
        "Error: Cannot perform an interactive login from a non TTY device\n")
      return 1
    }
    let user = options.value("u", "username") ?? "user"
    guard engine.registry.logIn(RegistryLogin(user: user, password: password), to: registry)
    else {
      throw ContainerEngine.Problem(
        text: isPodman
          ? "logging into \"\(registry)\": invalid username/password"
          : "login attempt to https://\(registry)/v2/ failed with status: 401 Unauthorized")
    }
    let home = process.environment["HOME"] ?? "/root"
    let host = registry == "docker.io" ? "https://index.docker.io/v1/" : registry
    let secret = Base64.encode("\(user):\(password)".utf8)
    try? process.machine.files.place(
      "{\n\t\"auths\": {\n\t\t\"\(host)\": {\n\t\t\t\"auth\": \"\(secret)\"\n\t\t}\n\t}\n}\n",
      at: "\(home)/.docker/config.json", mode: 0o600)
    try await process.write(isPodman ? "Login Succeeded!\n" : "Login Succeeded\n")
    return 0
  }
}
