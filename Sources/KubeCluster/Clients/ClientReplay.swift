import KubeAPIServer

/// Does again what clients of the opened API did, each act at its moment.
package struct ClientReplay {
  private var open: [(any StreamConnection)?] = []

  package init() {}

  /// How many conversations were asked for.
  package var count: Int { open.count }

  package mutating func play(_ act: ClientAct, in cluster: Cluster) {
    drain()
    switch act {
    case .request(let request):
      // A log from outside may ask for what nobody would hear.
      guard ClientAct.matters(request) else { return }
      let response = cluster.server.handle(request)
      guard request.isConversation else { return }
      if case .connect(let conversation) = response.body {
        open.append(conversation)
      } else {
        open.append(nil)
      }
    case .sent(let bytes, let number, let channel):
      if open.indices.contains(number) { open[number]?.send(bytes, channel: channel) }
    case .closed(let number, let channel):
      if open.indices.contains(number) { open[number]?.closeInput(channel: channel) }
    case .left(let number):
      guard open.indices.contains(number) else { return }
      open[number]?.cancel()
      open[number] = nil
    }
  }

  /// A bounded share of what is said with nobody to hear it.
  package func drain() {
    for conversation in open { _ = conversation?.take() }
  }

  /// Lets those go who still speak, for whoever spoke before a replay is gone; each is told of first.
  package mutating func dismiss<Failure>(
    in cluster: Cluster, _ tell: (ClientAct) throws(Failure) -> Void
  ) throws(Failure) {
    for number in open.indices where open[number] != nil {
      try tell(.left(conversation: number))
      play(.left(conversation: number), in: cluster)
    }
  }
}
