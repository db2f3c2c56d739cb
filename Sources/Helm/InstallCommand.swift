import Documents
import Linux
import Simulation

/// `helm install`, `upgrade` and `template`.
enum InstallCommand {
  private static let values = "f,values= set= set-string= set-json= set-file= set-literal= "
  private static let chart =
    "version= repo= devel username= password= verify untar ca-file= insecure-skip-tls-verify "
    + "pass-credentials keyring= key-file= cert-file= plain-http "
  private static let deploying =
    "wait wait-for-jobs timeout= atomic rollback-on-failure dry-run description= no-hooks "
    + "create-namespace skip-crds disable-openapi-validation render-subchart-notes hide-notes "
    + "dependency-update labels= post-renderer= force cleanup-on-fail o,output= "

  static let commands = [
    Commands.Command(
      path: "install", usage: "[NAME] [CHART] [flags]", summary: "install a chart",
      grammar: (values + chart + deploying + "g,generate-name name-template= replace "
        + "take-ownership"), run: install),
    Commands.Command(
      path: "upgrade", usage: "[RELEASE] [CHART] [flags]", summary: "upgrade a release",
      grammar: (values + chart + deploying + "i,install reuse-values reset-values "
        + "reset-then-reuse-values history-max= take-ownership"), run: upgrade),
    Commands.Command(
      path: "template", usage: "[NAME] [CHART] [flags]", summary: "locally render templates",
      grammar: (values + chart + deploying + "g,generate-name name-template= s,show-only= "
        + "include-crds skip-tests output-dir= a,api-versions= kube-version= validate is-upgrade "
        + "release-name"), run: template),
  ]

  private static func isDry(_ flags: Flags) -> Bool {
    flags.has("dry-run") && flags["dry-run"] != "none"
  }

  // MARK: install

  @Sendable
  private static func install(_ call: Call) async throws {
    guard !call.flags.operands.isEmpty else {
      throw HelmError(
        "\"helm install\" requires at least 1 argument\n\nUsage:  helm install [NAME] [CHART] [flags]"
      )
    }
    do {
      let (name, place) = try named(call, "install")
      let chart = try await ChartFinder(call: call).find(place)
      try await install(chart, as: name, call)
    } catch let problem as HelmError {
      throw problem.prefixed("INSTALLATION FAILED")
    }
  }

  /// The release's name and the chart, from the operands.
  private static func named(_ call: Call, _ command: String) throws -> (String, String) {
    let operands = call.flags.operands
    if call.flags.has("generate-name") || operands.count == 1 && command == "template" {
      guard let place = operands.last, operands.count <= (command == "template" ? 2 : 1) else {
        throw HelmError(
          "cannot set --generate-name and also specify a name")
      }
      let base = place.split(separator: "/").last.map(String.init) ?? place
      let stem = base.hasSuffix(".tgz") ? String(base.dropLast(4)) : base
      if command == "template", !call.flags.has("generate-name") { return ("release-name", place) }
      return ("\(stem)-\(call.now.seconds)", place)
    }
    if operands.count == 1 {
      throw HelmError("must either provide a name or specify --generate-name")
    }
    let given = try call.operands(2...2, command, "[NAME] [CHART] [flags]")
    guard isName(given[0]) else {
      throw HelmError(
        "release name \"\(given[0])\": invalid release name, must match regex "
          + "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length "
          + "must not be longer than 53")
    }
    return (given[0], given[1])
  }

