import KubeAPIServer
import KubeCluster
import Simulation

/// Writes down all that clients do to a cluster before it is done, and what the cluster has become
/// before a client is told, so that nothing that was answered is lost by a kill.
final class ClusterJournal {
  private let kept: any ServingJournal
  private let cluster: Cluster
  private var conversations: Int
  /// That of the last moment that was kept.
  private var revision: Int64

  init(_ kept: any ServingJournal, of cluster: Cluster) {
    self.kept = kept
    self.cluster = cluster
    conversations = kept.conversations
    revision = cluster.server.revision
  }

  private func keep(_ act: ClientAct?) {
    kept.append(ServingEntry(moment: cluster.timeline.now, act: act))
    revision = cluster.server.revision
  }

  /// The time that passed.
  func keepMoment() { keep(nil) }

  /// The time, if the cluster changed in it.
  func keepChanges() { if cluster.server.revision != revision { keepMoment() } }

  func handle(_ request: APIRequest) -> APIResponse {
    guard ClientAct.matters(request) else { return cluster.server.handle(request) }
    // A replay too will have done all that is due before the request.
    cluster.timeline.settle()
    keep(.request(request))
    defer { revision = cluster.server.revision }
    var response = cluster.server.handle(request)
    guard request.isConversation else { return response }
    if case .connect(let conversation) = response.body {
      response.body = .connect(KeptConversation(conversation, number: conversations, in: self))
    }
    conversations += 1
    return response
  }

  /// Does again what was kept; those who spoke then are gone.
  func replay() {
    var clients = ClientReplay()
    for line in kept.lines {
      guard let entry = ServingEntry(line) else { continue }
      cluster.timeline.advance(to: entry.moment)
      cluster.timeline.settle()
      if let act = entry.act { clients.play(act, in: cluster) } else { clients.drain() }
    }
    cluster.timeline.settle()
    conversations += clients.count
    clients.dismiss(in: cluster) { keep($0) }
    cluster.timeline.settle()
    revision = cluster.server.revision
  }

  /// A conversation of which is kept what the client says.
  private final class KeptConversation: StreamConnection {
    private let inner: any StreamConnection
    private let number: Int
    private let journal: ClusterJournal
    private var hasLeft = false

    init(_ inner: any StreamConnection, number: Int, in journal: ClusterJournal) {
      self.inner = inner
      self.number = number
      self.journal = journal
    }

    var onReady: (() -> Void)? {
      get { inner.onReady }
      set { inner.onReady = newValue }
    }
    var isEnded: Bool { inner.isEnded }
    func take() -> [(channel: UInt8, bytes: [UInt8])] { inner.take() }
    func leaveEditingToClient() { inner.leaveEditingToClient() }

    func send(_ bytes: [UInt8], channel: UInt8) {
      journal.cluster.timeline.settle()
      journal.keep(.sent(bytes, conversation: number, channel: channel))
      inner.send(bytes, channel: channel)
    }

    func closeInput(channel: UInt8) {
      journal.cluster.timeline.settle()
      journal.keep(.closed(conversation: number, channel: channel))
      inner.closeInput(channel: channel)
    }

    func cancel() {
      guard !hasLeft else { return }
      hasLeft = true
      journal.cluster.timeline.settle()
      journal.keep(.left(conversation: number))
      inner.cancel()
    }
  }
}
