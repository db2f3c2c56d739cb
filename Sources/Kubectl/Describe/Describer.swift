import Documents
import KubeObjects
import Simulation

/// Tells everything about the objects of one kind.
protocol Describer: Sendable {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws
}

/// What describers may ask for besides the object itself.
struct DescribeContext {
  let call: Invocation
  let resource: APIResource
  let showsEvents: Bool

  var now: Moment { call.now }

  /// All objects of a resource that selectors fit, or none when they may not be read.
  func list(
    _ resource: APIResource, namespace: String = "", labels: String = "", fields: String = ""
  ) async -> [Value] {
    var query: APIClient.Query = []
    if !labels.isEmpty { query.append(("labelSelector", labels)) }
    if !fields.isEmpty { query.append(("fieldSelector", fields)) }
    query.append(("limit", "500"))
    let answer = try? await call.client().get(resource.path(namespace: namespace), query)
    return answer?["items"]?.array ?? []
  }

  func get(_ resource: APIResource, namespace: String = "", name: String) async throws -> Value {
    try await call.client().get(resource.path(namespace: namespace, name: name))
  }

  func age(_ timestamp: Value?) -> String { ClockText.age(of: timestamp?.string, now: now) }

  /// The table of what happened to an object.
  func events(of object: Value, _ out: DescribeWriter) async {
    guard showsEvents else { return }
    let metadata = object["metadata"]
    let namespace = metadata?["namespace"]?.string ?? ""
    var fields = ["involvedObject.name=\(metadata?["name"]?.string ?? "")"]
    if !namespace.isEmpty { fields.append("involvedObject.namespace=\(namespace)") }
    let kind = object["kind"]?.string ?? resource.kind
    fields.append("involvedObject.kind=\(kind)")
    // Events of nodes carry the name where the uid should be.
    // A kubelet tells of a static Pod under its own uid, which its mirror's annotation holds.
    let mirrored = metadata?[path: "annotations", "kubernetes.io/config.mirror"]?.string
    if kind != "Node", let uid = mirrored ?? metadata?["uid"]?.string {
      fields.append("involvedObject.uid=\(uid)")
    }
    let events = await list(.events, namespace: namespace, fields: fields.joined(separator: ","))
    EventTable(now: now).write(events, out)
  }
}

/// Events as describe lists them.
struct EventTable {
  let now: Moment

  func write(_ events: [Value], _ out: DescribeWriter) {
    if events.isEmpty { return out.field("Events", "<none>") }
    out.flush()
    out.write(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n")
    out.line(1, "----\t------\t----\t----\t-------")
    for event in Self.sorted(events) {
      var source = event[path: "source", "component"]?.string ?? ""
      if source.isEmpty { source = event["reportingComponent"]?.string ?? "" }
      let message = event["message"]?.string ?? ""
      out.line(
        1,
        "\(event["type"]?.string ?? "")\t\(event["reason"]?.string ?? "")\t\(interval(event))\t"
          + "\(source)\t\(Self.trimmed(message))")
    }
  }

  static func trimmed(_ text: String) -> String {
    var body = text[...]
    while body.first?.isWhitespace ?? false { body.removeFirst() }
    while body.last?.isWhitespace ?? false { body.removeLast() }
    return String(body)
  }

  /// `5m`, or `5s (x3 over 2m)` for repeated ones.
  func interval(_ event: Value) -> String {
    let micro = event["eventTime"]?.string
    let first = ClockText.age(of: micro ?? event["firstTimestamp"]?.string, now: now)
    if let series = event["series"], series.object != nil {
      return "\(ClockText.age(of: series["lastObservedTime"]?.string, now: now)) "
        + "(x\(series["count"]?.int ?? 0) over \(first))"
    }
    let count = event["count"]?.int ?? 0
    if count > 1 {
      return "\(ClockText.age(of: event["lastTimestamp"]?.string, now: now)) "
        + "(x\(count) over \(first))"
    }
    return first
  }

  /// By when they were last seen.
  static func sorted(_ events: [Value]) -> [Value] {
    events.enumerated().sorted {
      let a = $0.element["lastTimestamp"]?.string ?? ""
      let b = $1.element["lastTimestamp"]?.string ?? ""
      return a == b ? $0.offset < $1.offset : a < b
    }.map(\.element)
  }
}

/// Pieces that many descriptions share.
enum DescribeText {
  static func name(_ object: Value) -> String { object[path: "metadata", "name"]?.string ?? "" }
  static func namespace(_ object: Value) -> String {
    object[path: "metadata", "namespace"]?.string ?? ""
  }

  static func orNone(_ text: String?) -> String {
    guard let text, !text.isEmpty else { return "<none>" }
    return text
  }

  /// The class of a volume or a claim, whose former annotation goes first.
  static func storageClass(_ object: Value) -> String {
    object[path: "metadata", "annotations"]?["volume.beta.kubernetes.io/storage-class"]?.string
      ?? object[path: "spec", "storageClassName"]?.string ?? ""
  }

  static func capitalized(_ flag: Bool) -> String { flag ? "True" : "False" }

  /// `Mon, 01 Jun 2026 09:00:00 +0000`.
  static func time(_ value: Value?) -> String {
    guard let text = value?.string, let moment = ClockText.parse(text) else { return "<unset>" }
    return ClockText.rfc1123z(moment)
  }

  static func text(_ value: Value?) -> String {
    switch value {
    case nil, .null?: ""
    case .string(let text)?: text
    case let other?: JSONText.compact(other)
    }
  }

  /// A LabelSelector object as a text.
  static func selector(_ object: Value?) -> String {
    guard let object, object.object != nil, let selector = try? LabelSelector(object: object) else {
      return "<none>"
    }
    return selector.isEmpty ? "<none>" : selector.description
  }

  /// A map of labels as a selector.
  static func labels(_ labels: Value?) -> String {
    guard let members = labels?.object, !members.isEmpty else { return "<none>" }
    return members.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
  }

  static func accessModes(_ value: Value?) -> String {
    let short = [
      "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX",
      "ReadWriteOncePod": "RWOP",
    ]
    let given = Set((value?.array ?? []).compactMap(\.string))
    return ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]
      .filter(given.contains).compactMap { short[$0] }.joined(separator: ",")
  }

  /// Name, namespace, labels and annotations, as most descriptions begin.
  static func head(_ object: Value, _ out: DescribeWriter, namespaced: Bool = true) {
    out.field("Name", name(object))
    if namespaced { out.field("Namespace", namespace(object)) }
    out.labels("Labels", object[path: "metadata", "labels"])
    out.annotations("Annotations", object[path: "metadata", "annotations"])
  }

  static func controller(_ object: Value) -> String? {
    for owner in object[path: "metadata", "ownerReferences"]?.array ?? []
    where owner["controller"]?.bool == true {
      return "\(owner["kind"]?.string ?? "")/\(owner["name"]?.string ?? "")"
    }
    return nil
  }
}
