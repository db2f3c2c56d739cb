import Documents
import Etcd
import KubeObjects
import Simulation

/// Answers a watch: what is there, what was missed, then every change until the client leaves or
/// the time is up.
struct WatchServing {
  private let serving: ResourceServing
  private let form: AnswerForm

  init(_ serving: ResourceServing, _ form: AnswerForm) {
    self.serving = serving
    self.form = form
  }

  func serve(_ call: ResourceRequest) throws(StatusError) -> APIResponse {
    let server = serving.server
    let listOptions = try serving.listOptions(isWatch: true)
    let selection = try serving.selection(call)
    try serving.checkResourceVersion(listOptions.resourceVersion, mayLieAhead: true)
    let stream = WatchStream()
    let teller = Teller(
      stream: stream,
      shape: AnswerShape(call.resource, serving.options, form, now: server.timeline.now),
      form: form, resource: call.resource, timeline: server.timeline, options: serving.options)
    let watcher = selection.watcher(namespace: call.namespace) { teller.tell($0) }

    let version = listOptions.resourceVersion
    let isFromNow = version.isEmpty || version == "0"
    if listOptions.sendsInitialEvents ?? isFromNow {
      sendPresent(call, selection, teller)
      if stream.isEnded { return response(stream, call) }
    } else if !isFromNow, let after = Int64(version), after <= server.etcd.revision {
      guard sendMissed(call, watcher, after: after, teller) else {
        return response(stream, call)
      }
    }
    if listOptions.sendsInitialEvents == true, listOptions.allowsBookmarks {
      teller.bookmark(version: server.etcd.revision, endsInitialEvents: true)
    }
    let resource = call.resource
    server.watches.add(watcher, of: resource)
    stream.setCancellation { [weak server] in server?.watches.remove(watcher, of: resource) }
    stream.limit(to: { [weak server] in server?.watches.capacity(of: resource) ?? 0 })
    let seconds = listOptions.timeoutSeconds ?? 0
    // Upstream ends a watch without a limit after 30 to 60 minutes.
    let end = server.timeline.after(.seconds(seconds > 0 ? seconds : 2700)) { [weak stream] in
      stream?.end()
    }
    _ = end
    if listOptions.allowsBookmarks { Bookmarks(server, stream, teller).schedule() }
    return response(stream, call)
  }

  private func response(_ stream: WatchStream, _ call: ResourceRequest) -> APIResponse {
    APIResponse(
      code: 200, headers: serving.headers(call, form, []), body: .watch(stream))
  }

  private func sendPresent(
    _ call: ResourceRequest, _ selection: Selection, _ teller: Teller
  ) {
    serving.server.registry.store.forEach(call.resource, namespace: call.namespace) { object in
      if (try? call.resource.decoded(object)).map(selection.matches) ?? true {
        teller.tell(Watcher.Change(old: nil, new: object, revision: 0))
      }
      return !teller.stream.isEnded
    }
  }

  /// What happened since a revision; false when that is too long ago.
  private func sendMissed(
    _ call: ResourceRequest, _ watcher: Watcher, after: Int64, _ teller: Teller
  ) -> Bool {
    do throws(StatusError) {
      for change in try changes(call, after) {
        if let seen = watcher.select(change) { teller.tell(seen) }
      }
      return true
    } catch {
      teller.stream.send(.init(type: "ERROR", object: error.value))
      teller.stream.end()
      return false
    }
  }

  private func changes(
    _ call: ResourceRequest, _ after: Int64
  ) throws(StatusError) -> [Watcher.Change] {
    let server = serving.server
    if call.resource.hasWatchCache {
      return try server.watches.changes(of: call.resource, after: after)
    }
    let (start, end) = call.resource.range(namespace: call.namespace)
    server.registry.store.compact()
    do throws(KeyValueStore.Failure) {
      return try server.etcd.events(after: after, from: start, before: end).map(WatchCache.change)
    } catch {
      throw .gone("The resourceVersion for the provided watch is too old.")
    }
  }

  /// Turns changes into events of the form that was asked for.
  final class Teller {
    let stream: WatchStream
    private let shape: AnswerShape
    private let form: AnswerForm
    private let resource: ServedResource
    private let timeline: Timeline
    private let options: RequestOptions
    private var isFirst = true
    private(set) var lastRevision: Int64 = 0

    init(
      stream: WatchStream, shape: AnswerShape, form: AnswerForm, resource: ServedResource,
      timeline: Timeline, options: RequestOptions
    ) {
      self.stream = stream
      self.shape = shape
      self.form = form
      self.resource = resource
      self.timeline = timeline
      self.options = options
    }

    func tell(_ change: Watcher.Change) {
      guard let stored = change.new ?? change.old else { return }
      // A watch cache that cannot read ends its watches, and fills itself anew.
      guard let object = try? resource.read(stored) else { return stream.end() }
      let type =
        change.new == nil ? "DELETED" : change.old == nil ? "ADDED" : "MODIFIED"
      send(type, object)
    }

    private func send(_ type: String, _ object: Value) {
      switch form.shape {
      case .object: stream.send(.init(type: type, object: object))
      case .partialMetadata, .partialMetadataList:
        stream.send(.init(type: type, object: shape.partial(object)))
      case .table:
        let fresh = AnswerShape(resource, options, form, now: timeline.now)
        let metadata: Value = ["resourceVersion": .string(object.resourceVersion)]
        if let table = try? fresh.table([object], metadata, hasColumns: isFirst) {
          stream.send(.init(type: type, object: table))
        }
        isFirst = false
      }
    }

    func bookmark(version: Int64, endsInitialEvents: Bool) {
      var metadata: Value = ["resourceVersion": .string(String(version))]
      if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
      var object: Value = [
        "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion),
        "metadata": metadata,
      ]
      if let type = resource.type {
        var decoder = StructuralDecoder()
        object = decoder.decode(object, as: type)
      }
      if form.shape == .partialMetadata || form.shape == .partialMetadataList {
        object = shape.partial(object)
      }
      if form.shape == .table, let table = try? shape.table([], metadata, hasColumns: isFirst) {
        object = table
        isFirst = false
      }
      stream.send(.init(type: "BOOKMARK", object: object))
    }
  }

  /// A bookmark each minute for those that asked.
  struct Bookmarks {
    private weak var server: APIServer?
    private weak var stream: WatchStream?
    private let teller: Teller

    init(_ server: APIServer, _ stream: WatchStream, _ teller: Teller) {
      self.server = server
      self.stream = stream
      self.teller = teller
    }

    func schedule() {
      server?.timeline.after(.seconds(60)) {
        guard let server, let stream, !stream.isEnded else { return }
        teller.bookmark(version: server.etcd.revision, endsInitialEvents: false)
        schedule()
      }
    }
  }
}
