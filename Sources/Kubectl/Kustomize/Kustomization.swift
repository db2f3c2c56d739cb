import Documents
import KubeObjects
import Linux
import Shell

/// Builds the objects of a kustomization: its resources, changed as its file says.
struct Kustomization {
  let call: Invocation
  /// The folder's absolute path.
  let root: String
  let file: Value
  private let visited: [String]
  private let variables: KustomizeVariables

  static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

  static func build(_ path: String, _ call: Invocation) async throws -> [Value] {
    if path.contains("://") || path.hasPrefix("github.com/") {
      throw CommandError.text(
        "drydock: not simulated: there is no network beyond the cluster to fetch \(path) from")
    }
    let root = normalized(call.surroundings.absolute(path))
    guard let status = call.surroundings.status(root) else {
      throw CommandError.text(missing(path, root))
    }
    guard status.kind == .directory else {
      throw CommandError.text("must build at directory: '\(path)': file is not directory")
    }
    let variables = KustomizeVariables()
    let layer = try await Kustomization(root, call, visited: [], variables)
    var items = try await layer.items([])
    KustomizeNames.addHashes(&items)
    KustomizeNames.fixReferences(&items)
    try variables.resolve(&items)
    KustomizeOrder(layer.file["sortOptions"]).sort(&items)
    return items.map(\.object)
  }

  static func missing(_ path: String, _ absolute: String) -> String {
    "must build at directory: not a valid directory: evalsymlink failure on '\(path)' : "
      + "lstat \(absolute): no such file or directory"
  }

  /// A path without `.` and `..`.
  static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  private init(
    _ root: String, _ call: Invocation, visited: [String], _ variables: KustomizeVariables
  ) async throws {
    if let before = visited.first(where: { $0 == root || $0.hasPrefix(root + "/") }) {
      throw CommandError.text(
        "cycle detected: candidate root '\(root)' contains visited root '\(before)'")
    }
    guard visited.count < 32 else { throw CommandError.text("too many layers of kustomizations") }
    self.call = call
    self.root = root
    self.visited = visited + [root]
    self.variables = variables
    do {
      file = try await Self.file(of: root, call)
    } catch let error where CommandError.isTold(error) && !visited.isEmpty {
      throw CommandError.text(
        "couldn't make target for path '\(root)': \(CommandError.message(error))")
    }
  }

  private static func file(of root: String, _ call: Invocation) async throws -> Value {
    let present = names.filter { call.surroundings.status("\(root)/\($0)") != nil }
    guard present.count < 2 else {
      throw CommandError.text("Found multiple kustomization files under: \(root)")
    }
    guard let name = present.first else {
      throw CommandError.text(
        "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in "
          + "directory '\(root)'")
    }
    let bytes = try await call.surroundings.readFile("\(root)/\(name)")
    let (documents, problem) = ManifestText.read(bytes)
    if let problem {
      throw CommandError.text(
        "invalid Kustomization: \(problem.replacing("error converting YAML to JSON: ", with: ""))")
    }
    guard let first = documents.first else { throw CommandError.text("\(name) is empty") }
    try KustomizationFields.check(first, call, in: root)
    return first
  }

  private var isComponent: Bool { file["kind"]?.string == "Component" }

  func texts(_ member: String) -> [String] { (file[member]?.array ?? []).compactMap(\.string) }

  /// The layer's objects, those of the layers above a component among them.
  func items(_ given: [KustomizedObject]) async throws -> [KustomizedObject] {
    var items = given
    for entry in texts("resources") + texts("bases") {
      do {
        try await add(entry, to: &items)
      } catch let error where CommandError.isTold(error) {
        throw CommandError.text("accumulating resources: \(CommandError.message(error))")
      }
    }
    try await KustomizeGenerators(layer: self).run(&items)
    for entry in texts("components") {
      let path = Self.normalized(join(entry))
      guard call.surroundings.status(path)?.kind == .directory else {
        throw CommandError.text(
          "accumulating components: loader.New \(Go.quoted(Self.missing(path, path)))")
      }
      do {
        let component = try await Kustomization(path, call, visited: visited, variables)
        guard component.isComponent else {
          throw CommandError.text(
            "expected kind 'Component' for path '\(path)' but got 'Kustomization'")
        }
        items = try await component.items(items)
      } catch let error where CommandError.isTold(error) {
        throw CommandError.text(
          "accumulating components: accumulateDirectory: "
            + Go.quoted(CommandError.message(error)))
      }
    }
    try await KustomizeTransformers(layer: self).run(&items)
    try variables.add(file["vars"]?.array ?? [])
    // Seen by whatever stands beside it, and by nothing above (IgnoredByKustomizeAnnotation).
    items.removeAll {
      $0.object[path: "metadata", "annotations", "config.kubernetes.io/local-config"] != nil
    }
    return items
  }

