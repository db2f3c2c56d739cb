import Documents
import KubeObjects

/// The objects that arguments, files and selectors name, found as kubectl's builder finds them.
struct Selection {
  var arguments: [String] = []
  /// Arguments may not be of different types.
  var isOfOneType = false
  /// What arguments without a type are names of (the builder's ResourceNames).
  var namedType: String?
  var files: [String] = []
  var kustomization = ""
  var isRecursive = false
  var labelSelector: String?
  var fieldSelector: String?
  var selectsAll = false
  /// A resource word alone means all objects of it.
  var allowsEmptySelector = false
  var allNamespaces = false
  var chunkSize = 500
  var subresource = ""
  /// Only what the files say, without asking the server.
  var isLocal = false
  /// Objects of files are printed as they are, and never sent (`set --local`).
  var isOfflineFile = false
  /// Whether named objects are read first; delete does without (RequireObject).
  var fetchesByName = true
  /// Asks the server for the current state of what files name.
  var isLatest = false
  /// Objects of files that say no namespace get none.
  var keepsNamespaces = false
  /// Every kind named must be this one when no kind is named.
  var defaultResource = ""
  var accept = "application/json"
  var extraQuery: APIClient.Query = []

  static let missing = """
    You must provide one or more resources by argument or filename.
    Example resource specifications include:
       '-f rsrc.yaml'
       '--filename=rsrc.json'
       '<resource> <name>'
       '<resource>'
    """

  /// What was found, and the errors met on the way.
  struct Findings {
    var infos: [ResourceInfo] = []
    var errors: [any Error] = []
    /// One object was named, so it is printed alone rather than in a list.
    var isSingle = false

    func check() throws {
      if errors.count == 1 { throw errors[0] }
      if !errors.isEmpty { throw CommandError.aggregate(errors) }
    }
  }

  /// Arguments after kubectl's own rewriting: pairs of resource and name, or resources and names.
  enum Parsed {
    case pairs([(resource: String, name: String)])
    case words(resources: [String], names: [String])
  }

  func parsed(expand: (String) -> [String] = { [$0] }) throws -> Parsed {
    if let namedType, !arguments.isEmpty {
      let pairs = try arguments.map { word -> (resource: String, name: String) in
        word.contains("/") ? try Self.pair(word) : (namedType, word)
      }
      return .pairs(pairs)
    }
    var words = arguments
    if words.count >= 2 {
      let resources = Self.unique(words[0])
      if resources.count > 1 {
        words = resources.flatMap { resource in words[1...].map { "\(resource)/\($0)" } }
      }
    }
    let slashes = words.filter { $0.contains("/") }.count
    if slashes > 0, slashes == words.count { return .pairs(try words.map(Self.pair)) }
    if slashes > 0 {
      throw CommandError.text(
        "there is no need to specify a resource type as a separate argument when passing "
          + "arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' "
          + "instead of 'kubectl get resource resource/<resource_name>'")
    }
    guard let first = words.first else { return .words(resources: [], names: []) }
    let resources = Self.unique(Self.unique(first).flatMap(expand).joined(separator: ","))
    if words.count > 1, resources.count > 1 {
      throw CommandError.text("you must specify only one resource")
    }
    return .words(resources: resources, names: Array(words.dropFirst()))
  }

  private static func unique(_ text: String) -> [String] {
    var seen: Set<String> = []
    return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      .filter { seen.insert($0).inserted }
  }

