import Documents
import Simulation

/// `helm uninstall`, `rollback` and `test`: what is done with releases that are there.
enum ReleaseCommands {
  static let commands = [
    Commands.Command(
      path: "uninstall", usage: "RELEASE_NAME [...] [flags]", summary: "uninstall a release",
      grammar: "keep-history wait timeout= no-hooks dry-run description= cascade= ignore-not-found",
      run: uninstall),
    Commands.Command(
      path: "rollback", usage: "<RELEASE> [REVISION] [flags]",
      summary: "roll back a release to a previous revision",
      grammar: "wait timeout= no-hooks dry-run force recreate-pods cleanup-on-fail history-max= "
        + "wait-for-jobs", run: rollback),
    Commands.Command(
      path: "test", usage: "[RELEASE] [flags]", summary: "run tests for a release",
      grammar: "logs timeout= filter= hide-notes", run: test),
  ]

  @Sendable
  private static func uninstall(_ call: Call) async throws {
    let names = try call.operands(1...100, "uninstall", "RELEASE_NAME [...] [flags]")
    let namespace = try await call.namespace()
    let store = try call.store
    for name in names {
      let known = try await store.history(name, namespace)
      guard let release = known.last else {
        if call.flags.has("ignore-not-found") {
          try await call.print("release \"\(name)\" uninstalled\n")
          continue
        }
        throw HelmError("uninstall: Release not loaded: \(name): release: not found")
      }
      if release.status == "uninstalled" {
        if call.flags.has("keep-history") {
          throw HelmError("uninstall: the release named \"\(name)\" is already deleted")
        }
      } else if !call.flags.has("dry-run") {
        try await remove(release, call)
      }
      if !call.flags.has("dry-run") {
        if call.flags.has("keep-history") {
          var kept = release
          kept.status = "uninstalled"
          kept.description = call.flags["description"] ?? "Uninstallation complete"
          try await store.update(kept, call.now)
        } else {
          for old in known { try await store.delete(old) }
        }
      }
      let kept = ManifestParts(manifest: release.manifest).objects.filter(\.isKept)
      if !kept.isEmpty {
        try await call.print(
          "These resources were kept due to the resource policy:\n"
            + kept.map { "[\($0.kind)] \($0.name)\n" }.joined() + "\n")
      }
      try await call.print("release \"\(name)\" uninstalled\n")
    }
  }

  private static func remove(_ release: Release, _ call: Call) async throws {
    let deployer = Deployer(
      call: call, cluster: try call.cluster(), release: release.name,
      namespace: release.namespace)
    let timeout = InstallCommand.duration(call.flags["timeout"]) ?? .minutes(5)
    let runsHooks = !call.flags.has("no-hooks")
    if runsHooks { try await deployer.run("pre-delete", release.hooks, timeout: timeout) }
    let parts = ManifestParts(manifest: release.manifest).objects.filter { !$0.isKept }
    for part in parts.reversed() {
      guard
        let object = try await ClusterObject(
          part.value, namespace: release.namespace, in: deployer.cluster)
      else { continue }
      try await deployer.delete(object)
    }
    if runsHooks { try await deployer.run("post-delete", release.hooks, timeout: timeout) }
  }

  @Sendable
  private static func rollback(_ call: Call) async throws {
    let given = try call.operands(1...2, "rollback", "<RELEASE> [REVISION] [flags]")
    let namespace = try await call.namespace()
    let store = try call.store
    let known = try await store.history(given[0], namespace)
    guard let last = known.last else { throw HelmError("release: not found") }
    var wanted = 0
    if given.count > 1 {
      guard let number = Int(given[1]) else {
        throw HelmError(
          "could not convert revision to a number: strconv.Atoi: parsing \"\(given[1])\": "
            + "invalid syntax")
      }
      wanted = number
    }
    if wanted == 0 { wanted = last.revision - 1 }
    guard let target = known.first(where: { $0.revision == wanted }) else {
      throw HelmError(
        wanted < 1 ? "release has no \(wanted) version" : "release: not found")
    }
    if !call.flags.has("dry-run") {
      let deployer = Deployer(
        call: call, cluster: try call.cluster(), release: given[0], namespace: namespace)
      try await rollBack(given[0], namespace, to: target, store, deployer, call)
    }
    try await call.print("Rollback was a success! Happy Helming!\n")
  }

  /// Makes a new revision that is like an old one.
  static func rollBack(
    _ name: String, _ namespace: String, to target: Release, _ store: ReleaseStore,
    _ deployer: Deployer, _ call: Call
  ) async throws {
    let known = try await store.history(name, namespace)
    guard let last = known.last else { return }
    var release = target
    release.revision = last.revision + 1
    release.status = "pending-rollback"
    release.lastDeployed = call.now
    release.firstDeployed = last.firstDeployed
    let timeout = InstallCommand.duration(call.flags["timeout"]) ?? .minutes(5)
    let runsHooks = !call.flags.has("no-hooks")
    try await store.create(release, call.now)
    if runsHooks { try await deployer.run("pre-rollback", release.hooks, timeout: timeout) }
    let objects = try await deployer.objects(ManifestParts(manifest: target.manifest).objects)
    let paths = Set(objects.map(\.path))
    for object in objects { try await deployer.apply(object, isNew: false) }
    let before = ManifestParts(manifest: last.manifest).objects.filter { !$0.isKept }
    for part in before {
      guard
        let object = try await ClusterObject(
          part.value, namespace: namespace, in: deployer.cluster), !paths.contains(object.path)
      else { continue }
      try await deployer.delete(object)
    }
    if call.flags.has("wait") { try await deployer.wait(objects, timeout: timeout) }
    if runsHooks { try await deployer.run("post-rollback", release.hooks, timeout: timeout) }
    for old in known where old.status == "deployed" {
      var superseded = old
      superseded.status = "superseded"
      try await store.update(superseded, call.now)
    }
    release.status = "deployed"
    release.description = "Rollback to \(target.revision)"
    try await store.update(release, call.now)
  }

  @Sendable
  private static func test(_ call: Call) async throws {
    let given = try call.operands(1...1, "test", "[RELEASE] [flags]")
    let namespace = try await call.namespace()
    let release = try await call.store.require(given[0], namespace)
    let deployer = Deployer(
      call: call, cluster: try call.cluster(), release: release.name, namespace: namespace)
    let tests = release.hooks.filter { $0.events.contains { $0.hasPrefix("test") } }
    var text = ""
    var problem: HelmError?
    for hook in tests.sorted(by: { $0.weight < $1.weight }) where problem == nil {
      let start = call.now
      do {
        try await deployer.run(
          hook.events.first { $0.hasPrefix("test") } ?? "test", [hook],
          timeout: InstallCommand.duration(call.flags["timeout"]) ?? .minutes(5))
      } catch let failure as HelmError {
        problem = failure
      }
      text +=
        "TEST SUITE:     \(hook.name)\nLast Started:   \(Release.plain(start))\n"
        + "Last Completed: \(Release.plain(call.now))\n"
        + "Phase:          \(problem == nil ? "Succeeded" : "Failed")\n"
    }
    try await ReleaseText.print(release, call, tests: text.isEmpty ? nil : text)
    if let problem { throw problem }
  }
}
