import Documents
import Linux
import Shell

/// The services of a Compose file, as far as it says how to run their containers.
struct ComposeProject {
  struct Service {
    var name: String
    var image: String
    /// Where it is built, and the name of its Dockerfile.
    var build: (context: String, file: String?)?
    var dependencies: [String]
    /// What follows `docker run -d --name …`, without the image.
    var options: [String]
    var command: [String]
    var containerName: String?
  }

  let name: String
  /// What depends on others comes after them.
  let services: [Service]
  private static let files = [
    "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml",
  ]

  /// Reads the file that is named, or the one of the working directory.
  init(_ path: String?, project: String?, _ process: Linux.Process) throws(ContainerEngine.Problem)
  {
    let found = path ?? Self.files.first { process.status($0)?.kind == .file }
    guard let found else {
      throw ContainerEngine.Problem(text: "no configuration file provided: not found")
    }
    guard let text = process.machine.files.text(process.absolute(found), process.caller) else {
      throw ContainerEngine.Problem(
        text: "open \(process.absolute(found)): no such file or directory")
    }
    let folder = process.absolute(found).split(separator: "/").dropLast().map(String.init)
    var environment = process.environment
    let settings = process.machine.files.text("/" + (folder + [".env"]).joined(separator: "/"))
    for line in (settings ?? "").split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2, environment[parts[0]] == nil { environment[parts[0]] = parts[1] }
    }
    let root: Value
    do {
      root = try YAML.parse(Self.filled(text, environment))
    } catch {
      throw ContainerEngine.Problem(text: "yaml: \(error)")
    }
    name =
      (project ?? root["name"]?.string ?? folder.last ?? "root").lowercased().filter {
        $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_"
      }
    guard let members = root["services"]?.object, !members.isEmpty else {
      throw ContainerEngine.Problem(text: "no service selected")
    }
    var read: [String: Service] = [:]
    for (service, value) in members {
      read[service] = try Self.service(
        service, value, project: name, "/" + folder.joined(separator: "/"))
    }
    services = try Self.ordered(read)
  }

  /// `${NAME}`, `${NAME:-else}`, `$NAME` and `$$`.
  private static func filled(_ text: String, _ environment: [String: String]) -> String {
    var out = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "$") {
      out += rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      if rest.first == "$" {
        out.append("$")
        rest.removeFirst()
      } else if rest.first == "{", let end = rest.firstIndex(of: "}") {
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        let name = inside.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let tail = inside.dropFirst(name.count).drop { $0 == ":" }
        let fallback = tail.hasPrefix("-") ? String(tail.dropFirst()) : ""
        let value = environment[String(name)] ?? ""
        out += value.isEmpty ? fallback : value
        rest = rest[rest.index(after: end)...]
      } else {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        out += name.isEmpty ? "$" : environment[String(name)] ?? ""
        rest = rest.dropFirst(name.count)
      }
    }
    return out + rest
  }

  private static func words(_ value: Value?) -> [String] {
    if let list = value?.array { return list.map { $0.string ?? JSON.text($0) } }
    guard let text = value?.string else { return [] }
    return QuotedWords.split(text)
  }

  /// A list `A=b`, or a mapping.
  private static func pairs(_ value: Value?) -> [String] {
    if let list = value?.array { return list.compactMap(\.string) }
    return (value?.object ?? [:]).map { key, value in
      value.isNull ? key : "\(key)=\(value.string ?? JSON.text(value))"
    }
  }

  private static func service(
    _ name: String, _ value: Value, project: String, _ folder: String
  ) throws(ContainerEngine.Problem) -> Service {
    var build: (String, String?)?
    if let context = value["build"]?.string {
      build = (context, nil)
    } else if let given = value["build"], given.object != nil {
      build = (given["context"]?.string ?? ".", given["dockerfile"]?.string)
    }
    guard let image = value["image"]?.string ?? build.map({ _ in "\(project)-\(name)" }) else {
      throw ContainerEngine.Problem(
        text: "service \"\(name)\" has neither an image nor a build context specified: invalid "
          + "compose project")
    }
    func path(_ text: String) -> String {
      guard text.hasPrefix(".") else { return text }
      return text == "." ? folder : folder + "/" + text.drop { $0 == "." || $0 == "/" }
    }
    var options = ["--network", "\(project)_default", "--network-alias", name]
    for pair in pairs(value["environment"]) { options += ["-e", pair] }
    for file in words(value["env_file"]) { options += ["--env-file", path(file)] }
    for port in value["ports"]?.array ?? [] {
      let ends = ["published", "target"].compactMap { port[$0].map { $0.string ?? JSON.text($0) } }
      let text = port.object == nil ? port.string ?? JSON.text(port) : ends.joined(separator: ":")
      options += ["-p", text]
    }
    for volume in value["volumes"]?.array ?? [] {
      if let text = volume.string {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { continue }
        let isPath = parts[0].hasPrefix("/") || parts[0].hasPrefix(".")
        let source = isPath ? path(parts[0]) : "\(project)_\(parts[0])"
        options += ["-v", "\(source):\(parts[1])"]
      } else if let source = volume["source"]?.string, let target = volume["target"]?.string {
        let isBind = volume["type"]?.string == "bind"
        options += ["-v", "\(isBind ? path(source) : "\(project)_\(source)"):\(target)"]
      }
    }
    for (key, flag) in [("working_dir", "-w"), ("user", "-u"), ("hostname", "-h")] {
      if let text = value[key].flatMap({ $0.string ?? JSON.text($0) }) { options += [flag, text] }
    }
    var command = words(value["command"])
    let entry = words(value["entrypoint"])
    if let first = entry.first {
      options += ["--entrypoint", first]
      command = entry.dropFirst() + command
    }
    let needed = value["depends_on"]
    return Service(
      name: name, image: image, build: build.map { (path($0.0), $0.1) },
      dependencies: needed?.array?.compactMap(\.string) ?? needed?.object?.map(\.key) ?? [],
      options: options, command: command, containerName: value["container_name"]?.string)
  }

  private static func ordered(
    _ all: [String: Service]
  ) throws(ContainerEngine.Problem) -> [Service] {
    var done: [Service] = []
    var left = all.keys.sorted()
    while !left.isEmpty {
      let ready = left.filter { name in
        (all[name]?.dependencies ?? []).allSatisfy { needed in done.contains { $0.name == needed } }
      }
      guard !ready.isEmpty else {
        let missing = left.flatMap { all[$0]?.dependencies ?? [] }.first { all[$0] == nil }
        throw ContainerEngine.Problem(
          text: missing.map {
            "service \"\(left[0])\" depends on undefined service \"\($0)\": invalid compose project"
          } ?? "dependency cycle detected: \(left.joined(separator: " -> "))")
      }
      done += ready.compactMap { all[$0] }
      left.removeAll { ready.contains($0) }
    }
    return done
  }
}
