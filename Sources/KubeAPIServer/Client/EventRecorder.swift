package import Documents
import KubeObjects
import Simulation

/// Writes a component's Events, repeated ones counted and floods thinned out as client-go does.
package final class EventRecorder {
  /// Which of client-go's two recorders it stands for.
  package enum Source: Hashable, Sendable {
    /// Core events with a count, as most controllers write them.
    case component(String, host: String = "")
    /// Events of events.k8s.io with a series, as the scheduler writes them.
    case reporting(controller: String, instance: String)
  }

  package enum Kind: String, Sendable {
    case normal = "Normal"
    case warning = "Warning"
  }

  private let client: ComponentClient
  private let timeline: Timeline
  private let source: Source
  private var correlator = EventCorrelator()
  private var series = EventSeries()
  private var lastNanoseconds: Int64 = 0
  private var seconds = Stamp()
  private let offset: Int64
  /// The `source` of its events, which share it.
  private let written: Value

  package init(_ client: ComponentClient, source: Source) {
    self.client = client
    timeline = client.server.timeline
    self.source = source
    if case .component(let name, let host) = source {
      written =
        host.isEmpty
        ? ["component": .string(name)]
        : [
          "component": .string(name), "host": .string(host),
        ]
    } else {
      written = [:]
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(source)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // Two components never name an event of one moment alike.
    offset = Int64(hash % 999_983)
  }

  /// Records that something happened to `object`; it is written a little later.
  package func record(
    _ kind: Kind, _ object: Value, reason: String, message: String, action: String = "",
    related: Value? = nil, fieldPath: String = ""
  ) {
    let reference = known(object, fieldPath)
    let related = related.map { Self.reference(to: $0) }
    timeline.after(.zero) { [weak self] in
      guard let self else { return }
      switch source {
      case .component(let name, let host):
        writeCounted(
          Occurrence(
            kind: kind, object: reference, reason: reason, message: message, component: name,
            host: host))
      case .reporting(let controller, let instance):
        writeSeries(kind, reference, reason, message, action, related, controller, instance)
      }
    }
  }

  /// What a component tells of an object it mostly tells at once: the events share the reference.
  private func known(_ object: Value, _ fieldPath: String) -> Value {
    if let last, last.fieldPath == fieldPath, last.object.sharesStorage(with: object) {
      return last.reference
    }
    let reference = Self.reference(to: object, fieldPath: fieldPath)
    last = (object, fieldPath, reference)
    return reference
  }

  private var last: (object: Value, fieldPath: String, reference: Value)?

  /// An ObjectReference to an object.
  package static func reference(to object: Value, fieldPath: String = "") -> Value {
    let metadata = object["metadata"] ?? [:]
    let members: [(String, Value?)] = [
      ("apiVersion", object["apiVersion"]),
      ("fieldPath", fieldPath.isEmpty ? Value?.none : .string(fieldPath)), ("kind", object["kind"]),
      ("name", metadata["name"]), ("namespace", metadata["namespace"]),
      ("resourceVersion", metadata["resourceVersion"]), ("uid", metadata["uid"]),
    ]
    return .object(Mapping(members.compactMap { name, value in value.map { (name, $0) } }))
  }

  /// One thing that happened, before it is counted.
  struct Occurrence {
    var kind: Kind
    var object: Value
    var reason: String
    var message: String
    var component: String
    var host: String
  }

  private func writeCounted(_ occurrence: Occurrence) {
    let now = timeline.now
    guard let correlated = correlator.correlate(occurrence, now: now) else { return }
    if let known = correlated.known {
      let patch: Value = [
        "count": .int(correlated.count), "lastTimestamp": .string(seconds.text(of: now)),
        "message": .string(correlated.message),
      ]
      let namespace = occurrence.object["namespace"]?.string ?? "default"
      if (try? client.patch(.events, known, namespace: namespace, .merge, patch)) != nil {
        return
      }
    }
    let last = Value.string(seconds.text(of: now))
    let first = correlated.first == now ? last : .string(correlated.first.rfc3339)
    let made = create(
      occurrence.object, occurrence.kind, occurrence.reason, correlated.message,
      [
        ("count", .int(max(correlated.count, 1))), ("eventTime", .null),
        ("firstTimestamp", first), ("lastTimestamp", last),
        ("reportingComponent", .string(occurrence.component)),
        ("reportingInstance", .string(occurrence.host)), ("source", written),
      ])
    if let made { correlator.setName(made.name, for: correlated.key) }
  }

  private func writeSeries(
    _ kind: Kind, _ object: Value, _ reason: String, _ message: String, _ action: String,
    _ related: Value?, _ controller: String, _ instance: String
  ) {
    let now = timeline.now
    let key = EventSeries.Key(
      kind: kind, action: action, reason: reason, regarding: object, related: related)
    switch series.observe(key, now: now) {
    case .counted: return
    case .second(let name, let namespace):
      _ = try? client.patch(
        .events, name, namespace: namespace, .merge,
        ["series": ["count": 2, "lastObservedTime": .string(now.rfc3339Micro)]])
      finishSeriesLater()
    case .first:
      var rest: [(String, Value)] = [
        ("action", .string(action)), ("eventTime", .string(now.rfc3339Micro)),
        ("firstTimestamp", .null), ("lastTimestamp", .null),
        ("reportingComponent", .string(controller)), ("reportingInstance", .string(instance)),
        ("source", [:]),
      ]
      if let related { rest.append(("related", related)) }
      if let made = create(object, kind, reason, message, rest) {
        series.setName(made.name, made.namespace, for: key)
      }
    }
  }

  private var isFinishing = false

  /// Series that went quiet are written a last time after six minutes and forgotten.
  private func finishSeriesLater() {
    guard !isFinishing else { return }
    isFinishing = true
    timeline.after(.minutes(6)) { [weak self] in
      guard let self else { return }
      isFinishing = false
      for ended in series.finish(now: timeline.now) {
        _ = try? client.patch(
          .events, ended.name, namespace: ended.namespace, .merge,
          [
            "series": [
              "count": .int(ended.count), "lastObservedTime": .string(ended.last.rfc3339Micro),
            ]
          ])
      }
      if series.hasOpen { finishSeriesLater() }
    }
  }

  /// Writes a new event under `<object>.<nanoseconds in hexadecimal>`; nil when it was refused.
  private func create(
    _ object: Value, _ kind: Kind, _ reason: String, _ message: String, _ rest: [(String, Value)]
  ) -> (name: String, namespace: String)? {
    var namespace = object["namespace"]?.string ?? ""
    if namespace.isEmpty { namespace = "default" }
    lastNanoseconds = max(timeline.now.nanoseconds &+ offset, lastNanoseconds &+ 1009)
    let about = object["name"]?.string ?? ""
    let name = about + "." + String(lastNanoseconds, radix: 16)
    let members: [(String, Value)] = [
      ("apiVersion", "v1"), ("kind", "Event"),
      ("metadata", ["name": .string(name), "namespace": .string(namespace)]),
      ("involvedObject", object), ("reason", .string(reason)), ("message", .string(message)),
      ("type", .string(kind.rawValue)),
    ]
    let event = Value.object(Mapping(members + rest))
    guard (try? client.create(.events, event, namespace: namespace)) != nil else { return nil }
    return (name, namespace)
  }
}
