import Documents
import KubeObjects
import Linux

/// kubectl api-resources.
enum APIResourcesCommand {
  static let specification = CommandSpecification(
    name: "api-resources", usage: "api-resources [flags]",
    summary: "Print the supported API resources on the server",
    about: "Print the supported API resources on the server.",
    examples: [
      ("Those of one group", "kubectl api-resources --api-group=apps"),
      ("Those that belong to no namespace", "kubectl api-resources --namespaced=false"),
    ],
    flags: Flag.list(
      "api-group:string cached:bool categories:list namespaced:bool=true no-headers:bool "
        + "output,o:string sort-by:string verbs:list"), run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    if !call.arguments.isEmpty {
      throw CommandError.usage("unexpected arguments: \(Go.list(call.arguments))")
    }
    let form = values.string("output")
    guard ["", "wide", "name"].contains(form) else {
      throw CommandError.text("--output \(form) is not available")
    }
    let order = values.string("sort-by")
    guard ["", "name", "kind"].contains(order) else {
      throw CommandError.text("--sort-by accepts only name or kind")
    }
    let mapper = try await call.mapper()
    let resources = mapper.preferredResources.filter { resource in
      !resource.verbs.isEmpty
        && (!values.changed("api-group") || resource.group == values.string("api-group"))
        && (!values.changed("namespaced") || resource.isNamespaced == values.bool("namespaced"))
        && values.strings("verbs").allSatisfy(resource.verbs.contains)
        && values.strings("categories").allSatisfy(resource.categories.contains)
    }.enumerated().sorted { a, b in
      let (x, y) = (a.element, b.element)
      if order == "kind", x.kind != y.kind { return x.kind < y.kind }
      if order != "name", x.group != y.group { return x.group < y.group }
      return x.name == y.name ? a.offset < b.offset : x.name < y.name
    }.map(\.element)
    if form == "name" {
      for resource in resources { call.output.line(resource.groupResource) }
      return try tellOfStale(mapper)
    }
    var lines = ""
    if !values.bool("no-headers") {
      lines = "NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND"
      lines += form == "wide" ? "\tVERBS\tCATEGORIES\n" : "\n"
    }
    for resource in resources {
      lines += "\(resource.name)\t\(resource.shortNames.joined(separator: ","))\t"
      lines += "\(resource.groupVersion)\t\(resource.isNamespaced)\t\(resource.kind)"
      if form == "wide" {
        lines += "\t\(resource.verbs.joined(separator: ","))\t"
        lines += resource.categories.joined(separator: ",")
      }
      lines += "\n"
    }
    call.output.print(Tabulator.table.align(lines))
    try tellOfStale(mapper)
  }

  /// Versions whose servers do not answer have no resources (discovery.ErrGroupDiscoveryFailed).
  private static func tellOfStale(_ mapper: ResourceMapper) throws {
    let served = Set(mapper.resources.map(\.groupVersion))
    let stale = mapper.groupVersions.filter { !served.contains($0) }
    if stale.isEmpty { return }
    throw CommandError.text(
      "unable to retrieve the complete list of server APIs: "
        + stale.map { "\($0): stale GroupVersion discovery: \($0)" }.joined(separator: ", "))
  }
}

/// kubectl api-versions.
enum APIVersionsCommand {
  static let specification = CommandSpecification(
    name: "api-versions", usage: "api-versions",
    summary:
      "Print the supported API versions on the server, in the form of \"group/version\"",
    about: "Print the supported API versions on the server, in the form of \"group/version\".",
    run: { call in
      if !call.arguments.isEmpty {
        throw CommandError.usage("unexpected arguments: \(Go.list(call.arguments))")
      }
      let versions = try await call.mapper().groupVersions.map(\.description)
      for version in versions.sorted() { call.output.line(version) }
    })
}

/// kubectl version.
enum VersionCommand {
  static let specification = CommandSpecification(
    name: "version", usage: "version [flags]",
    summary: "Print the client and server version information",
    about: "Print the client and server version information for the current context.",
    flags: Flag.list("client:bool output,o:string"), run: run)

  /// What the binary was built from, and the kustomize in it.
  private struct Build {
    /// The one that kubectl here was compared with most.
    static let usual = Build(
      kustomize: "v5.6.0", minor: 33,
      facts: [
        "buildDate": "2025-05-15T08:27:33Z", "compiler": "gc",
        "gitCommit": "8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828", "gitTreeState": "clean",
        "gitVersion": "v1.33.1", "goVersion": "go1.24.2", "major": "1", "minor": "33",
        "platform": "linux/amd64",
      ])

    var kustomize: String
    var minor: Int
    var facts: Value

