import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// One run of kubectl: its command line, its machine, its output and its way to the server.
final class Invocation {
  let commandPath: String
  let command: CommandSpecification
  let values: FlagValues
  let arguments: [String]
  let dash: Int?
  let surroundings: any Surroundings
  let transport: any APITransport
  let output: Output
  /// Manifests that the simulated web holds, by address.
  let published: (String) -> [UInt8]?
  /// What the command said that it changed, for --record.
  var changed: [ResourceInfo] = []
  var changedObjects: [Value] = []
  /// How many warnings the server sent.
  var warningCount = 0
  private var loadedConfiguration: Kubeconfig?
  private var madeClient: APIClient?
  private var loadedMapper: ResourceMapper?

  init(
    reading: CommandLineReader.Reading, surroundings: any Surroundings,
    transport: any APITransport, output: Output, published: @escaping (String) -> [UInt8]?
  ) {
    commandPath = reading.commandPath
    command = reading.command
    values = reading.values
    arguments = reading.arguments
    dash = reading.dash
    self.surroundings = surroundings
    self.transport = transport
    self.output = output
    self.published = published
  }

  var now: Moment { surroundings.now }

  /// Hands on what was printed so far; before every wait.
  func flush() async throws { try await output.flush(to: surroundings) }

  func sleep(_ span: Span) async throws {
    try await flush()
    try await surroundings.sleep(span)
  }

  func warn(_ text: String) { output.complainLine("Warning: " + text) }

  func configuration() async throws -> Kubeconfig {
    if let loadedConfiguration { return loadedConfiguration }
    let loaded = try await Kubeconfig.load(values: values, surroundings: surroundings)
    loadedConfiguration = loaded
    return loaded
  }

  func client() async throws -> APIClient {
    if let madeClient { return madeClient }
    let identity = try await configuration().identity(values: values, surroundings: surroundings)
    let made = APIClient(identity: identity, invocation: self)
    madeClient = made
    return made
  }

  func mapper() async throws -> ResourceMapper {
    if let loadedMapper { return loadedMapper }
    let loaded = try await ResourceMapper.discover(
      client(), warn: { [weak self] in self?.warn($0) })
    loadedMapper = loaded
    return loaded
  }

  /// Forgets what the server was known to serve, after new kinds were made.
  func forgetResources() { loadedMapper = nil }

  /// The namespace to act in, and whether the command line or the context's user insisted on it.
  func namespace() async throws -> (name: String, isExplicit: Bool) {
    if values.changed("namespace"), !values.string("namespace").isEmpty {
      return (values.string("namespace"), true)
    }
    let configured = try await configuration().namespace(values: values, surroundings: surroundings)
    return (configured, false)
  }

  /// `none`, `client` or `server`, from --dry-run.
  func dryRun() throws -> DryRun {
    let text = values.string("dry-run")
    switch text {
    case "none": return .none
    case "client": return .client
    case "server": return .server
    case "unchanged":
      klog(
        "W", "helpers.go:703", "--dry-run is deprecated and can be replaced with --dry-run=client.")
      return .client
    default:
      if let flag = GoNumber.bool(text) {
        klog(
          "W", flag ? "helpers.go:717" : "helpers.go:720",
          "--dry-run=\(text) is deprecated (boolean value) and can be replaced with "
            + "--dry-run=\(flag ? "client" : "none").")
        return flag ? .client : .none
      }
      throw CommandError.text(
        "Invalid dry-run value (\(text)). Must be \"none\", \"server\", or \"client\".")
    }
  }

  enum DryRun { case none, client, server }

  /// A line as klog writes it to standard error.
  func klog(_ severity: String, _ place: String, _ message: String) {
    let text = ClockText.parts(now)
    output.complainLine(
      "\(severity)\(text.month)\(text.day) \(text.hour):\(text.minute):\(text.second).\(text.micro)"
        + "   \(processID) \(place)] \(message)")
  }

  private var processID: String { "12345" }
}
