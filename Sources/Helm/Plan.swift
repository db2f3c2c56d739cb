import Documents
import Linux
import Simulation

/// A chart with its values, rendered for one release.
struct Plan {
  let call: Call
  var chart: Chart
  let given: Value
  let name: String
  let namespace: String
  let revision: Int
  let isInstall: Bool
  private(set) var parts = ManifestParts()
  private(set) var notes = ""

  init(
    call: Call, chart: Chart, given: Value, name: String, namespace: String, revision: Int,
    isInstall: Bool
  ) {
    self.call = call
    self.chart = ChartValues.enabled(chart, given)
    self.given = given
    self.name = name
    self.namespace = namespace
    self.revision = revision
    self.isInstall = isInstall
  }

  /// Renders; without a cluster nothing is looked up.
  mutating func prepare(_ cluster: (any ClusterAccess)?) async throws {
    try DependencyCommands.check(chart)
    let versions = try await cluster?.versions() ?? Self.usualVersions
    let machine = call.process.machine
    let rendering = Rendering(
      chart: chart, values: ChartValues.coalesced(chart, with: given),
      release: [
        "Name": .string(name), "Namespace": .string(namespace), "Service": "Helm",
        "Revision": .int(Int64(revision)), "IsInstall": .bool(isInstall),
        "IsUpgrade": .bool(!isInstall),
      ],
      capabilities: Rendering.capabilities(versions + call.flags.values("api-versions")),
      now: call.now, random: { machine.randomBits() })
    let output = try await rendering.render(cluster)
    parts = try ManifestParts(output)
    notes = output.notes
  }

  /// What helm takes a cluster that it does not ask to serve.
  private static let usualVersions = [
    "v1", "apps/v1", "batch/v1", "networking.k8s.io/v1", "policy/v1", "autoscaling/v2",
    "rbac.authorization.k8s.io/v1", "storage.k8s.io/v1", "apiextensions.k8s.io/v1",
    "admissionregistration.k8s.io/v1", "apps/v1/Deployment", "networking.k8s.io/v1/Ingress",
    "policy/v1/PodDisruptionBudget", "autoscaling/v2/HorizontalPodAutoscaler",
  ]

  func release(status: String, first: Moment) -> Release {
    Release(
      name: name, namespace: namespace, revision: revision, status: status,
      description: isInstall ? "Initial install underway" : "Preparing upgrade", first: first,
      last: call.now, chart: chart, config: given, manifest: parts.manifest, hooks: parts.hooks,
      notes: notes)
  }
}
