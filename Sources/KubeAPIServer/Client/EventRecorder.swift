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
  private let offset: Int64

  package init(_ client: ComponentClient, source: Source) {
    self.client = client
    timeline = client.server.timeline
    self.source = source
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
    var reference = Self.reference(to: object)
    if !fieldPath.isEmpty { reference["fieldPath"] = .string(fieldPath) }
    let related = related.map(Self.reference)
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

  /// An ObjectReference to an object.
  package static func reference(to object: Value) -> Value {
    var reference: Value = [:]
    reference["kind"] = object["kind"]
    reference["apiVersion"] = object["apiVersion"]
    for field in ["namespace", "name", "uid", "resourceVersion"] {
      if let value = object[path: "metadata", field] { reference[field] = value }
    }
    return reference
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
        "count": .int(correlated.count), "lastTimestamp": .string(now.rfc3339),
        "message": .string(correlated.message),
      ]
      let namespace = occurrence.object["namespace"]?.string ?? "default"
      if (try? client.patch(.events, known, namespace: namespace, .merge, patch)) != nil {
        return
      }
    }
    var event = body(occurrence.object, occurrence.kind, occurrence.reason, correlated.message)
    event["count"] = .int(max(correlated.count, 1))
    event["firstTimestamp"] = .string(correlated.first.rfc3339)
    event["lastTimestamp"] = .string(now.rfc3339)
    event["eventTime"] = .null
    var source: Value = ["component": .string(occurrence.component)]
    if !occurrence.host.isEmpty { source["host"] = .string(occurrence.host) }
    event["source"] = source
    event["reportingComponent"] = .string(occurrence.component)
    event["reportingInstance"] = .string(occurrence.host)
    if let name = create(&event) { correlator.setName(name, for: correlated.key) }
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
      var event = body(object, kind, reason, message)
      event["action"] = .string(action)
      event["related"] = related
      event["eventTime"] = .string(now.rfc3339Micro)
      event["firstTimestamp"] = .null
      event["lastTimestamp"] = .null
      event["source"] = [:]
      event["reportingComponent"] = .string(controller)
      event["reportingInstance"] = .string(instance)
      if let name = create(&event) {
        series.setName(name, event[path: "metadata", "namespace"]?.string ?? "default", for: key)
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

  private func body(_ object: Value, _ kind: Kind, _ reason: String, _ message: String) -> Value {
    var namespace = object["namespace"]?.string ?? ""
    if namespace.isEmpty { namespace = "default" }
    return [
      "apiVersion": "v1", "kind": "Event",
      "metadata": ["namespace": .string(namespace)], "involvedObject": object,
      "reason": .string(reason), "message": .string(message), "type": .string(kind.rawValue),
    ]
  }

  /// Writes a new event under `<object>.<nanoseconds in hexadecimal>`; nil when it was refused.
  private func create(_ event: inout Value) -> String? {
    let namespace = event[path: "metadata", "namespace"]?.string ?? "default"
    lastNanoseconds = max(timeline.now.nanoseconds &+ offset, lastNanoseconds &+ 1009)
    let about = event[path: "involvedObject", "name"]?.string ?? ""
    let name = "\(about).\(String(lastNanoseconds, radix: 16))"
    event["metadata"]?["name"] = .string(name)
    guard (try? client.create(.events, event, namespace: namespace)) != nil else { return nil }
    return name
  }
}
