import Classroom
import Glibc
import KubeCluster
import LearnerRecord
import SecureServing
import Simulation

/// The learner's session and the door to its cluster. While the door is open the session lives on
/// the door's thread, so that no two threads ever touch the cluster.
final class SessionHome {
  private let session: Session
  private var server: SecureServer?
  private var served: Cluster?

  init(_ session: Session) { self.session = session }

  deinit { try? server?.stop() }

  /// Does something with the session where it lives; the caller waits.
  func on<Answer>(_ body: @escaping (Session) throws -> Answer) throws -> Answer {
    guard let server else { return try body(session) }
    nonisolated(unsafe) let (body, session) = (body, session)
    nonisolated(unsafe) var result: Result<Answer, any Error>?
    try server.onLoop { result = Result { try body(session) } }
    guard let result else { throw Failure(1, "the cluster's thread is gone") }
    return try result.get()
  }

  // MARK: the door

  /// Does what a running `serve` waits for, if one does.
  func serve() throws {
    guard let wish = try on({ $0.serveWish }) else { return }
    var said: (text: String, isError: Bool)
    switch wish {
    case .tell:
      said = (server.map(Self.standing) ?? "Nothing is open. `serve on` opens the API.", false)
    case .close:
      said = (server == nil ? "Nothing is open." : "The API is closed.", false)
      try close()
    case .open(let port):
      try close()
      do {
        let server = try open(port: port)
        let line = KubeconfigFile.export(try Self.file())
        said = (
          "\(Self.standing(server)) In another terminal:\n\n```\n\(line)\n```\n\n"
            + "What is done there belongs to this session. `serve off` closes it.", false
        )
      } catch {
        said = ("It cannot be opened: \((error as? Failure)?.message ?? "\(error)")", true)
      }
    }
    try on { try $0.finishServing(said.text, isError: said.isError) }
  }

  /// Keeps the door at the learner's cluster when that has become another; returns what to say.
  func follow() throws -> String? {
    guard let server, let served else { return nil }
    let (current, isExam) = try on { ($0.cluster, $0.record.purpose == .exam) }
    guard current !== served else { return nil }
    let port = server.port
    try close()
    if isExam { return "The API is closed: an exam is taken with what is here.\n" }
    guard let again = try? open(port: port) else { return "The API is closed.\n" }
    return Self.standing(again) + "\n"
  }

  private static func standing(_ server: SecureServer) -> String {
    "The API of this cluster is open at https://127.0.0.1:\(server.port)."
  }

  private static func file() throws -> String {
    "\(try KubeconfigFile.folder())/session.kubeconfig"
  }

  private func open(port: Int) throws -> SecureServer {
    signal(SIGPIPE, SIG_IGN)
    let cluster = session.cluster
    guard cluster.all.count == 1 else {
      throw Failure(1, "not simulated: one door for several clusters")
    }
    var configuration = ServingConfiguration(
      blueprint: cluster.blueprint, seed: 1, start: cluster.timeline.now, port: port)
    configuration.journal = Journal(session)
    let server = try SecureServer(configuration, sharing: cluster)
    do { try KubeconfigFile.write(server.kubeconfig, to: try Self.file()) } catch {
      try? server.stop()
      throw error
    }
    self.server = server
    served = cluster
    return server
  }

  private func close() throws {
    try server?.stop()
    server = nil
    served = nil
  }

  /// Keeps in the learner's own record what clients do; time that only passed is kept by what
  /// comes after it.
  private final class Journal: ServingJournal, @unchecked Sendable {
    private let session: Session
    let lines: [[UInt8]] = []
    var conversations: Int { session.conversations }

    init(_ session: Session) { self.session = session }

    func append(_ entry: ServingEntry) {
      guard let act = entry.act else { return }
      do { try session.keep(act) } catch { Output.complain("\(error)") }
    }
  }
}
