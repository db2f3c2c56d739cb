import Documents
import Linux
import Shell

/// The kustomization file of the current directory, as `kustomize edit` changes and writes it.
struct KustomizationFile {
  struct Problem: Error { var message: String }

  private static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
  /// Fields in the order in which kustomize writes those that a file did not have before.
  private static let order = [
    "resources", "namePrefix", "nameSuffix", "namespace", "commonLabels", "labels",
    "commonAnnotations", "components", "configMapGenerator", "secretGenerator",
    "generatorOptions", "images", "replicas", "patches", "replacements",
  ]

  private let name: String
  private var content: Value
  /// The members of the file in their order.
  private var members: [String]

  init(_ process: Linux.Process) throws(Problem) {
    let files = process.machine.files
    guard
      let name = Self.names.first(where: {
        files.status(process.absolute($0), process.caller)?.kind == .file
      })
    else {
      throw Problem(
        message: "Missing kustomization file 'kustomization.yaml'.\n")
    }
    self.name = name
    let text = files.text(process.absolute(name), process.caller) ?? ""
    do { content = try YAML.parse(text) } catch {
      throw Problem(message: "yaml: line \(error.line): \(error.message)")
    }
    if content.isNull { content = [:] }
    guard content.object != nil else {
      throw Problem(message: "invalid Kustomization: it is no mapping")
    }
    members = text.split(separator: "\n").compactMap { line in
      guard let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":") else {
        return nil
      }
      return String(line[..<colon])
    }
  }

  private init(named name: String) {
    self.name = name
    content = [:]
    members = []
  }

  func save(_ process: Linux.Process) throws(Problem) {
    var content = content
    content["apiVersion"] = content["apiVersion"] ?? "kustomize.config.k8s.io/v1beta1"
    content["kind"] = content["kind"] ?? "Kustomization"
    let kept = members.filter { content[$0] != nil }
    var names = ["apiVersion", "kind"].filter { !kept.contains($0) } + kept
    names += Self.order.filter { !names.contains($0) && content[$0] != nil }
    names += (content.object?.keys ?? []).filter { !names.contains($0) }
    let text = names.map { YAML.text(.object([$0: content[$0] ?? .null])) }.joined()
    do throws(HostError) {
      try process.replace(name, with: Array(text.utf8))
    } catch {
      throw Problem(message: "open \(name): \(error.text.lowercased())")
    }
  }

  // MARK: create

  static func create(_ process: Linux.Process, _ arguments: ToolArguments) throws(Problem) {
    let files = process.machine.files
    if names.contains(where: { files.status(process.absolute($0), process.caller) != nil }) {
      throw Problem(message: "kustomization file already exists")
    }
    var file = KustomizationFile(named: "kustomization.yaml")
    var resources = arguments.all("resources").flatMap(parts)
    if arguments.has("autodetect") {
      resources +=
        (try? files.names(in: process.directory, process.caller))?.filter { name in
          guard name.hasSuffix(".yaml") || name.hasSuffix(".yml"),
            let text = files.text(process.absolute(name), process.caller)
          else { return false }
          return Manifest(text).documents.contains { $0.value["kind"] != nil }
        } ?? []
    }
    if !resources.isEmpty { file.content["resources"] = .array(resources.map { .string($0) }) }
    for (flag, member) in [
      ("namespace", "namespace"), ("nameprefix", "namePrefix"), ("namesuffix", "nameSuffix"),
    ] {
      if let text = arguments[flag] { file.content[member] = .string(text) }
    }
    if let labels = arguments["labels"] { try file.setPairs("commonLabels", parts(labels)) }
    if let notes = arguments["annotations"] { try file.setPairs("commonAnnotations", parts(notes)) }
    try file.save(process)
  }

  private static func parts(_ text: String) -> [String] {
    text.split(separator: ",").map(String.init)
  }

  // MARK: edit

  mutating func edit(_ words: [String], _ arguments: ToolArguments) throws(Problem) {
    let rest = Array(words.dropFirst(2))
    switch (words.first, words.dropFirst().first) {
    case ("set", let what?): try set(what, rest, arguments)
    case ("add", let what?): try add(what, rest, arguments)
    case ("remove", let what?): try remove(what, rest)
    case ("fix", _): fix()
    default:
      throw Problem(
        message: "must specify one of [add fix remove set] and what to change, for instance "
          + "'kustomize edit set image nginx=nginx:1.27'")
    }
  }

  private mutating func set(_ what: String, _ words: [String], _ arguments: ToolArguments)
    throws(Problem)
  {
    guard let first = words.first else {
      throw Problem(message: "must specify a value for \(what)")
    }
    switch what {
    case "namespace": content["namespace"] = .string(first)
    case "nameprefix": content["namePrefix"] = .string(first)
    case "namesuffix": content["nameSuffix"] = .string(first)
    case "image": for word in words { try setImage(word) }
    case "replicas": for word in words { try setReplicas(word) }
    case "label" where arguments.has("without-selector"): try addLabels(words)
    case "label": try setPairs("commonLabels", words.flatMap(Self.parts))
    case "annotation": try setPairs("commonAnnotations", words.flatMap(Self.parts))
    default: throw Problem(message: "unknown command \"\(what)\" for \"kustomize edit set\"")
    }
  }

  /// `NAME=NEW:TAG`, `NAME:TAG`, `NAME=NEW@DIGEST`, `NAME=:TAG`.
  private mutating func setImage(_ word: String) throws(Problem) {
    let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    var value = String(sides.last ?? "")
    var tag: (member: String, text: String)?
    if let at = value.lastIndex(of: "@") {
      tag = ("digest", String(value[at...].dropFirst()))
      value = String(value[..<at])
    } else if let colon = value.lastIndex(of: ":"), !value[colon...].contains("/") {
      tag = ("newTag", String(value[colon...].dropFirst()))
      value = String(value[..<colon])
    }
    let name = sides.count > 1 ? String(sides[0]) : value
    guard !name.isEmpty, sides.count > 1 || tag != nil else {
      throw Problem(
        message: "invalid format of image, use one of the following options:\n"
          + "- <image>=<newimage>:<newtag>\n- <image>=<newimage>@<digest>\n- <image>=<newimage>\n"
          + "- <image>:<newtag>\n- <image>@<digest>")
    }
    var image: Value = ["name": .string(name)]
    if sides.count > 1, !value.isEmpty { image["newName"] = .string(value) }
    if let tag { image[tag.member] = .string(tag.text) }
    replace("images", name, image)
  }

  private mutating func setReplicas(_ word: String) throws(Problem) {
    let sides = word.split(separator: "=").map(String.init)
    guard sides.count == 2, let count = Int64(sides[1]) else {
      throw Problem(message: "invalid format of replica, use the following options: <name>=<count>")
    }
    replace("replicas", sides[0], ["name": .string(sides[0]), "count": .int(count)])
  }

  /// Puts an item in the place of the one of its name; lists of images and replicas are sorted.
  private mutating func replace(_ member: String, _ name: String, _ item: Value) {
    let others = (content[member]?.array ?? []).filter { $0["name"]?.string != name }
    content[member] = .array(
      (others + [item]).sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") })
  }

  private mutating func setPairs(_ member: String, _ pairs: [String]) throws(Problem) {
    for (key, value) in try Self.pairs(pairs) { content[path: member, key] = .string(value) }
  }

  private mutating func addLabels(_ words: [String]) throws(Problem) {
    var pairs: Mapping = [:]
    for (key, value) in try Self.pairs(words.flatMap(Self.parts)) { pairs[key] = .string(value) }
    content["labels"] = .array((content["labels"]?.array ?? []) + [["pairs": .object(pairs)]])
  }

  private static func pairs(_ words: [String]) throws(Problem) -> [(String, String)] {
    var found: [(String, String)] = []
    for word in words {
      guard let colon = word.firstIndex(of: ":"), colon != word.startIndex else {
        throw Problem(message: "invalid label format: \(word)")
      }
      found.append((String(word[..<colon]), String(word[colon...].dropFirst())))
    }
    return found
  }

  private mutating func add(_ what: String, _ words: [String], _ arguments: ToolArguments)
    throws(Problem)
  {
    switch what {
    case "resource", "component":
      guard !words.isEmpty else { throw Problem(message: "must specify a \(what) file") }
      let member = what + "s"
      let known = content[member]?.array ?? []
      let fresh = words.map { Value.string($0) }.filter { !known.contains($0) }
      content[member] = .array(known + fresh)
    case "label", "annotation":
      let pairs = words.flatMap(Self.parts)
      if what == "label", arguments.has("without-selector") { return try addLabels(words) }
      let member = what == "label" ? "commonLabels" : "commonAnnotations"
      for (key, _) in try Self.pairs(pairs)
      where content[path: member, key] != nil && !arguments.has("force") {
        throw Problem(message: "label \(key) already in kustomization file")
      }
      try setPairs(member, pairs)
    case "configmap", "secret":
      guard let name = words.first else { throw Problem(message: "name must be specified once") }
      var item: Value = ["name": .string(name)]
      for (flag, member) in [
        ("from-literal", "literals"), ("from-file", "files"), ("from-env-file", "envs"),
      ] where !arguments.all(flag).isEmpty {
        item[member] = .array(arguments.all(flag).map { .string($0) })
      }
      if let type = arguments["type"] { item["type"] = .string(type) }
      if arguments.has("disableNameSuffixHash") {
        item["options"] = ["disableNameSuffixHash": true]
      }
      let member = what == "secret" ? "secretGenerator" : "configMapGenerator"
      content[member] = .array((content[member]?.array ?? []) + [item])
    case "patch":
      var patch: Value = [:]
      for member in ["path", "patch"] {
        if let text = arguments[member] { patch[member] = .string(text) }
      }
      var target: Value = [:]
      for member in ["group", "version", "kind", "name"] {
        if let text = arguments[member] { target[member] = .string(text) }
      }
      if target != [:] { patch["target"] = target }
      guard patch != [:] else { throw Problem(message: "must specify a patch") }
      content["patches"] = .array((content["patches"]?.array ?? []) + [patch])
    default: throw Problem(message: "unknown command \"\(what)\" for \"kustomize edit add\"")
    }
  }

  private mutating func remove(_ what: String, _ words: [String]) throws(Problem) {
    switch what {
    case "resource", "component":
      content[what + "s"] = .array(
        (content[what + "s"]?.array ?? []).filter { !words.contains($0.string ?? "") })
    case "label", "annotation":
      let member = what == "label" ? "commonLabels" : "commonAnnotations"
      for key in words.flatMap(Self.parts) { content[path: member, key] = nil }
    default: throw Problem(message: "unknown command \"\(what)\" for \"kustomize edit remove\"")
    }
  }

  /// Old fields become their successors.
  private mutating func fix() {
    if let labels = content["commonLabels"], !labels.isNull {
      let item: Value = ["includeSelectors": true, "pairs": labels]
      content["labels"] = .array((content["labels"]?.array ?? []) + [item])
      content["commonLabels"] = nil
    }
    if let bases = content["bases"]?.array {
      content["resources"] = .array((content["resources"]?.array ?? []) + bases)
      content["bases"] = nil
    }
  }
}