  private static func pair(_ text: String) throws -> (resource: String, name: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      throw CommandError.text("arguments in resource/name form may not have more than one slash")
    }
    guard !parts[0].isEmpty, !parts[1].isEmpty, !parts[0].contains(",") else {
      throw CommandError.text(
        "arguments in resource/name form must have a single resource and name")
    }
    return (parts[0], parts[1])
  }

  func find(_ invocation: Invocation) async throws -> Findings {
    let (namespace, isExplicit) = try await invocation.namespace()
    var manifests: [Manifest] = []
    // A folder is built when nothing else is wrong, files are looked for first.
    if files.isEmpty, !kustomization.isEmpty { try refuseWords(try parsed()) }
    if !files.isEmpty || !kustomization.isEmpty {
      manifests = try await ManifestFiles(
        paths: files, kustomization: kustomization, isRecursive: isRecursive
      ).read(invocation)
    }
    // Words are looked at before the server is asked for anything.
    let words = try parsed()
    if !files.isEmpty || !kustomization.isEmpty {
      try refuseWords(words)
      return try await fromFiles(
        manifests, invocation, namespace: namespace, isExplicit: isExplicit)
    }
    let selector = selectsAll ? "" : labelSelector
    // A word and --all: the word wins when it comes with a name (SelectAllParam).
    if arguments.isEmpty, selector == nil, fieldSelector == nil {
      throw CommandError.text(Self.missing)
    }
    let mapper = try await invocation.mapper()
    let expanded = try parsed(expand: mapper.expand)
    let space = allNamespaces ? "" : namespace
    switch expanded {
    case .pairs(let pairs):
      if selector != nil || fieldSelector != nil {
        throw CommandError.text(
          "selectors and the all flag cannot be used when passing resource/name arguments")
      }
      let targets = try pairs.map { (try mapper.require($0.resource), $0.name) }
      if isOfOneType, Set(targets.map(\.0.kind)).count > 1 {
        throw CommandError.text("you may only specify a single resource type")
      }
      return try await byName(targets, invocation, namespace: space)
    case .words(let resources, let names):
      let kinds = resources.isEmpty && !defaultResource.isEmpty ? [defaultResource] : resources
      return try await byWords(
        kinds, names, selector, invocation: invocation, mapper: mapper, namespace: space)
    }
  }

  private func refuseWords(_ words: Parsed) throws {
    if arguments.isEmpty { return }
    if case .pairs = words {
      throw CommandError.text("resource/name arguments cannot be provided when a path is specified")
    }
    throw CommandError.text(
      "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as "
        + "well")
  }

  private func byWords(
    _ resources: [String], _ names: [String], _ selector: String?, invocation: Invocation,
    mapper: ResourceMapper, namespace: String
  ) async throws -> Findings {
    let selects =
      selector != nil || fieldSelector != nil || (allowsEmptySelector && names.isEmpty)
    if selects {
      guard names.isEmpty else {
        throw CommandError.text("name cannot be provided when a selector is specified")
      }
      guard !resources.isEmpty else {
        throw CommandError.text("at least one resource must be specified to use a selector")
      }
      guard subresource.isEmpty else {
        throw CommandError.text("subresource cannot be used when bulk resources are specified")
      }
      var findings = Findings()
      for resource in try resources.map({ try mapper.require($0) }) {
        do {
          let page = try await list(resource, selector ?? "", invocation, namespace: namespace)
          findings.infos += page
        } catch {
          findings.errors.append(error)
        }
      }
      return findings
    }
    let kinds = try resources.map { try mapper.require($0) }
    guard !names.isEmpty else {
      if kinds.isEmpty { throw CommandError.text(Self.missing) }
      throw CommandError.text("resource(s) were provided, but no name was specified")
    }
    guard let kind = kinds.first else { throw CommandError.text(Self.missing) }
    return try await byName(names.map { (kind, $0) }, invocation, namespace: namespace)
  }

  private func byName(
    _ targets: [(APIResource, String)], _ invocation: Invocation, namespace: String
  ) async throws -> Findings {
    var findings = Findings()
    findings.isSingle = targets.count == 1
    for (resource, name) in targets {
      if resource.isNamespaced, namespace.isEmpty {
        throw CommandError.text(
          allNamespaces
            ? "a resource cannot be retrieved by name across all namespaces"
            : "namespace may not be empty when retrieving a resource by name")
      }
      if isLocal || !fetchesByName {
        let space = resource.isNamespaced ? namespace : ""
        findings.infos.append(
          ResourceInfo(resource: resource, namespace: space, name: name, object: .null))
        continue
      }
      do {
        let space = resource.isNamespaced ? namespace : ""
        let object = try await invocation.client().get(
          resource.path(namespace: space, name: name, subresource: subresource), extraQuery,
          accept: accept)
        if !subresource.isEmpty, object.isNull {
          throw CommandError.text("serializer for text/plain doesn't exist")
        }
        findings.infos.append(
          ResourceInfo(resource: resource, namespace: space, name: name, object: object))
      } catch {
        if case CommandError.connection = error { throw error }
        let space = resource.isNamespaced ? namespace : ""
        findings.errors.append(await missingNamespace(space, error, invocation))
      }
    }
    return findings
  }

  /// What is missing may be the namespace (resource.Info.Get).
  private func missingNamespace(
    _ namespace: String, _ error: any Error, _ invocation: Invocation
  ) async -> any Error {
    guard CommandError.isNotFound(error), !namespace.isEmpty, namespace != "default" else {
      return error
    }
    do {
      _ = try await invocation.client().get("/api/v1/namespaces/\(namespace)")
      return error
    } catch let other {
      return CommandError.isNotFound(other) ? other : error
    }
  }

  /// One info for each page of a list; `ResourceInfo.object` is the list or Table.
  func list(
    _ resource: APIResource, _ selector: String, _ invocation: Invocation, namespace: String
  ) async throws -> [ResourceInfo] {
    var pages: [ResourceInfo] = []
    var token = ""
    repeat {
      var query = extraQuery
      if !selector.isEmpty { query.append(("labelSelector", selector)) }
      if let fieldSelector, !fieldSelector.isEmpty {
        query.append(("fieldSelector", fieldSelector))
      }
      if chunkSize > 0 { query.append(("limit", String(chunkSize))) }
      if !token.isEmpty { query.append(("continue", token)) }
      let space = resource.isNamespaced ? namespace : ""
      let page: Value
      do {
        page = try await invocation.client().get(
          resource.path(namespace: space), query, accept: accept)
      } catch {
        throw explained(error, resource, selector)
      }
      pages.append(ResourceInfo(resource: resource, namespace: space, name: "", object: page))
      token = page[path: "metadata", "continue"]?.string ?? ""
    } while !token.isEmpty
    return pages
  }

  /// kubectl adds the selectors to a complaint about them.
  private func explained(_ error: any Error, _ resource: APIResource, _ selector: String)
    -> any Error
  {
    guard var status = CommandError.status(of: error),
      status.reason == "BadRequest", !selector.isEmpty || !(fieldSelector ?? "").isEmpty
    else { return error }
    let named = "\(resource.group)/\(resource.version), Resource=\(resource.name)"
    status.message =
      "Unable to find \(Go.quoted(named)) "
      + "that match label selector \(Go.quoted(selector)), field selector "
      + "\(Go.quoted(fieldSelector ?? "")): \(status.message)"
    return CommandError.status(status)
  }

  private func fromFiles(
    _ manifests: [Manifest], _ invocation: Invocation, namespace: String, isExplicit: Bool
  ) async throws -> Findings {
    var findings = Findings()
    findings.isSingle = manifests.count == 1
    let mapper = try await invocation.mapper()
    let selector = try labelSelector.map(LabelSelector.parsing)
    let validates = invocation.values.flag("validate") != nil && Writing(invocation).validates
    var spoilt = ""
    for manifest in manifests where manifest.source != spoilt || spoilt.isEmpty {
      do {
        if let problem = manifest.problem { throw problem }
        if validates, let flaw = manifest.flaw {
          spoilt = manifest.source
          throw flaw
        }
        var info = try manifest.info(mapper)
        if !keepsNamespaces, !isOfflineFile {
          try Self.settle(
            &info, namespace: allNamespaces ? "" : namespace, isExplicit: isExplicit)
        }
        if isLatest { try await retrieve(&info, invocation) }
        // What came is looked at, be it a Table, which has no labels (FilterByLabelSelector).
        if let selector, !selector.matches(info.object[path: "metadata", "labels"]) {
          continue
        }
        findings.infos.append(info)
      } catch {
        findings.errors.append(error)
      }
    }
    return findings
  }

  /// An object that has no name yet is what its file says (RetrieveLatest).
  private func retrieve(_ info: inout ResourceInfo, _ invocation: Invocation) async throws {
    guard !info.name.isEmpty else { return }
    let resource = info.resource
    guard !resource.isNamespaced || !info.namespace.isEmpty else {
      throw CommandError.text(
        "no namespace set on resource \(resource.group)/\(resource.version), "
          + "Resource=\(resource.name) \(Go.quoted(info.name))")
    }
    info.refresh(try await invocation.client().get(info.path(), extraQuery, accept: accept))
  }

  /// Gives an object of a file its namespace, or refuses one that contradicts --namespace.
  static func settle(_ info: inout ResourceInfo, namespace: String, isExplicit: Bool) throws {
    guard info.resource.isNamespaced else {
      info.namespace = ""
      return
    }
    if info.namespace.isEmpty {
      info.namespace = namespace
      if !namespace.isEmpty {
        info.object[path: "metadata", "namespace"] = .string(namespace)
      }
    } else if isExplicit, info.namespace != namespace {
      throw CommandError.text(
        "the namespace from the provided object \(Go.quoted(info.namespace)) does not match the "
          + "namespace \(Go.quoted(namespace)). You must pass '--namespace=\(info.namespace)' to "
          + "perform this operation.")
    }
  }
}

extension Selection.Findings {
  /// Lists taken apart into one info for each object.
  var flattened: [ResourceInfo] {
    infos.flatMap { info -> [ResourceInfo] in
      guard info.name.isEmpty, let items = info.object["items"]?.array else { return [info] }
      let listKind = info.object["kind"]?.string ?? ""
      return items.map { item in
        var object = item
        // Items of a typed list leave out what the list says once.
        if object["kind"] == nil, listKind.hasSuffix("List") {
          object["kind"] = .string(String(listKind.dropLast(4)))
          object["apiVersion"] = info.object["apiVersion"]
        }
        return ResourceInfo(
          resource: info.resource,
          namespace: item[path: "metadata", "namespace"]?.string ?? "",
          name: item[path: "metadata", "name"]?.string ?? "", object: object)
      }
    }
  }
}