    /// Where a package brought kubectl its version counts; of its build the server tells, when it
    /// is the same.
    init(_ call: Invocation, server: Value?) {
      self = Self.usual
      guard let version = call.surroundings.machine?.installedVersion(of: "kubectl"),
        let minor = version.split(separator: ".").dropFirst().first.flatMap({ Int($0) })
      else { return }
      self.minor = minor
      kustomize = "v5.8.1"
      facts = [
        "compiler": "gc", "gitTreeState": "clean", "gitVersion": .string(version), "major": "1",
        "minor": .string(String(minor)), "platform": "linux/amd64",
      ]
      guard let server, server["gitVersion"]?.string == version else { return }
      for name in ["buildDate", "gitCommit", "goVersion"] { facts[name] = server[name] }
    }

    private init(kustomize: String, minor: Int, facts: Value) {
      (self.kustomize, self.minor, self.facts) = (kustomize, minor, facts)
    }
  }

  static func run(_ call: Invocation) async throws {
    if !call.arguments.isEmpty {
      throw CommandError.text("extra arguments: \(Go.list(call.arguments))")
    }
    let form = call.values.string("output")
    guard ["", "json", "yaml"].contains(form) else {
      throw CommandError.text("--output must be 'yaml' or 'json'")
    }
    var server: Value?
    var failure: (any Error)?
    if !call.values.bool("client") {
      do {
        server = try await call.client().get("/version")
      } catch {
        failure = error
      }
    }
    let build = Build(call, server: server)
    if form.isEmpty {
      call.output.line("Client Version: \(build.facts["gitVersion"]?.string ?? "")")
      call.output.line("Kustomize Version: \(build.kustomize)")
      if let server { call.output.line("Server Version: \(server["gitVersion"]?.string ?? "")") }
    } else {
      var shown: Value = [
        "clientVersion": build.facts, "kustomizeVersion": .string(build.kustomize),
      ]
      if let server { shown["serverVersion"] = server }
      let style = JSONWriter.Style(indent: "  ", escapesHTML: true)
      var writer = JSONWriter(style)
      writer.write(shown, VersionOrder.root)
      call.output.print(
        form == "yaml"
          ? YAMLText.text(shown) + "\n" : String(decoding: writer.bytes, as: UTF8.self) + "\n")
    }
    if let failure { throw failure }
    if let server { warnAboutSkew(server, build.minor, call) }
  }

  private static func warnAboutSkew(_ server: Value, _ own: Int, _ call: Invocation) {
    let digits = (server["minor"]?.string ?? "").prefix { $0.isNumber }
    guard let minor = Int(digits), abs(minor - own) > 1 else { return }
    call.output.complainLine(
      "WARNING: version difference between client (1.\(own)) and server (1.\(minor)) exceeds the "
        + "supported minor version skew of +/-1")
  }
}

/// The order of the members of version.Info.
private struct VersionOrder: NamedOrder {
  let names: [String]
  static let root = VersionOrder(names: ["clientVersion", "kustomizeVersion", "serverVersion"])
  private static let inner = VersionOrder(names: [
    "major", "minor", "emulationMajor", "emulationMinor", "minCompatibilityMajor",
    "minCompatibilityMinor", "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion",
    "compiler", "platform",
  ])
  func order(within member: String) -> VersionOrder? { Self.inner }
  var elementOrder: VersionOrder? { self }
}

/// kubectl cluster-info.
enum ClusterInfoCommand {
  static let specification = CommandSpecification(
    name: "cluster-info", usage: "cluster-info [flags]", summary: "Display cluster information",
    about: "Display addresses of the control plane and services with label "
      + "kubernetes.io/cluster-service=true.\n"
      + "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.",
    subcommands: [
      CommandSpecification(
        name: "dump", usage: "dump [flags]",
        summary: "Dump relevant information for debugging and diagnosis",
        about:
          "Dump cluster information out suitable for debugging and diagnosing cluster problems.",
        flags: .printing + .allNamespaces
          + Flag.list(
            "namespaces:list output-directory:string pod-running-timeout:duration=20s"),
        run: { try await ClusterDump($0).run() })
    ], run: run)

  static func run(_ call: Invocation) async throws {
    let client = try await call.client()
    let advice =
      "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
    let list: Value
    do {
      list = try await client.get(
        APIResource.services.path(namespace: "kube-system"),
        [("labelSelector", "kubernetes.io/cluster-service=true")])
    } catch {
      // The advice is given all the same, unless nobody is there.
      if CommandError.status(of: error) != nil { call.output.print(advice) }
      throw error
    }
    call.output.line("Kubernetes control plane is running at \(client.identity.address.url)")
    for service in list["items"]?.array ?? [] {
      let labels = service[path: "metadata", "labels"]?.strings ?? [:]
      let name = labels["kubernetes.io/name"] ?? DescribeText.name(service)
      let port = service[path: "spec", "ports"]?[0]?["name"]?.string ?? ""
      let target = DescribeText.name(service) + (port.isEmpty ? "" : ":\(port)")
      call.output.line(
        "\(name) is running at \(client.identity.address.url)/api/v1/namespaces/"
          + "\(DescribeText.namespace(service))/services/\(target)/proxy")
    }
    call.output.print(advice)
  }
}