  private static func isName(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= 53 else { return false }
    return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.first != "-" && part.last != "-"
        && part.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
    }
  }

  private static func install(_ chart: Chart, as name: String, _ call: Call) async throws {
    try chart.check()
    if chart.isLibrary { throw HelmError("library charts are not installable") }
    let cluster = try call.cluster()
    let namespace = try await call.namespace()
    let given = try await ChartValues.given(call.flags, call.process)
    let store = ReleaseStore(cluster: cluster)
    let known = try await store.history(name, namespace)
    let mayReplace =
      call.flags.has("replace") && ["uninstalled", "failed"].contains(known.last?.status)
    if !known.isEmpty, !mayReplace {
      throw HelmError("cannot re-use a name that is still in use")
    }
    var plan = Plan(
      call: call, chart: chart, given: given, name: name, namespace: namespace,
      revision: (known.last?.revision ?? 0) + 1, isInstall: true)
    try await plan.prepare(cluster)
    var release = plan.release(status: "pending-install", first: call.now)
    if isDry(call.flags) {
      release.status = "pending-install"
      return try await ReleaseText.print(release, call, isDry: true)
    }
    let deployer = Deployer(call: call, cluster: cluster, release: name, namespace: namespace)
    if call.flags.has("create-namespace") {
      _ = try await cluster.send(
        "POST", "/api/v1/namespaces", query: [("fieldManager", "helm")],
        body: [
          "apiVersion": "v1", "kind": "Namespace",
          "metadata": ["name": .string(namespace), "labels": ["name": .string(namespace)]],
        ], contentType: "application/json")
    }
    if !call.flags.has("skip-crds") { try await makeDefinitions(chart, deployer) }
    let objects = try await deployer.objects(plan.parts.objects)
    if !call.flags.has("take-ownership") {
      try await deployer.refuseStrangers(objects, owned: [])
    }
    try await store.create(release, call.now)
    let stored = release
    try await deploy(&release, objects, deployer, plan, store, removing: []) { problem in
      guard call.flags.has("atomic") || call.flags.has("rollback-on-failure") else {
        return problem
      }
      for object in objects.reversed() { try await deployer.delete(object) }
      try await store.delete(stored)
      return HelmError(
        "release \(name) failed, and has been uninstalled due to atomic being set: "
          + problem.message)
    }
    try await ReleaseText.print(release, call)
  }

  private static func makeDefinitions(_ chart: Chart, _ deployer: Deployer) async throws {
    for inner in chart.dependencies { try await makeDefinitions(inner, deployer) }
    for (_, text) in chart.definitions {
      for piece in ManifestParts.documents(text) {
        guard let value = try? YAML.parse(piece), value.object != nil,
          let object = try await ClusterObject(
            value, namespace: deployer.namespace, in: deployer.cluster)
        else { continue }
        if try await deployer.cluster.get(object.path).code == 404 {
          _ = try await deployer.cluster.send(
            "POST", object.collection, query: [("fieldManager", "helm")], body: value,
            contentType: "application/json")
        }
      }
    }
    // New kinds are served a moment later.
    if !chart.definitions.isEmpty { try await deployer.call.process.sleep(.seconds(2)) }
  }

  /// Runs hooks, makes and removes objects, waits, and stores how it went.
  private static func deploy(
    _ release: inout Release, _ objects: [ClusterObject], _ deployer: Deployer, _ plan: Plan,
    _ store: ReleaseStore, removing: [ClusterObject],
    onFailure: (HelmError) async throws -> HelmError
  ) async throws {
    let call = plan.call
    let event = plan.isInstall ? "install" : "upgrade"
    let timeout = duration(call.flags["timeout"]) ?? .minutes(5)
    let runsHooks = !call.flags.has("no-hooks")
    do {
      if runsHooks {
        do {
          try await deployer.run("pre-\(event)", plan.parts.hooks, timeout: timeout)
        } catch let problem as HelmError {
          throw problem.prefixed(plan.isInstall ? "failed pre-install" : "pre-upgrade hooks failed")
        }
      }
      for object in objects { try await deployer.apply(object, isNew: plan.isInstall) }
      for object in removing { try await deployer.delete(object) }
      let waits = ["wait", "atomic", "rollback-on-failure"].contains { call.flags.has($0) }
      if waits { try await deployer.wait(objects, timeout: timeout) }
      if runsHooks {
        do {
          try await deployer.run("post-\(event)", plan.parts.hooks, timeout: timeout)
        } catch let problem as HelmError {
          throw problem.prefixed(
            plan.isInstall ? "failed post-install" : "post-upgrade hooks failed")
        }
      }
    } catch let problem as HelmError {
      release.status = "failed"
      release.description =
        plan.isInstall
        ? "Release \"\(release.name)\" failed: \(problem.message)"
        : "Upgrade \"\(release.name)\" failed: \(problem.message)"
      try await store.update(release, call.now)
      throw try await onFailure(problem)
    }
    release.status = "deployed"
    release.description =
      call.flags["description"] ?? (plan.isInstall ? "Install complete" : "Upgrade complete")
    try await store.update(release, call.now)
  }

  static func duration(_ text: String?) -> Span? {
    guard let text else { return nil }
    var total = 0.0
    var digits = ""
    for character in text {
      if character.isNumber || character == "." {
        digits.append(character)
        continue
      }
      guard let number = Double(digits) else { return nil }
      digits = ""
      total += number * (character == "h" ? 3600 : character == "m" ? 60 : 1)
    }
    if let number = Double(digits) { total += number }
    return total < 1e9 ? Span(nanoseconds: Int64(total * 1e9)) : nil
  }

  // MARK: upgrade

  @Sendable
  private static func upgrade(_ call: Call) async throws {
    let given = try call.operands(2...2, "upgrade", "[RELEASE] [CHART] [flags]")
    let namespace = try await call.namespace()
    let store = try call.store
    let known = try await store.history(given[0], namespace)
    let isAbsent = known.isEmpty || known.last?.status == "uninstalled"
    if isAbsent, call.flags.has("install") {
      if call.flags["output"] == nil || call.flags["output"] == "table" {
        try await call.print("Release \"\(given[0])\" does not exist. Installing it now.\n")
      }
      let chart = try await ChartFinder(call: call).find(given[1])
      return try await install(chart, as: given[0], call)
    }
    // What is wrong with the chart is told without a word of the upgrade.
    let chart = try await ChartFinder(call: call).find(given[1])
    do {
      if isAbsent { throw HelmError("\"\(given[0])\" has no deployed releases") }
      try await upgrade(given[0], namespace, chart, known, store, call)
    } catch let problem as HelmError {
      throw problem.prefixed("UPGRADE FAILED")
    }
  }

  private static func upgrade(
    _ name: String, _ namespace: String, _ chart: Chart, _ known: [Release],
    _ store: ReleaseStore, _ call: Call
  ) async throws {
    try chart.check()
    guard let last = known.last else { return }
    if last.status.hasPrefix("pending") {
      throw HelmError("another operation (install/upgrade/rollback) is in progress")
    }
    let current = known.last { $0.status == "deployed" } ?? last
    var given = try await ChartValues.given(call.flags, call.process)
    // Without new values the old ones stay; --reuse-values lays new ones on top of them.
    let reuses = call.flags.has("reuse-values") || call.flags.has("reset-then-reuse-values")
    if reuses {
      given = ChartValues.merged(current.config, with: given, dropsNull: false)
    } else if !call.flags.has("reset-values"), given.object?.isEmpty ?? true {
      given = current.config
    }
    var plan = Plan(
      call: call, chart: chart, given: given, name: name, namespace: namespace,
      revision: last.revision + 1, isInstall: false)
    let cluster = try call.cluster()
    try await plan.prepare(cluster)
    var release = plan.release(status: "pending-upgrade", first: last.firstDeployed)
    let title = "Release \"\(name)\" has been upgraded. Happy Helming!\n"
    if isDry(call.flags) {
      try await call.print(title)
      return try await ReleaseText.print(release, call, isDry: true)
    }
    let deployer = Deployer(call: call, cluster: cluster, release: name, namespace: namespace)
    let objects = try await deployer.objects(plan.parts.objects)
    let old = ManifestParts(manifest: current.manifest).objects.filter { !$0.isKept }
    let before = try await deployer.objects(old)
    try await deployer.refuseStrangers(objects, owned: Set(before.map(\.path)))
    let paths = Set(objects.map(\.path))
    try await store.create(release, call.now)
    try await deploy(
      &release, objects, deployer, plan, store,
      removing: before.filter { !paths.contains($0.path) }
    ) { problem in
      guard call.flags.has("atomic") || call.flags.has("rollback-on-failure") else {
        return problem
      }
      try await ReleaseCommands.rollBack(name, namespace, to: current, store, deployer, call)
      return HelmError(
        "release \(name) failed, and has been rolled back due to atomic being set: "
          + problem.message)
    }
    for old in known where old.status == "deployed" {
      var superseded = old
      superseded.status = "superseded"
      try await store.update(superseded, call.now)
    }
    let most = call.flags["history-max"].flatMap { Int($0) } ?? 10
    if most > 0, known.count + 1 > most {
      for old in known.prefix(known.count + 1 - most) { try await store.delete(old) }
    }
    try await call.print(title)
    try await ReleaseText.print(release, call)
  }

  // MARK: template

  @Sendable
  private static func template(_ call: Call) async throws {
    guard (1...2).contains(call.flags.operands.count) else {
      throw HelmError(
        "\"helm template\" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] "
          + "[flags]")
    }
    let (name, place) = try named(call, "template")
    let chart = try await ChartFinder(call: call).find(place)
    try chart.check()
    let given = try await ChartValues.given(call.flags, call.process)
    let namespace = call.flags["namespace"] ?? "default"
    var plan = Plan(
      call: call, chart: chart, given: given, name: name, namespace: namespace, revision: 1,
      isInstall: !call.flags.has("is-upgrade"))
    try await plan.prepare(nil)
    var text = ""
    if call.flags.has("include-crds") {
      text += chart.definitions.map { "---\n# Source: \(chart.name)/\($0.path)\n\($0.text)\n" }
        .joined()
    }
    var parts = plan.parts.objects
    if !call.flags.has("no-hooks") {
      parts += plan.parts.hooks.filter {
        !call.flags.has("skip-tests") || !$0.events.contains { $0.hasPrefix("test") }
      }
    }
    let only = call.flags.values("show-only")
    for wanted in only where !parts.contains(where: { $0.path.hasSuffix("/\(wanted)") }) {
      throw HelmError("could not find template \(wanted) in chart")
    }
    if !only.isEmpty {
      text = ""
      parts = parts.filter { part in only.contains { part.path.hasSuffix("/\($0)") } }
    }
    if let folder = call.flags["output-dir"] {
      for (path, group) in Dictionary(grouping: parts, by: \.path).sorted(by: { $0.key < $1.key }) {
        let target = call.process.absolute("\(folder)/\(path)")
        try? call.process.machine.files.place(group.map(\.shown).joined(), at: target)
        try await call.print("wrote \(folder)/\(path)\n")
      }
      return
    }
    try await call.print(text + parts.map(\.shown).joined())
  }
}