  func join(_ path: String) -> String { path.hasPrefix("/") ? path : "\(root)/\(path)" }

  /// Reads a file that must be in or below the folder, unless the restriction is lifted.
  func read(_ entry: String) async throws -> [UInt8] {
    let path = Self.normalized(join(entry))
    guard call.surroundings.status(path) != nil else {
      throw CommandError.text(
        "evalsymlink failure on '\(path)' : lstat \(path): no such file or directory")
    }
    let isFree =
      call.values.flag("load-restrictor") != nil
      && call.values.string("load-restrictor") == "LoadRestrictionsNone"
    guard isFree || path.hasPrefix(root + "/") || root == "/" else {
      throw CommandError.text("security; file '\(path)' is not in or below '\(root)'")
    }
    return try await call.surroundings.readFile(path)
  }

  /// Adds what one resource entry names: a file first, else a folder.
  private func add(_ entry: String, to items: inout [KustomizedObject]) async throws {
    if entry.contains("://") {
      for object in try ManifestText.documents(
        try await WebAddress(entry).read(call), truth: .trueAndFalse)
      {
        try append(
          KustomizedObject(object), from: "merging resources from '\(entry)'", to: &items)
      }
      return
    }
    let path = Self.normalized(join(entry))
    let status = call.surroundings.status(path)
    let first: String
    if status?.kind == .directory {
      first = "accumulating resources from '\(entry)': '\(path)' must resolve to a file"
    } else {
      do {
        try await addFile(entry, to: &items)
        return
      } catch let error where CommandError.isTold(error) {
        first = CommandError.message(error)
      }
      if first.hasPrefix("accumulating resources from '\(entry)': MalformedYAML") {
        throw CommandError.text(first)
      }
      let second =
        status == nil
        ? Self.missing(path, path) : "must build at directory: '\(path)': file is not directory"
      throw CommandError.text("accumulation err='\(first)': \(second)")
    }
    do {
      let inner = try await Kustomization(path, call, visited: visited, variables)
      guard !inner.isComponent else {
        throw CommandError.text("expected kind != 'Component' for path '\(path)'")
      }
      for item in try await inner.items([]) {
        try append(item, from: "recursed merging from path '\(path)'", to: &items)
      }
    } catch let error where CommandError.isTold(error) {
      throw CommandError.text("accumulation err='\(first)': \(CommandError.message(error))")
    }
  }

  private func addFile(_ entry: String, to items: inout [KustomizedObject]) async throws {
    let bytes: [UInt8]
    do {
      bytes = try await read(entry)
    } catch let error where CommandError.isTold(error) {
      throw CommandError.text(
        "accumulating resources from '\(entry)': \(CommandError.message(error))")
    }
    // kyaml's words are true and false only; `on`, `y` and `no` are texts.
    let (documents, problem) = ManifestText.read(bytes, truth: .trueAndFalse)
    if let problem {
      let words = problem.replacing("error converting YAML to JSON: ", with: "")
      throw CommandError.text(
        "accumulating resources from '\(entry)': MalformedYAMLError: \(words) in File: \(entry)")
    }
    for object in documents.flatMap({ Manifest.flatten($0, source: entry) }).map(\.object) {
      if let problem = Self.problem(of: object) {
        throw CommandError.text("accumulating resources from '\(entry)': \(problem)")
      }
      try append(
        KustomizedObject(object), from: "merging resources from '\(entry)'", to: &items)
    }
  }

  /// What an object must say of itself (kyaml's GetValidatedMetadata), the rest as Go prints it.
  private static func problem(of object: Value) -> String? {
    func text(_ value: Value?) -> String { value?.string ?? "" }
    func map(_ member: String) -> String {
      let pairs = (object[path: "metadata", member]?.object ?? [:]).map {
        "\($0.key):\(text($0.value))"
      }
      return "map[\(pairs.sorted().joined(separator: " "))]"
    }
    let (kind, name) = (text(object["kind"]), text(object[path: "metadata", "name"]))
    let missing: String
    if kind.isEmpty {
      missing = "kind"
    } else if name.isEmpty, !kind.hasSuffix("List") {
      missing = "metadata.name"
    } else {
      return nil
    }
    let namespace = text(object[path: "metadata", "namespace"])
    return "missing \(missing) in object {{\(text(object["apiVersion"])) \(kind)} "
      + "{{\(name) \(namespace)} \(map("labels")) \(map("annotations"))}}"
  }

  private func append(
    _ item: KustomizedObject, from place: String, to items: inout [KustomizedObject]
  ) throws {
    let isKnown = items.contains {
      $0.kind == item.kind && $0.groupVersion.group == item.groupVersion.group
        && $0.identity == item.identity
    }
    if isKnown {
      throw CommandError.text(
        "\(place): may not add resource with an already registered id: \(item.id)")
    }
    items.append(item)
  }
}
