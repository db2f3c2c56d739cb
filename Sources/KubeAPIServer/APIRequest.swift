package import Documents
import KubeObjects

/// One request to the API server, in HTTP's terms but without HTTP: the doors and the built-in
/// kubectl make the same ones.
package struct APIRequest {
  /// GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS.
  package var method: String
  /// The path as sent, still percent-encoded, without the query.
  package var path: String
  /// Decoded query parameters, in order.
  package var query: [(name: String, value: String)]
  /// Names lower case.
  package var headers: [(name: String, value: String)]
  package var body: Body
  package var credential: Credential
  /// A client that cannot hold a conversation with a kubelet learns why there would be none.
  package var looksOnly = false

  package enum Body {
    case none
    /// As it came over a wire; its form is the Content-Type's.
    case bytes([UInt8])
    /// A tree that needs no parsing: callers in the same process.
    case value(Value)
  }

  package init(
    method: String, path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: Body = .none,
    credential: Credential = .anonymous
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.credential = credential
  }

  /// The first header of that (lower-case) name.
  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  package func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// What a caller shows to say who it is.
package enum Credential: Hashable, Sendable {
  /// A client certificate that a TLS door verified, DER; the server checks issuer, dates and use.
  case certificate([UInt8])
  case bearer(String)
  /// A component of the control plane in the same process, already authenticated.
  case component(UserInfo)
  case anonymous
}

/// An authenticated user.
package struct UserInfo: Hashable, Sendable {
  package var name: String
  package var uid: String
  package var groups: [String]
  package var extra: [String: [String]]

  package init(
    name: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]
  ) {
    self.name = name
    self.uid = uid
    self.groups = groups
    self.extra = extra
  }
}

extension UserInfo {
  /// The API server itself, when it asks itself.
  package static let apiServer = UserInfo(name: "system:apiserver", groups: ["system:masters"])
}

package struct APIResponse {
  package var code: Int
  /// Content-Type and Warning among them, names as usually written.
  package var headers: [(name: String, value: String)]
  package var body: Body

  package enum Body {
    /// To be written as JSON (or YAML, by Content-Type).
    case value(Value)
    case bytes([UInt8])
    /// A watch: events arrive as they happen until the client cancels or the server ends it.
    case watch(WatchStream)
    /// A conversation with a kubelet: log following, exec, attach, port-forward.
    case connect(any StreamConnection)
    /// What another server will answer: its code and headers take the place of these.
    case proxied(ProxiedAnswer)
  }

  package init(code: Int, headers: [(name: String, value: String)] = [], body: Body) {
    self.code = code
    self.headers = headers
    self.body = body
  }
}

/// A running watch as its client sees it.
package final class WatchStream {
  package struct Event {
    /// ADDED, MODIFIED, DELETED, BOOKMARK, ERROR.
    package var type: String
    /// The object, or a Table or PartialObjectMetadata of it, as the request asked.
    package var object: Value
  }

  /// Called (in the cluster's thread) when `take` has something new or the stream ended.
  package var onReady: (() -> Void)?
  package private(set) var isEnded = false
  private var queue: [Event] = []
  private var onCancel: (() -> Void)?
  /// How many events may wait for the client beyond those that it began with.
  private var capacity: () -> Int = { .max }
  private var initial = 0

  package init() {}

  /// Everything that has arrived since the last call.
  package func take() -> [Event] {
    defer {
      queue = []
      initial = 0
    }
    return queue
  }

  /// From here on a client that leaves more than so many events is cut off, as upstream's watch cache
  /// does: it gets a 410 in their place, and lists again.
  func limit(to capacity: @escaping () -> Int) {
    initial = queue.count
    self.capacity = capacity
  }

  /// The client goes away.
  package func cancel() {
    onCancel?()
    onCancel = nil
    isEnded = true
    queue = []
  }

  /// The server's side: what to do when the client goes away.
  package func setCancellation(_ action: @escaping () -> Void) { onCancel = action }

  package func send(_ event: Event) {
    guard !isEnded else { return }
    guard queue.count - initial < capacity() else {
      let error = StatusError.gone("The resourceVersion for the provided watch is too old.")
      queue = [Event(type: "ERROR", object: error.value)]
      return end()
    }
    queue.append(event)
    onReady?()
  }

  /// The server ends the stream; what was sent can still be taken.
  package func end() {
    guard !isEnded else { return }
    isEnded = true
    onCancel?()
    onCancel = nil
    onReady?()
  }
}

/// A conversation over numbered channels, as exec, attach and port-forward hold with a kubelet;
/// channels are those of `v5.channel.k8s.io`: 0 stdin, 1 stdout, 2 stderr, 3 the final Status,
/// 4 terminal sizes.
package protocol StreamConnection: AnyObject {
  /// Called (in the cluster's thread) when `take` has something new or all is over.
  var onReady: (() -> Void)? { get set }
  var isEnded: Bool { get }
  func take() -> [(channel: UInt8, bytes: [UInt8])]
  func send(_ bytes: [UInt8], channel: UInt8)
  /// The client sends no more on that channel.
  func closeInput(channel: UInt8)
  /// The client's own terminal edits and echoes lines, so that the far one must not.
  func leaveEditingToClient()
  func cancel()
}

extension StreamConnection {
  package func leaveEditingToClient() {}
}
