import Documents
import KubeAPIServer
import Simulation

/// kubectl events.
enum EventsCommand {
  static let specification = CommandSpecification(
    name: "events",
    usage:
      "events [(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|"
      + "jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] "
      + "[--types=Normal,Warning]",
    summary: "List events", about: "Display events.",
    examples: [("Of one pod", "kubectl events --for pod/web --watch")],
    flags: .printing + .allNamespaces
      + Flag.list("chunk-size:int64=500 for:string no-headers:bool types:list watch,w:bool"),
    run: run)

  private static func complete(_ event: Value) -> Value {
    var event = event
    event["apiVersion"] = "v1"
    event["kind"] = "Event"
    return event
  }

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let types = values.strings("types")
    guard types.allSatisfy({ ["normal", "warning"].contains($0.lowercased()) }) else {
      throw CommandError.text("valid --types are Normal or Warning")
    }
    let namespace = try await call.namespace().name
    var query: APIClient.Query = [("limit", "500")]
    let target = values.string("for")
    if !target.isEmpty {
      let parts = target.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      if parts.count > 2 {
        throw CommandError.text("arguments in resource/name form may not have more than one slash")
      }
      guard parts.count == 2 else {
        throw CommandError.text("--for must be in resource/name form")
      }
      guard !parts[0].isEmpty else {
        throw CommandError.text("a resource must be present, got: /, Resource=")
      }
      guard let resource = try await call.mapper().find(parts[0]) else {
        throw CommandError.noMatch(resource: parts[0], group: "", version: "")
      }
      // An empty name is as good as none.
      if !parts[1].isEmpty {
        query.append(
          (
            "fieldSelector",
            "involvedObject.kind=\(resource.kind),"
              + "involvedObject.apiVersion=\(resource.groupVersion),"
              + "involvedObject.name=\(parts[1])"
          ))
      }
    }
    let isEverywhere = values.bool("all-namespaces")
    let path = APIResource.events.path(namespace: isEverywhere ? "" : namespace)
    let list = try await call.client().get(path, query)
    let fits = { (event: Value) -> Bool in
      types.isEmpty
        || types.contains { $0.lowercased() == event["type"]?.string?.lowercased() }
    }
    let events = sorted((list["items"]?.array ?? []).filter(fits))
    if let format = try await OutputFormat.parse(call) {
      // A list has no name, and its items are not asked for theirs.
      if format == .name { return }
      let shown: Value = [
        "apiVersion": "v1", "items": .array(events.map(Self.complete)), "kind": "EventList",
        "metadata": [:],
      ]
      return call.output.print(
        try ObjectPrinter(format, values: values, isTyped: true).text(shown))
    }
    if events.isEmpty, !values.bool("watch") {
      call.output.complainLine(
        isEverywhere ? "No events found." : "No events found in \(namespace) namespace.")
      return
    }
    var widths: [Int] = []
    var text = ""
    if !values.bool("no-headers") {
      text = (isEverywhere ? "NAMESPACE\t" : "") + "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n"
    }
    text += events.map { row($0, call, isEverywhere) }.joined()
    call.output.print(Tabulator.table.align(text, remembering: &widths))
    guard values.bool("watch") else { return }
    let version = list[path: "metadata", "resourceVersion"]?.string ?? ""
    let answer = try await call.client().send(
      "GET", path, query + [("resourceVersion", version), ("watch", "true")])
    guard case .watch(let stream) = answer.body else { return }
    stream.onReady = { call.surroundings.wake() }
    defer { stream.cancel() }
    while true {
      for event in stream.take() where event.type != "BOOKMARK" && fits(event.object) {
        call.output.print(
          Tabulator.table.align(row(event.object, call, isEverywhere), remembering: &widths))
      }
      try await call.flush()
      if stream.isEnded { return }
      try await call.surroundings.pause()
    }
  }

  private static func last(_ event: Value) -> String {
    event[path: "series", "lastObservedTime"]?.string ?? event["lastTimestamp"]?.string
      ?? event["eventTime"]?.string ?? ""
  }

  private static func sorted(_ events: [Value]) -> [Value] {
    events.enumerated().sorted {
      let (a, b) = (last($0.element), last($1.element))
      return a == b ? $0.offset < $1.offset : a < b
    }.map(\.element)
  }

  private static func row(_ event: Value, _ call: Invocation, _ isEverywhere: Bool) -> String {
    let object = event["involvedObject"]
    let cells = [
      EventTable(now: call.now).interval(event), event["type"]?.string ?? "",
      event["reason"]?.string ?? "",
      "\(object?["kind"]?.string ?? "")/\(object?["name"]?.string ?? "")",
      EventTable.trimmed(event["message"]?.string ?? ""),
    ]
    let line = cells.joined(separator: "\t") + "\n"
    return isEverywhere ? "\(DescribeText.namespace(event))\t\(line)" : line
  }
}
